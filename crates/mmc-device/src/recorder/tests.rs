//! The recipes, command by command, against scripted drives.

use super::*;
use crate::drive::BLOCK;
use crate::medium::tests::blank;
use crate::scripted::{Line, Scripted, check, good, reply};

const READY: [u8; 1] = [0x00];

/// Ready, with this disc status byte and background format.
fn ready(status: u8, background: u8) -> Vec<Line> {
    vec![good(&READY), disc(status, background)]
}

fn disc(status: u8, background: u8) -> Line {
    let mut bytes = [0; 34];
    bytes[1] = 32;
    bytes[2] = status;
    bytes[3..7].fill(1);
    bytes[7] = background;
    reply(&[0x51], &bytes)
}

fn track(number: u8, next: u32, free: u32) -> [Line; 2] {
    let mut bytes = [0; 28];
    bytes[1] = 26;
    bytes[2] = 1;
    bytes[3] = 1;
    bytes[5] = 4;
    bytes[6] = 0x41;
    bytes[7] = 1;
    bytes[12..16].copy_from_slice(&next.to_be_bytes());
    bytes[16..20].copy_from_slice(&free.to_be_bytes());
    [reply(&[0x52, 1, 0, 0, 0, number, 0, 0, 8], &bytes[..8]), reply(&[0x52, 1, 0, 0, 0, number], &bytes)]
}

fn flush() -> Vec<Line> {
    let mut lines = vec![good(&[0x35, 2])];
    lines.extend(ready(0, 0));
    lines.push(good(&[0x35, 0]));
    lines
}

fn close(function: u8, track: u8) -> Vec<Line> {
    let mut lines = vec![good(&[0x5B, 1, function, 0, 0, track])];
    lines.extend(ready(0, 0));
    lines
}

/// What is asked after the end fails, which is no harm.
fn aftermath() -> Line {
    check(&READY, 2, 0x3A, 0)
}

fn write(lba: u32, blocks: u8) -> Line {
    let [a, b, c, d] = lba.to_be_bytes();
    good(&[0x2A, 0, a, b, c, d, 0, 0, blocks, 0])
}

fn script(parts: impl IntoIterator<Item = Vec<Line>>) -> Drive<Scripted> {
    Scripted::drive(parts.into_iter().flatten())
}

fn record(drive: &mut Drive<Scripted>, medium: &Medium, request: SessionRequest) -> SessionEnd {
    let mut recorder = recorder(drive, medium).unwrap();
    let mut session = recorder.begin(&request).unwrap();
    let start = session.next_writable().unwrap();
    session.write(start, &vec![0xAA; request.blocks as usize * BLOCK]).unwrap();
    session.close().unwrap()
}

fn page_05() -> Vec<u8> {
    let mut page = vec![0, 58, 0, 0, 0, 0, 0, 0, 0x85, 50, 0, 0xC5];
    page.resize(60, 0x11);
    page
}

#[test]
fn cd_r_track_at_once() {
    let configuration = [0, 0, 0, 12, 0, 0, 0, 0x09, 0x00, 0x2D, 0x09, 4, 0x46, 0, 0, 0];
    let mut drive = script([
        ready(0, 0),
        vec![reply(&[0x46], &configuration), reply(&[0x46], &configuration)],
        vec![reply(&[0x5A, 8, 5], &page_05()), reply(&[0x5A, 8, 5], &page_05()), good(&[0x55, 0x10])],
        track(0xFF, (-150i32).cast_unsigned(), 359_849).into(),
        vec![good(&[0x1E, 0, 0, 0, 1])],
        vec![write(0, 16), write(16, 16), write(32, 16)],
        (3..18).map(|run| write(run * 16, 16)).collect(),
        vec![write(288, 12)],
        flush(),
        close(2, 0),
        vec![aftermath(), good(&[0x1E, 0, 0, 0, 0])],
    ]);
    let end = record(&mut drive, &blank(Profile::CD_R), SessionRequest::new(40));
    assert_eq!((end.start, end.blocks, end.padding), (Lba::ZERO, 40, 260));
    let transport = drive.into_transport();
    transport.finish();
    let page = &transport.out[0][8..];
    assert_eq!(page[..16], [0x05, 50, 0x41, 0xC4, 0x18, 0, 0x11, 0x11, 0, 0x11, 0, 0, 0, 0, 0, 150]);
    assert!(page[16..].iter().all(|byte| *byte == 0x11));
}

#[test]
fn cd_r_given_up_stays_appendable() {
    let mut drive = script([
        ready(0, 0),
        vec![check(&[0x46], 5, 0x20, 0)],
        // Neither feature nor capabilities; the drive's own page is refused in the changed form.
        vec![check(&[0x5A, 8, 0x2A], 5, 0x24, 0)],
        vec![reply(&[0x5A, 8, 5], &page_05()), reply(&[0x5A, 8, 5], &page_05())],
        vec![check(&[0x55], 5, 0x26, 0), good(&[0x55])],
        track(0xFF, 0, 359_849).into(),
        vec![good(&[0x1E, 0, 0, 0, 1]), write(0, 16), write(16, 16)],
        (2..18).map(|run| write(run * 16, 16)).collect(),
        vec![write(288, 12)],
        flush(),
        vec![reply(&[0x5A, 8, 5], &page_05()), reply(&[0x5A, 8, 5], &page_05()), good(&[0x55])],
        close(2, 0),
        vec![good(&[0x1E, 0, 0, 0, 0])],
    ]);
    let mut made = recorder(&mut drive, &blank(Profile::CD_R)).unwrap();
    let request = SessionRequest { closing: Closing::Finalise, ..SessionRequest::new(1000) };
    let mut session = made.begin(&request).unwrap();
    session.write(Lba::ZERO, &[0; 32 * BLOCK]).unwrap();
    let abandoned = session.abandon().unwrap();
    assert_eq!((abandoned.blocks, abandoned.left), (32, MediumLeft::Appendable));
    drop(made);
    let transport = drive.into_transport();
    transport.finish();
    // Bytes 2 and 3 of the page: final at first, another session allowed in the end.
    assert_eq!(transport.out[1][10..12], [0x01, 0x04]);
    assert_eq!(transport.out.last().unwrap()[10..12], [0x01, 0xC4]);
}

#[test]
fn dvd_plus_r_finalised_by_the_second_function() {
    let refused = || check(&[0x5B, 1, 6], 5, 0x24, 0);
    let mut drive = script([
        ready(0, 0),
        vec![good(&[0xB6]), check(&[0xAC], 5, 0x20, 0)],
        track(0xFF, 0, 2_295_104).into(),
        vec![check(&[0x53, 0, 0, 0, 0, 0, 0, 0, 32], 5, 0x20, 0), good(&[0x1E, 0, 0, 0, 1])],
        vec![write(0, 16), write(16, 16)],
        flush(),
        close(1, 1),
        vec![refused()],
        close(5, 0),
        vec![aftermath(), good(&[0x1E, 0, 0, 0, 0])],
    ]);
    let request = SessionRequest {
        closing: Closing::Finalise,
        speed: Some(Speed::dvd(40)),
        reserve: true,
        ..SessionRequest::new(20)
    };
    let end = record(&mut drive, &blank(Profile::DVD_PLUS_R), request);
    assert_eq!((end.blocks, end.padding), (20, 12));
    drive.transport().finish();
}

#[test]
fn dvd_plus_r_dl_finalised_by_the_second_function() {
    let mut drive = script([
        ready(0, 0),
        track(0xFF, 0, 4_173_824).into(),
        vec![good(&[0x1E, 0, 0, 0, 1]), write(0, 16)],
        flush(),
        close(1, 1),
        vec![check(&[0x5B, 1, 5], 5, 0x24, 0)],
        close(6, 0),
        vec![aftermath(), good(&[0x1E, 0, 0, 0, 0])],
    ]);
    let request = SessionRequest { closing: Closing::Finalise, ..SessionRequest::new(16) };
    let end = record(&mut drive, &blank(Profile::DVD_PLUS_R_DL), request);
    assert_eq!((end.blocks, end.padding), (16, 0));
    drive.transport().finish();
}

#[test]
fn bd_r_is_written_in_clusters_at_its_last_track() {
    let mut drive = script([
        ready(0, 0),
        vec![disc(0, 0)],
        track(1, 0x1000, 11_826_176).into(),
        vec![good(&[0x1E, 0, 0, 0, 1]), write(0x1000, 32), write(0x1020, 32)],
        flush(),
        close(1, 1),
        close(2, 0),
        vec![aftermath(), good(&[0x1E, 0, 0, 0, 0])],
    ]);
    let end = record(&mut drive, &blank(Profile::BD_R_SRM), SessionRequest::new(33));
    assert_eq!((end.start, end.padding), (Lba::new(0x1000), 31));
    drive.transport().finish();
}

fn overwritable(profile: Profile) -> Medium {
    Medium { state: MediumState::Overwritable, capacity: 2_295_104, free_blocks: 2_295_104, ..blank(profile) }
}

#[test]
fn dvd_plus_rw_with_a_suspended_format() {
    let mut drive = script([
        ready(0, 1),
        vec![disc(0, 1), good(&[0x04, 0x11])],
        vec![check(&READY, 2, 4, 4), check(&[0x03], 5, 0x20, 0)],
        ready(0, 2),
        vec![good(&[0x1E, 0, 0, 0, 1]), write(0, 16), write(16, 4)],
        flush(),
        vec![disc(0, 2)],
        close(0, 0),
        close(2, 0),
        vec![aftermath(), good(&[0x1E, 0, 0, 0, 0])],
    ]);
    let medium = Medium { background_format_pending: true, ..overwritable(Profile::DVD_PLUS_RW) };
    let end = record(&mut drive, &medium, SessionRequest::new(20));
    assert_eq!((end.blocks, end.padding), (20, 0));
    let transport = drive.into_transport();
    transport.finish();
    assert_eq!(transport.out[0], [0, 0x82, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x98, 0, 0, 1]);
}

#[test]
fn dvd_plus_rw_without_anything_to_close() {
    let mut drive = script([
        ready(0, 3),
        vec![good(&[0x1E, 0, 0, 0, 1]), write(0, 16)],
        flush(),
        vec![disc(0, 3), aftermath(), good(&[0x1E, 0, 0, 0, 0])],
    ]);
    record(&mut drive, &overwritable(Profile::DVD_PLUS_RW), SessionRequest::new(16));
    drive.transport().finish();
}

#[test]
fn bd_re_is_formatted_with_what_the_drive_offers() {
    let offers = [
        0, 0, 0, 24, 0, 0xBA, 0x74, 0, 1, 0, 8, 0, 0, 0xB4, 0x74, 0, 0xC0, 0, 0x10, 0, 0, 0xBA, 0x74, 0,
        0xC4, 0, 0, 0,
    ];
    let formatted = [0, 0, 0, 8, 0, 0xB4, 0x74, 0, 2, 0, 8, 0];
    let mut drive = script([
        ready(0, 0),
        vec![reply(&[0x23], &offers), reply(&[0x23], &offers), good(&[0x04, 0x11])],
        ready(0, 0),
        // What the medium has become.
        ready(3, 0),
        vec![reply(&[0x46], &[0, 0, 0, 4, 0, 0, 0, 0x43]), disc(3, 0), reply(&[0x23], &formatted)],
        vec![reply(&[0x25], &[0, 0xB4, 0x73, 0xFF, 0, 0, 8, 0])],
        vec![good(&[0x1E, 0, 0, 0, 1]), write(0, 32), write(32, 1)],
        flush(),
        vec![aftermath(), good(&[0x1E, 0, 0, 0, 0])],
    ]);
    let medium = Medium { needs_format: true, ..overwritable(Profile::BD_RE) };
    record(&mut drive, &medium, SessionRequest::new(33));
    let transport = drive.into_transport();
    transport.finish();
    assert_eq!(transport.out[0], [0, 0x82, 0, 8, 0, 0xB4, 0x74, 0, 0xC0, 0, 0x10, 0]);
}

#[test]
fn a_failed_write_breaks_the_session_and_unlocks_the_medium() {
    let mut drive = script([
        ready(0, 0),
        track(0xFF, 0, 1000).into(),
        vec![good(&[0x1E, 0, 0, 0, 1]), write(0, 16), check(&[0x2A], 3, 0x0C, 0)],
        // Behind a failed write the flush may fail as well.
        vec![check(&[0x35, 2], 3, 0x0C, 0), good(&[0x1E, 0, 0, 0, 0])],
    ]);
    let mut made = recorder(&mut drive, &blank(Profile::DVD_PLUS_R)).unwrap();
    let mut session = made.begin(&SessionRequest::new(500)).unwrap();
    let error = session.write(Lba::ZERO, &[0; 64 * BLOCK]).unwrap_err();
    assert_eq!(error.lba(), Some(Lba::new(16)));
    let next = session.next_writable().unwrap();
    let error = session.write(next, &[0; BLOCK]).unwrap_err();
    assert!(matches!(error, DriveError::NotWritable { reason: NotWritable::BrokenSession, .. }), "{error}");
    let abandoned = session.abandon().unwrap();
    assert_eq!(abandoned.left, MediumLeft::SessionOpen);
    drop(made);
    drive.transport().finish();
}

#[test]
fn media_without_a_recipe() {
    for profile in [Profile::DVD_R_DL_LAYER_JUMP, Profile::CD_ROM, Profile(0x58)] {
        let mut drive = script([]);
        let error = recorder(&mut drive, &blank(profile)).err().unwrap();
        assert!(matches!(error, DriveError::NotWritable { reason: NotWritable::NoRecipe, .. }));
    }
}
