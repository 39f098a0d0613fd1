//! Lists an image: `cargo run --example read -- IMAGE`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use fsimage::{DEFAULT_PREFERENCE, Disc};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: read IMAGE")?;
    let disc = Disc::open(path.as_ref())?;
    for session in disc.sessions().iter() {
        println!("session {} starts at sector {}", session.number, session.start);
    }
    // The newest session, with the names that keep most.
    let image = disc.image(None, &DEFAULT_PREFERENCE)?;
    image.walk(&mut |path, entry| {
        let path = String::from_utf8_lossy(path);
        println!("{} {:>12} {path}", entry.kind.letter(), entry.len);
        Ok(())
    })?;
    Ok(())
}
