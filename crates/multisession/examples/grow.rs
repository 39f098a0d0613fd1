//! Three sessions on an image file whose first one was written from sector 0 by another program.
#![allow(clippy::print_stdout)]

use fsimage_multisession::{Error, Medium, Session, SessionTable, next_session};
use sector_io::{Sector, SectorCount};

fn main() -> Result<(), Error> {
    let mut sessions = vec![Session { number: 1, start: Sector::ZERO, end: Some(Sector::new(174)) }];
    for number in 2..=3 {
        let medium = Medium::image_file(SessionTable::new(sessions.iter().copied())?);
        let next = next_session(&medium, None)?;
        if let Some(copy) = next.head_copy_extent() {
            println!("copy the head, sectors 0 to 31, to sector {}", copy.start);
            // The copy is where the previous session's descriptors are found from now on.
            if number == 2 {
                sessions[0] = Session { start: copy.start, end: copy.end(), ..sessions[0] };
            }
        }
        let len = next.len_with_padding(SectorCount::new(100))?;
        println!("session {number}: {len} sectors from {}, then rewrite the head", next.start);
        sessions.push(Session { number, start: next.start, end: next.start.checked_add(len) });
    }
    Ok(())
}
