use super::*;
use crate::scripted::{Line, Scripted, check, good, reply};

pub(crate) fn blank(profile: Profile) -> Medium {
    Medium {
        profile,
        state: MediumState::Blank,
        sessions: Vec::new(),
        tracks: Vec::new(),
        next_writable: Some(Lba::ZERO),
        free_blocks: 1000,
        capacity: 1000,
        write_unit: profile.write_unit(),
        erasable: false,
        damaged: false,
        needs_format: false,
        unfinished_session: false,
        growing: false,
        background_format_pending: false,
        pseudo_overwrite: None,
        refusal: None,
    }
}

/// Ready, with this profile and this disc information.
fn ready(profile: u8, disc: [u8; 12], lead_out: [u8; 4]) -> Vec<Line> {
    let mut information = disc.to_vec();
    information.resize(34, 0);
    information[20..24].copy_from_slice(&lead_out);
    vec![
        good(&[0x00]),
        reply(&[0x51], &information),
        reply(&[0x46, 1], &[0, 0, 0, 4, 0, 0, 0, profile]),
        reply(&[0x51], &information),
    ]
}

/// Both steps of READ TRACK INFORMATION.
fn track(number: u8, answer: [u8; 28]) -> [Line; 2] {
    let mut header = answer;
    header[1] = 26;
    [reply(&[0x52, 1, 0, 0, 0, number, 0, 0, 8], &header[..8]), reply(&[0x52, 1, 0, 0, 0, number], &header)]
}

/// A track information reply: number, session, kind byte, NWA valid, start, NWA, free, size.
fn information(head: [u8; 4], start: u32, next: u32, free: u32, size: u32) -> [u8; 28] {
    let [number, session, kind, valid] = head;
    let mut bytes = [
        0, 0, number, session, 0, 4, kind, valid, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    bytes[8..12].copy_from_slice(&start.to_be_bytes());
    bytes[12..16].copy_from_slice(&next.to_be_bytes());
    bytes[16..20].copy_from_slice(&free.to_be_bytes());
    bytes[24..28].copy_from_slice(&size.to_be_bytes());
    bytes
}

fn read_all(lines: Vec<Line>) -> Medium {
    let mut drive = Scripted::drive(lines);
    let medium = drive.medium().unwrap();
    drive.transport().finish();
    medium
}

#[test]
fn appendable_dvd_plus_r() {
    let mut lines = ready(0x1B, [0, 32, 0x01, 1, 2, 2, 2, 0x20, 0, 0, 0, 0], [0; 4]);
    lines.extend(track(1, information([1, 1, 0x01, 0], 0, 0, 0, 0x1000)));
    lines.extend(track(2, information([2, 2, 0x41, 1], 0x1800, 0x1800, 0x20_0000, 0x20_0000)));
    lines.extend(track(0xFF, information([2, 2, 0x41, 1], 0x1800, 0x1800, 0x20_0000, 0x20_0000)));
    let medium = read_all(lines);
    assert_eq!(medium.state, MediumState::Appendable);
    assert_eq!(medium.next_writable, Some(Lba::new(0x1800)));
    assert_eq!((medium.free_blocks, medium.capacity, medium.write_unit), (0x20_0000, 0x20_1800, 16));
    let session = SessionInfo {
        number: 1,
        first_track: 1,
        last_track: 1,
        start: Lba::ZERO,
        blocks: 0x1000,
        closed: true,
    };
    assert_eq!(medium.sessions, [session]);
    assert_eq!(medium.tracks[1].state, TrackState::Blank);
    assert_eq!(medium.readable().get(), 0x1000);
    assert!(!medium.unfinished_session && !medium.erasable && !medium.damaged);
}

#[test]
fn formatted_bd_r_without_data_counts_as_blank() {
    let mut lines = ready(0x41, [0, 32, 0x01, 1, 1, 1, 1, 0x20, 0, 0, 0, 0], [0; 4]);
    let only = information([1, 1, 0x41, 1], 0, 0, 11_826_176, 11_826_176);
    lines.extend(track(1, only));
    // No table of contents, since a track is known; the last track names the address.
    let mut information_again = vec![0, 32, 0x01, 1, 1, 1, 1, 0x20, 0, 0, 0, 0];
    information_again.resize(34, 0);
    lines.push(reply(&[0x51], &information_again));
    lines.extend(track(1, only));
    lines.push(check(&[0x46], 5, 0x24, 0));
    let medium = read_all(lines);
    assert_eq!(medium.state, MediumState::Blank);
    assert_eq!((medium.next_writable, medium.free_blocks), (Some(Lba::ZERO), 11_826_176));
    assert!(!medium.is_replaceable());
    assert!(medium.sessions.is_empty());
}

#[test]
fn blank_cd_whose_drive_names_the_pregap_or_nothing() {
    let blank = [0, 32, 0x00, 1, 1, 1, 1, 0x20, 0, 0, 0, 0];
    let mut lines = ready(0x09, blank, [0, 79, 59, 74]);
    lines.extend([check(&[0x52], 5, 0x24, 0)]);
    lines.extend(track(0xFF, information([1, 1, 0x41, 1], 0, (-150i32).cast_unsigned(), 0, 0)));
    let medium = read_all(lines);
    assert_eq!(medium.state, MediumState::Blank);
    assert_eq!((medium.next_writable, medium.free_blocks), (Some(Lba::ZERO), 359_849));

    let mut lines = ready(0x09, blank, [0, 79, 59, 74]);
    lines.extend([check(&[0x52], 5, 0x24, 0), check(&[0x52], 5, 0x24, 0)]);
    lines.push(reply(&[0x51], &blank));
    lines.push(check(&[0x52], 5, 0x24, 0));
    assert_eq!(read_all(lines).next_writable, Some(Lba::ZERO));
}

#[test]
fn appendable_cd_whose_drive_wants_the_write_parameters_first() {
    let disc = [0, 32, 0x01, 1, 2, 2, 2, 0x20, 0, 0, 0, 0];
    let mut lines = ready(0x09, disc, [0, 79, 59, 74]);
    lines.extend(track(1, information([1, 1, 0x01, 0], 0, 0, 0, 702)));
    lines.push(check(&[0x52, 1, 0, 0, 0, 2], 5, 0x24, 0));
    lines.extend(track(0xFF, information([2, 2, 0x41, 0], 0, 0, 0, 0)));
    let mut page = vec![0, 58, 0, 0, 0, 0, 0, 0, 0x05, 50];
    page.resize(60, 0);
    lines.extend([reply(&[0x5A], &page), reply(&[0x5A], &page), good(&[0x55])]);
    lines.extend(track(0xFF, information([2, 2, 0x41, 1], 12_102, 12_102, 347_747, 0)));
    let medium = read_all(lines);
    assert_eq!((medium.next_writable, medium.free_blocks), (Some(Lba::new(12_102)), 347_747));
    assert_eq!(medium.sessions.len(), 1);
}

#[test]
fn drive_without_the_commands_about_tracks() {
    // As QEMU's: disc information, table of contents, capacity.
    let mut lines = ready(0x08, [0, 32, 0x0E, 1, 1, 1, 1, 0, 0, 0, 0, 0], [0; 4]);
    let full = [
        0, 46, 1, 1, 1, 0x14, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0, 1, 0x14, 0, 0xA1, 0, 0, 0, 0, 1, 0, 0, 1, 0x14,
        0, 0xA2, 0, 0, 0, 0, 0, 10, 5, 1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0,
    ];
    lines.extend([check(&[0x52], 5, 0x20, 0), reply(&[0x43, 2, 2], &full), reply(&[0x43, 2, 2], &full)]);
    lines.push(reply(&[0x25], &[0, 0, 2, 0x5C, 0, 0, 8, 0]));
    let medium = read_all(lines);
    assert_eq!(medium.state, MediumState::Complete);
    assert_eq!((medium.readable().get(), medium.capacity), (605, 605));
    assert_eq!(medium.newest_session().unwrap().last_track, 1);
}

#[test]
fn drive_that_answers_every_toc_with_the_old_one_or_none() {
    let disc = [0, 32, 0x0E, 1, 1, 1, 1, 0, 0, 0, 0, 0];
    let toc = [0, 0x12, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xAA, 0, 0, 0, 0x0B, 0x40];
    let mut lines = ready(0x08, disc, [0; 4]);
    lines.push(check(&[0x52], 5, 0x20, 0));
    lines.extend((0..4).map(|_| reply(&[0x43], &toc)));
    lines.push(reply(&[0x43, 0, 1], &[0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0]));
    lines.push(reply(&[0x25], &[0, 0, 0x0B, 0x3F, 0, 0, 8, 0]));
    assert_eq!(read_all(lines).readable().get(), 2880);

    let mut lines = ready(0x10, disc, [0; 4]);
    lines.extend([check(&[0x52], 5, 0x20, 0), check(&[0x43], 2, 0x24, 0), check(&[0x43], 5, 0x24, 0)]);
    lines.push(reply(&[0x25], &[0, 0, 0x0B, 0x3F, 0, 0, 8, 0]));
    assert_eq!(read_all(lines).readable().get(), 2880);
}

#[test]
fn unformatted_and_suspended_dvd_plus_rw() {
    let unformatted = [0, 0, 0, 16, 0, 0x23, 0x05, 0x40, 1, 0, 8, 0, 0, 0x23, 0x05, 0x40, 0x98, 0, 0, 0];
    let mut lines = ready(0x1A, [0, 32, 0x10, 1, 1, 1, 1, 0x20, 0, 0, 0, 0], [0; 4]);
    lines.extend([reply(&[0x23], &unformatted), reply(&[0x23], &unformatted)]);
    let medium = read_all(lines);
    assert_eq!((medium.state, medium.needs_format), (MediumState::Overwritable, true));
    assert_eq!(medium.capacity, 2_295_104);
    assert!(medium.sessions.is_empty() && medium.erasable);

    let mut lines = ready(0x1A, [0, 32, 0x1E, 1, 1, 1, 1, 0x21, 0, 0, 0, 0], [0; 4]);
    lines.extend([check(&[0x23], 5, 0x20, 0), reply(&[0x25], &[0, 0x23, 0x05, 0x3F, 0, 0, 8, 0])]);
    let medium = read_all(lines);
    assert!(!medium.needs_format && medium.background_format_pending);
    assert_eq!((medium.capacity, medium.readable().get()), (2_295_104, 2_295_104));
}

#[test]
fn open_session_with_data() {
    let disc = [0, 32, 0x05, 1, 1, 1, 1, 0x20, 0, 0, 0, 0];
    let mut lines = ready(0x1B, disc, [0; 4]);
    let open = information([1, 1, 0x81, 1], 0, 0x400, 0x20_0000, 0x20_0400);
    lines.extend(track(1, open));
    lines.extend(track(0xFF, open));
    let medium = read_all(lines);
    assert!(medium.unfinished_session);
    assert_eq!(medium.sessions[0].blocks, 0x400);
    assert!(!medium.sessions[0].closed);
}
