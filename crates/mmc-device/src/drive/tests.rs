use std::sync::{Arc, Mutex};

use super::*;
use crate::command::blank::BlankType;
use crate::command::close::CloseFunction;
use crate::scripted::{Answer, Scripted, check, good, line, reply};
use crate::{Profile, Speed};

/// A disc information reply of a blank write-once disc.
const BLANK_DISC: [u8; 34] = {
    let mut bytes = [0; 34];
    bytes[1] = 0x20;
    bytes[3] = 1;
    bytes[4] = 1;
    bytes[5] = 1;
    bytes[6] = 1;
    bytes
};

#[test]
fn a_full_buffer_gets_the_same_blocks_again() {
    let write = [0x2A, 0, 0, 0, 0, 16, 0, 0, 16, 0];
    let mut drive = Scripted::drive([
        check(&write, 2, 4, 8),
        reply(&[0x5C], &[0, 10, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0]),
        check(&write, 2, 4, 8),
        good(&write),
    ]);
    drive.write_10(Lba::new(16), &[7; 16 * BLOCK]).unwrap();
    let transport = drive.into_transport();
    transport.finish();
    assert_eq!(transport.out, vec![vec![7; 16 * BLOCK]; 3]);
}

#[test]
fn a_wrong_sequence_is_flushed_once_and_repeated() {
    let mut drive = Scripted::drive([
        check(&[0x2A], 5, 0x2C, 0),
        good(&[0x35, 2]),
        good(&[0x00]),
        reply(&[0x51], &BLANK_DISC),
        good(&[0x35, 0]),
        good(&[0x2A]),
    ]);
    drive.write_10(Lba::ZERO, &[0; BLOCK]).unwrap();
    drive.transport().finish();
}

#[test]
fn a_buffer_that_never_drains_is_not_waited_for_for_ever() {
    // Every eighth time the drive is asked for its buffer.
    let endless = (0..100_000).map(|number| match number % 9 {
        1 => check(&[0x5C], 5, 0x20, 0),
        _ => check(&[0x2A], 2, 4, 8),
    });
    let error = Scripted::drive(endless).write_10(Lba::ZERO, &[0; BLOCK]).unwrap_err();
    assert!(matches!(error, DriveError::Busy { .. }), "{error}");
}

#[test]
fn what_is_repeated_at_once_is_repeated_three_times() {
    let read = [0x28, 0, 0, 0, 0, 5, 0, 0, 1, 0];
    let mut drive = Scripted::drive([
        check(&read, 3, 0x02, 0),
        check(&read, 0xB, 0, 0),
        check(&read, 4, 0x09, 0),
        check(&read, 3, 0x02, 0),
    ]);
    let error = drive.read_10(Lba::new(5), &mut [0; BLOCK]).unwrap_err();
    assert!(matches!(error, DriveError::ReadFailed { .. }), "{error}");
    drive.transport().finish();
}

#[test]
fn a_deferred_error_names_the_first_block_that_may_be_lost() {
    let deferred = Sense { deferred: true, ..Sense::new(3, 0x0C, 0) };
    let mut drive =
        Scripted::drive([good(&[0x2A]), good(&[0x2A]), line(&[0x35, 2], Answer::Check(deferred))]);
    drive.write_10(Lba::new(32), &[0; BLOCK]).unwrap();
    drive.write_10(Lba::new(33), &[0; BLOCK]).unwrap();
    let error = drive.synchronize_cache().unwrap_err();
    assert!(
        matches!(error, DriveError::WriteFailed { lba: Some(lba), .. } if lba == Lba::new(32)),
        "{error}"
    );

    let named = Sense { information: Some(40), ..deferred };
    let mut drive = Scripted::drive([good(&[0x2A]), line(&[0x2A], Answer::Check(named))]);
    drive.write_10(Lba::new(32), &[0; BLOCK]).unwrap();
    let error = drive.write_10(Lba::new(48), &[0; BLOCK]).unwrap_err();
    assert_eq!(error.lba(), Some(Lba::new(40)));
}

#[test]
fn a_changed_medium_ends_a_recording_and_nothing_else() {
    let mut drive = Scripted::drive([check(&[0x51], 6, 0x28, 0), reply(&[0x51], &BLANK_DISC)]);
    drive.disc_information().unwrap();
    drive.transport().finish();

    let mut drive = Scripted::drive([check(&[0x2A], 6, 0x28, 0)]);
    drive.set_recording(true);
    let error = drive.write_10(Lba::ZERO, &[0; BLOCK]).unwrap_err();
    assert!(matches!(error, DriveError::MediumChanged { .. }), "{error}");
}

#[test]
fn what_the_drive_recovered_from_is_a_success() {
    let mut drive = Scripted::drive([check(&[0x2A], 1, 0x0C, 1)]);
    drive.write_10(Lba::ZERO, &[0; BLOCK]).unwrap();
}

/// What did not come is no data, whatever the sense says.
#[test]
fn an_empty_reply_is_none() {
    let mut drive = Scripted::drive([check(&[0x28], 1, 0x18, 2)]);
    let error = drive.read_10(Lba::ZERO, &mut [7; BLOCK]).unwrap_err();
    assert!(matches!(error, DriveError::BadReply { operation: OperationCode::READ_10, .. }), "{error}");
    let mut drive = Scripted::drive([check(&[0x25], 1, 0x18, 2)]);
    let error = drive.read_capacity().unwrap_err();
    assert!(matches!(error, DriveError::BadReply { operation: OperationCode::READ_CAPACITY, .. }), "{error}");
}

#[test]
fn only_whole_blocks_go_out() {
    let mut drive = Scripted::drive([]);
    for len in [0, 1, 2049, 65_536 * BLOCK] {
        let error = drive.write_10(Lba::ZERO, &vec![0; len]).unwrap_err();
        assert!(matches!(error, DriveError::PartialBlock { len: found } if found == len));
    }
}

struct Listener(Arc<Mutex<Vec<Option<u16>>>>);

impl Waiter for Listener {
    fn wait(&mut self, _: Duration) {}

    fn progress(&mut self, operation: Operation, progress: Option<u16>) {
        assert_eq!(operation, Operation::ClosingSession);
        self.0.lock().unwrap().push(progress);
    }
}

#[test]
fn waiting_hears_of_progress_and_of_late_busy_answers() {
    let halfway = Sense { progress: Some(0x8000), ..Sense::new(2, 4, 7) };
    let request_sense = [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 4, 7, 0, 0x80, 0xC0, 0];
    let mut drive = Scripted::drive([
        good(&[0x5B, 1, 2]),
        line(&[0x00], Answer::Check(halfway)),
        // Without a progress the other command is asked.
        check(&[0x00], 2, 4, 7),
        reply(&[0x03], &request_sense),
        // The new contents are reported as a changed medium.
        check(&[0x00], 6, 0x28, 0),
        // Ready for one command, busy for the other.
        good(&[0x00]),
        check(&[0x51], 2, 4, 7),
        check(&[0x03], 5, 0x20, 0),
        good(&[0x00]),
        reply(&[0x51], &BLANK_DISC),
    ]);
    let heard = Arc::new(Mutex::new(Vec::new()));
    drive.set_waiter(Box::new(Listener(Arc::clone(&heard))));
    drive.close_track_session(CloseFunction::SESSION, 0).unwrap();
    drive.transport().finish();
    assert_eq!(*heard.lock().unwrap(), [Some(0x8000), Some(0xC000), None]);
}

#[test]
fn an_operation_that_fails_in_the_end_is_told_by_its_kind() {
    let mut drive = Scripted::drive([good(&[0x5B]), check(&[0x00], 3, 0x72, 0)]);
    let error = drive.close_track_session(CloseFunction::SESSION, 0).unwrap_err();
    assert!(matches!(error, DriveError::CloseFailed { .. }), "{error}");

    let mut drive = Scripted::drive([good(&[0xA1, 0x11]), check(&[0x00], 3, 0x51, 0)]);
    let error = drive.blank(BlankType::MINIMAL).unwrap_err();
    assert!(matches!(error, DriveError::EraseFailed { .. }), "{error}");
}

#[test]
fn loading_takes_no_medium_for_a_while() {
    let mut drive = Scripted::drive([
        check(&[0x00], 2, 0x3A, 0),
        check(&[0x00], 2, 4, 1),
        check(&[0x03], 5, 0x20, 0),
        good(&[0x00]),
        check(&[0x51], 5, 0x20, 0),
    ]);
    drive.wait_for(Operation::Loading).unwrap();
    drive.transport().finish();
    let error = Scripted::drive([check(&[0x00], 2, 0x3A, 1)]).wait_until_ready().unwrap_err();
    assert!(matches!(error, DriveError::NoMedium { .. }));
}

#[test]
fn a_flush_without_the_immediate_variant() {
    let mut drive = Scripted::drive([check(&[0x35, 2], 5, 0x24, 0), good(&[0x35, 0])]);
    drive.synchronize_cache().unwrap();
    drive.transport().finish();
}

#[test]
fn replies_are_fetched_in_their_own_length() {
    let mut page = vec![0, 58, 0, 0, 0, 0, 0, 0, 0x05, 50];
    page.resize(60, 0);
    let mut drive = Scripted::drive([
        reply(&[0x5A, 8, 5, 0, 0, 0, 0, 0, 30, 0], &page),
        reply(&[0x5A, 8, 5, 0, 0, 0, 0, 0, 60, 0], &page),
        reply(&[0x46, 0, 0, 0, 0, 0, 0, 0, 8, 0], &[0, 0, 0, 12, 0, 0, 0, 0x1B]),
        reply(&[0x46, 0, 0, 0, 0, 0, 0, 0, 16, 0], &[0, 0, 0, 12, 0, 0, 0, 0x1B, 0, 0, 3, 4, 0, 0x1B, 1, 0]),
        check(&[0x5A, 8, 0x2A], 5, 0x24, 0),
        check(&[0xAC], 5, 0x20, 0),
    ]);
    assert_eq!(drive.mode_page(5).unwrap().len(), 52);
    assert_eq!(drive.configuration().unwrap().profiles(), [(Profile::DVD_PLUS_R, true)]);
    assert!(matches!(drive.capabilities(), Err(DriveError::NoSuchModePage { page: 0x2A, .. })));
    assert!(drive.write_speeds().unwrap_err().is_unsupported());
    drive.transport().finish();
}

#[test]
fn the_speed_is_asked_for_in_the_way_of_the_medium() {
    let streaming = check(&[0xB6], 5, 0x21, 0);
    let mut drive = Scripted::drive([streaming, check(&[0xBB], 5, 0x24, 0), check(&[0xAC], 5, 0x20, 0)]);
    let mut medium = crate::medium::tests::blank(Profile::DVD_PLUS_R);
    drive.request_speed(&medium, Speed::dvd(24), None);
    drive.transport().finish();
    medium.profile = Profile::CD_R;
    let chosen = [0, 0, 0, 20, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x61, 0, 5, 0, 0, 0, 0, 0x01, 0x61];
    let mut drive =
        Scripted::drive([good(&[0xBB, 0, 0xFF, 0xFF, 0x02, 0xC2]), reply(&[0xAC, 0x14], &chosen)]);
    drive.request_speed(&medium, Speed::cd(4), None);
    drive.transport().finish();
    assert_eq!(drive.recording_speed(), Some(Speed::cd(2)));
}

#[test]
fn short_reads_are_no_reads() {
    let mut drive = Scripted::drive([reply(&[0x28], &[0; 100])]);
    let error = drive.read_10(Lba::ZERO, &mut [0; BLOCK]).unwrap_err();
    assert!(matches!(error, DriveError::BadReply { operation: OperationCode::READ_10, .. }));
}
