//! Sound, sessions at once and raw images, recorded on the simulated drive and read back sector by sector.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use fsimage_mmc_device::cd::{
    Block, CdText, Control, DigitalCopy, Pack, PackType, Position, Program, Q, RAW_BYTES, RawImage,
    RawImageBuilder, RawSector, RawSectorType, SUBCHANNEL_BYTES, SectorForm, SectorType, SoundSource,
    Subchannel, TrackLayout,
};
use fsimage_mmc_device::command::read_cd::WithSubchannel;
use fsimage_mmc_device::simulated::{Fault, MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    Blanking, CdRequest, Closing, Drive, DriveError, Lba, MediumLeft, MediumState, NoWait, NotWritable,
    RawSession, RecordingMode, SessionAtOnce, SessionRequest, SoundTracks, close_open_session, recorder,
};

struct Fixture {
    folder: tempfile::TempDir,
    drive: Drive<SimulatedDrive>,
}

fn blank(kind: MediumKind) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = Drive::with_waiter(
        SimulatedDrive::create(folder.path().join("disc"), kind).unwrap(),
        Box::new(NoWait),
    );
    drive.wait_until_ready().unwrap();
    Fixture { folder, drive }
}

impl Fixture {
    /// The disc in a drive that was switched on anew.
    fn reopened(self) -> Fixture {
        let Fixture { folder, drive } = self;
        drive.into_transport().close().unwrap();
        let transport = SimulatedDrive::open(folder.path().join("disc")).unwrap();
        let mut drive = Drive::with_waiter(transport, Box::new(NoWait));
        drive.wait_until_ready().unwrap();
        Fixture { folder, drive }
    }

    fn sector(&mut self, lba: i32) -> ([u8; RAW_BYTES], Q) {
        let mut sector = [0; RAW_BYTES + SUBCHANNEL_BYTES];
        self.drive.read_cd(Lba::new(lba), WithSubchannel::Raw, &mut sector).unwrap();
        let channels = Subchannel::parse(sector[RAW_BYTES..].first_chunk().unwrap());
        (*sector.first_chunk().unwrap(), Q::parse(&channels.q).unwrap())
    }

    fn place(&mut self, lba: i32) -> (u8, u8) {
        match self.sector(lba).1.position {
            Position::Program { track, index, .. } => (track, index),
            other => panic!("{lba}: {other:?}"),
        }
    }
}

fn sound(lba: i32) -> [u8; RAW_BYTES] {
    std::array::from_fn(|at| (lba as u8).wrapping_mul(13).wrapping_add(at as u8))
}

fn texts() -> (CdText, Vec<Pack>) {
    let mut block = Block { language: 9, ..Block::default() };
    block.put(PackType::TITLE, 0, "A disc").unwrap();
    block.put(PackType::TITLE, 1, "Its first track, of which there is more to say").unwrap();
    block.put(PackType::PERFORMER, 2, "Somebody").unwrap();
    let text = CdText { blocks: vec![block] };
    let packs = text.encode(1, 2).unwrap();
    (text, packs)
}

fn two_tracks(start: Lba) -> Program {
    let first = TrackLayout {
        pregap: 150,
        indexes: vec![100],
        isrc: Some("USRC17607839".parse().unwrap()),
        copy: DigitalCopy::Permitted,
        ..TrackLayout::new(SectorType::Audio, 400)
    };
    let second = TrackLayout { pregap: 75, pre_emphasis: true, ..TrackLayout::new(SectorType::Audio, 300) };
    let mut program = Program::new(start, 1, vec![first, second]).unwrap();
    program.catalog = Some("4006381333931".parse().unwrap());
    program
}

#[test]
fn a_disc_of_sound_at_once() {
    let mut disc = blank(MediumKind::CdR);
    let medium = disc.drive.medium().unwrap();
    let (text, packs) = texts();
    let program = two_tracks(Lba::new(-150));
    let request = CdRequest { closing: Closing::Finalise, ..CdRequest::default() };
    let mut session =
        SessionAtOnce::begin(&mut disc.drive, &medium, program.clone(), &packs, &request).unwrap();
    assert!(!session.without_cd_text());
    for lba in -150..775 {
        assert_eq!(session.next(), (Lba::new(lba), RAW_BYTES));
        session.write(&sound(lba)).unwrap();
    }
    assert!(matches!(session.write(&sound(0)), Err(DriveError::TooLarge { .. })));
    session.close().unwrap();

    let mut disc = disc.reopened();
    let medium = disc.drive.medium().unwrap();
    assert_eq!(medium.state, MediumState::Complete);
    let tracks: Vec<_> =
        medium.tracks.iter().map(|track| (track.start.get(), track.blocks, track.data)).collect();
    assert_eq!(tracks, [(0, 475, false), (475, 300, false)]);
    let toc = disc.drive.toc().unwrap();
    assert_eq!((toc.tracks.len(), toc.lead_out), (2, Some(Lba::new(775))));
    assert_eq!(disc.drive.cd_text().unwrap(), Some(text));
    assert_eq!(disc.drive.catalog().unwrap(), program.catalog);
    assert_eq!(disc.drive.isrc(1).unwrap(), program.tracks()[0].layout.isrc);
    assert_eq!(disc.drive.isrc(2).unwrap(), None);
    for lba in [-150, -1, 0, 99, 100, 399, 400, 475, 774] {
        assert_eq!(disc.sector(lba).0, sound(lba), "{lba}");
    }
    for (lba, expected) in
        [(-150, (1, 0)), (0, (1, 1)), (100, (1, 2)), (400, (2, 0)), (475, (2, 1)), (774, (2, 1))]
    {
        assert_eq!(disc.place(lba), expected, "{lba}");
    }
    // Wherever the drive tells subchannels of its own making, they are those of the plan.
    for lba in (-150..775).step_by(7) {
        let expected = Q::parse(&program.subchannel(Lba::new(lba)).q).unwrap();
        assert_eq!(disc.sector(lba).1, expected, "{lba}");
    }
    let mut block = [0; 2048];
    let refused = disc.drive.read_10(Lba::ZERO, &mut block).unwrap_err();
    assert_eq!(refused.sense().unwrap().asc, 0x64);
}

#[test]
fn sound_behind_data_and_a_session_behind_sound() {
    // Mixed mode: data, then sound, in one session.
    let mut disc = blank(MediumKind::CdR);
    let medium = disc.drive.medium().unwrap();
    let layouts = vec![
        TrackLayout { pregap: 150, ..TrackLayout::new(SectorType::Mode1, 320) },
        TrackLayout { pregap: 150, ..TrackLayout::new(SectorType::Audio, 300) },
    ];
    let program = Program::new(Lba::new(-150), 1, layouts).unwrap();
    let mut session =
        SessionAtOnce::begin(&mut disc.drive, &medium, program, &[], &CdRequest::default()).unwrap();
    for lba in -150..770i32 {
        let (next, bytes) = session.next();
        assert_eq!((next.get(), bytes), (lba, if lba < 320 { 2048 } else { RAW_BYTES }));
        session.write(&sound(lba)[..bytes]).unwrap();
    }
    session.close().unwrap();
    let mut disc = disc.reopened();
    let (raw, q) = disc.sector(16);
    let sector = RawSector::parse(&raw).unwrap();
    sector.check().unwrap();
    assert_eq!((sector.form, sector.address.to_lba()), (SectorForm::Mode1, Lba::new(16)));
    assert_eq!((sector.user_data(), q.control), (&sound(16)[..2048], Control::DATA));
    assert_eq!((disc.sector(500).0, disc.sector(500).1.control), (sound(500), Control::AUDIO));
    let mut block = [0; 2048];
    disc.drive.read_10(Lba::new(319), &mut block).unwrap();
    assert_eq!(block, sound(319)[..2048]);

    // CD-Extra: a data session behind.
    let medium = disc.drive.medium().unwrap();
    assert_eq!((medium.state, medium.next_writable), (MediumState::Appendable, Some(Lba::new(770 + 11_400))));
    let start = SessionAtOnce::<SimulatedDrive>::start(&medium);
    let data = TrackLayout { pregap: 150, ..TrackLayout::new(SectorType::Mode2Form2, 300) };
    let program = Program::new(start, 3, vec![data]).unwrap();
    let mut session =
        SessionAtOnce::begin(&mut disc.drive, &medium, program, &[], &CdRequest::default()).unwrap();
    assert_eq!(session.next(), (Lba::new(12_020), 2336));
    session.write(&vec![0x11; 450 * 2336]).unwrap();
    session.close().unwrap();
    let mut disc = disc.reopened();
    let medium = disc.drive.medium().unwrap();
    assert_eq!((medium.sessions.len(), medium.sessions[1].start), (2, Lba::new(12_170)));
    assert_eq!(disc.place(12_170), (3, 1));
}

#[test]
fn sound_track_by_track() {
    let mut disc = blank(MediumKind::CdRw);
    let medium = disc.drive.medium().unwrap();
    let catalog = Some("4006381333931".parse().unwrap());
    let isrc = Some("DEA401234567".parse().unwrap());
    let mut tracks = SoundTracks::begin(&mut disc.drive, &medium, catalog, &CdRequest::default()).unwrap();
    let (start, free) = tracks.begin_track(Control::COPY, isrc).unwrap();
    assert!(start == Lba::ZERO && free > 300_000);
    tracks.write(&vec![5; 350 * RAW_BYTES]).unwrap();
    let written = tracks.end_track().unwrap();
    assert_eq!((written.sectors, written.padding), (350, 0));
    let (start, _) = tracks.begin_track(Control::AUDIO, None).unwrap();
    assert_eq!(start, Lba::new(350 + 2 + 150));
    tracks.write(&vec![6; 10 * RAW_BYTES]).unwrap();
    assert_eq!(tracks.end_track().unwrap().padding, 290);
    assert_eq!(tracks.tracks(), 2);
    tracks.close().unwrap();

    let mut disc = disc.reopened();
    let medium = disc.drive.medium().unwrap();
    assert_eq!((medium.state, medium.tracks.len() >= 2), (MediumState::Appendable, true));
    assert_eq!((disc.drive.catalog().unwrap(), disc.drive.isrc(1).unwrap()), (catalog, isrc));
    assert_eq!((disc.sector(349).0[7], disc.sector(502).0[7], disc.sector(520).0[7]), (5, 6, 0));
    assert_eq!((disc.place(502), disc.sector(0).1.control), ((2, 1), Control::COPY));
    // The drive's own run-out and pregap are silence, and their subchannels say what they are.
    assert_eq!([348, 350, 351, 352, 501, 502].map(|lba| disc.place(lba)), {
        [(1, 1), (1, 1), (1, 1), (2, 0), (2, 0), (2, 1)]
    });
    assert_eq!([350, 351, 352, 501].map(|lba| disc.sector(lba).0), [[0; RAW_BYTES]; 4]);
    // The disc takes another session, and, being a CD-RW, can be blanked.
    fsimage_mmc_device::blank(&mut disc.drive, fsimage_mmc_device::Blanking::Quick).unwrap();
    assert_eq!(disc.drive.medium().unwrap().state, MediumState::Blank);
    let mut sector = [0; RAW_BYTES];
    assert!(disc.drive.read_cd(Lba::ZERO, WithSubchannel::None, &mut sector).is_err());
}

#[test]
fn sound_is_protected_from_underruns_unless_that_is_not_wanted() {
    for (without_underrun_protection, expected) in [(false, 0x40), (true, 0)] {
        let request = CdRequest { without_underrun_protection, ..CdRequest::default() };
        let mut disc = blank(MediumKind::CdR);
        let medium = disc.drive.medium().unwrap();
        let drive = &mut disc.drive;
        let is_protected = |way, drive: &mut Drive<SimulatedDrive>| {
            let parameters = drive.write_parameters().unwrap();
            assert_eq!(parameters.as_bytes()[2] & 0x40, expected, "{way}");
        };
        drop(SessionAtOnce::begin(drive, &medium, two_tracks(Lba::new(-150)), &[], &request).unwrap());
        is_protected("at once", drive);
        let mut builder = RawImageBuilder::new();
        builder.add_track(SectorType::Audio, 300).unwrap();
        let image = builder.create().unwrap();
        drop(RawSession::begin(drive, &medium, &image, &request).unwrap());
        is_protected("raw", drive);
        let mut tracks = SoundTracks::begin(drive, &medium, None, &request).unwrap();
        tracks.begin_track(Control::AUDIO, None).unwrap();
        tracks.write(&vec![5; 300 * RAW_BYTES]).unwrap();
        let (ended, paused) = tracks.pause();
        ended.unwrap();
        is_protected("track at once", drive);
        let mut tracks = paused.resume(drive, None, &request);
        tracks.begin_track(Control::AUDIO, None).unwrap();
        tracks.write(&vec![5; 300 * RAW_BYTES]).unwrap();
        tracks.close().unwrap();
        is_protected("track at once, resumed", drive);
    }
}

#[test]
fn raw_images_of_every_type() {
    for kind in [RawSectorType::PqOnly, RawSectorType::Cooked, RawSectorType::Raw] {
        let mut disc = blank(MediumKind::CdR);
        let medium = disc.drive.medium().unwrap();
        let (text, packs) = texts();
        let mut builder = RawImageBuilder::new();
        builder.set_type(kind).unwrap();
        builder.set_catalog(Some("4006381333931".parse().unwrap())).unwrap();
        if kind != RawSectorType::PqOnly {
            builder.set_cd_text(packs).unwrap();
        }
        builder.add_track(SectorType::Audio, 500).unwrap();
        builder.add_track(SectorType::Audio, 400).unwrap();
        let track = builder.track_mut(2).unwrap();
        track.isrc = Some("USRC17607839".parse().unwrap());
        track.add_index(120).unwrap();
        let image = builder.create().unwrap();
        let mut session = RawSession::begin(&mut disc.drive, &medium, &image, &CdRequest::default()).unwrap();
        assert_eq!(session.start(), Lba::new(-11_634));
        let mut sector = [0; RAW_BYTES + SUBCHANNEL_BYTES];
        for lba in session.start().get()..image.end().get() {
            let lba = Lba::new(lba);
            let samples =
                if image.source(lba) == SoundSource::Silence { [0; RAW_BYTES] } else { sound(lba.get()) };
            image.encode(lba, &samples, None, &mut sector).unwrap();
            session.write(&sector[..kind.sector_bytes()]).unwrap();
        }
        session.close().unwrap();

        let mut disc = disc.reopened();
        let medium = disc.drive.medium().unwrap();
        assert_eq!((medium.state, medium.sessions.len()), (MediumState::Complete, 1));
        assert_eq!(disc.drive.toc().unwrap().lead_out, Some(Lba::new(900)));
        for lba in [0, 349, 350, 499, 500, 620, 899] {
            assert_eq!(disc.sector(lba).0, sound(lba), "{lba}");
            let expected = Q::parse(&image.program().subchannel(Lba::new(lba)).q).unwrap();
            assert_eq!(disc.sector(lba).1, expected, "{lba}");
        }
        assert_eq!((disc.place(350), disc.place(500), disc.place(620)), ((2, 0), (2, 1), (2, 2)));
        assert_eq!(disc.drive.catalog().unwrap(), image.program().catalog);
        assert_eq!(disc.drive.isrc(2).unwrap(), image.program().tracks()[1].layout.isrc);
        let expected = (kind != RawSectorType::PqOnly).then_some(text);
        assert_eq!(disc.drive.cd_text().unwrap(), expected);
    }
}

#[test]
fn what_cannot_be_recorded_is_told_before() {
    let reason = |error: DriveError| match error {
        DriveError::NotWritable { reason, .. } => reason,
        other => panic!("{other}"),
    };
    let mut disc = blank(MediumKind::DvdPlusR);
    let medium = disc.drive.medium().unwrap();
    let program = two_tracks(Lba::new(-150));
    let request = CdRequest::default();
    let begun = SessionAtOnce::begin(&mut disc.drive, &medium, program.clone(), &[], &request);
    assert_eq!(reason(begun.err().unwrap()), NotWritable::NoSound);

    let mut disc = blank(MediumKind::CdR);
    let medium = disc.drive.medium().unwrap();
    let long = TrackLayout { pregap: 150, ..TrackLayout::new(SectorType::Audio, 380_000) };
    let long = Program::new(Lba::new(-150), 1, vec![long]).unwrap();
    let begun = SessionAtOnce::begin(&mut disc.drive, &medium, long, &[], &request);
    assert!(matches!(begun.err(), Some(DriveError::TooLarge { .. })));
    let elsewhere = two_tracks(Lba::new(1000));
    let begun = SessionAtOnce::begin(&mut disc.drive, &medium, elsewhere, &[], &request);
    assert!(matches!(begun.err(), Some(DriveError::OutOfOrder { .. })));
    let mut builder = RawImageBuilder::new();
    builder.add_track(SectorType::Audio, 300).unwrap();
    let image = builder.create().unwrap();
    let test = CdRequest { test_write: true, ..request };
    let begun = RawSession::begin(&mut disc.drive, &medium, &image, &test);
    assert_eq!(reason(begun.err().unwrap()), NotWritable::NoTestWrite);

    // A session that does not get all its sectors is not closed.
    let session = SessionAtOnce::begin(&mut disc.drive, &medium, program.clone(), &[], &request).unwrap();
    assert!(matches!(session.close(), Err(DriveError::OutOfOrder { .. })));
    assert_eq!(disc.drive.medium().unwrap().state, MediumState::Blank);
    let test = CdRequest { test_write: true, ..request };
    let mut session = SessionAtOnce::begin(&mut disc.drive, &medium, program.clone(), &[], &test).unwrap();
    session.write(&vec![0; 925 * RAW_BYTES]).unwrap();
    session.close().unwrap();
    assert_eq!(disc.drive.medium().unwrap().state, MediumState::Blank);

    // A failed write spoils it.
    disc.drive.transport_mut().inject(Fault::WriteError { lba: 200 }).unwrap();
    let mut session = SessionAtOnce::begin(&mut disc.drive, &medium, program, &[], &request).unwrap();
    let error = session.write(&vec![0; 925 * RAW_BYTES]).unwrap_err();
    assert!(matches!(error, DriveError::WriteFailed { .. }), "{error}");
    assert_eq!(reason(session.write(&vec![0; RAW_BYTES]).unwrap_err()), NotWritable::BrokenSession);
    assert_eq!(session.abandon().unwrap(), MediumLeft::Spoiled);
    let mut disc = disc.reopened();
    let medium = disc.drive.medium().unwrap();
    assert!(medium.damaged || medium.unfinished_session, "{medium:?}");
    let begun = RawSession::begin(&mut disc.drive, &medium, &image, &request);
    assert!(matches!(begun.err(), Some(DriveError::NotWritable { .. })));
}

#[test]
fn a_drive_without_cd_text() {
    let mut disc = blank(MediumKind::CdR);
    let medium = disc.drive.medium().unwrap();
    let refusal = Fault::Refuse { operation_code: 0x5D, key: 5, asc: 0x26, ascq: 0, times: Some(1) };
    disc.drive.transport_mut().inject(refusal).unwrap();
    let (_, packs) = texts();
    let program = two_tracks(Lba::new(-150));
    let mut session =
        SessionAtOnce::begin(&mut disc.drive, &medium, program, &packs, &CdRequest::default()).unwrap();
    assert!(session.without_cd_text());
    session.write(&vec![0; 925 * RAW_BYTES]).unwrap();
    session.close().unwrap();
    assert_eq!(disc.drive.cd_text().unwrap(), None);
}

/// What goes in front of the first sectors, a lead-in with CD-TEXT or a pregap, goes with them: who stops before they
/// come has the disc as it was, and records on it.
#[test]
fn a_session_at_once_without_sectors_leaves_the_disc_as_it_was() {
    let mut disc = blank(MediumKind::CdR);
    let medium = disc.drive.medium().unwrap();
    let (_, packs) = texts();
    let (program, request) = (two_tracks(Lba::new(-150)), CdRequest::default());
    let session = SessionAtOnce::begin(&mut disc.drive, &medium, program.clone(), &packs, &request).unwrap();
    assert_eq!(session.next().0, Lba::new(-150));
    assert_eq!(session.abandon().unwrap(), MediumLeft::Untouched);
    let mut disc = disc.reopened();
    let medium = disc.drive.medium().unwrap();
    assert_eq!(medium.state, MediumState::Blank);

    let at_once = SessionRequest { mode: RecordingMode::AtOnce, ..SessionRequest::new(500) };
    let mut made = recorder(&mut disc.drive, &medium).unwrap();
    let mut session = made.begin(&at_once).unwrap();
    assert_eq!(session.next_writable().unwrap(), Lba::ZERO);
    assert_eq!(session.abandon().unwrap().left, MediumLeft::Untouched);
    drop(made);
    let mut disc = disc.reopened();
    let medium = disc.drive.medium().unwrap();
    assert_eq!(medium.state, MediumState::Blank);

    // A first WRITE that the drive refuses begins nothing either.
    disc.drive.transport_mut().inject(Fault::LossOfStreaming).unwrap();
    let mut session = SessionAtOnce::begin(&mut disc.drive, &medium, program.clone(), &[], &request).unwrap();
    session.write(&vec![0; 925 * RAW_BYTES]).unwrap_err();
    assert_eq!(session.abandon().unwrap(), MediumLeft::Untouched);

    let mut session = SessionAtOnce::begin(&mut disc.drive, &medium, program, &packs, &request).unwrap();
    session.write(&vec![0; 925 * RAW_BYTES]).unwrap();
    session.close().unwrap();
    assert!(disc.drive.cd_text().unwrap().is_some());
}

/// A session at once that stopped within has no lead-in, and no command makes one: nothing follows it, what was
/// before it can be read, and a CD-RW is blanked.
#[test]
fn a_session_at_once_that_stopped_cannot_be_closed() {
    for (kind, is_raw) in [(MediumKind::CdR, false), (MediumKind::CdRw, false), (MediumKind::CdRw, true)] {
        let mut disc = blank(kind);
        let medium = disc.drive.medium().unwrap();
        let program = two_tracks(Lba::new(-150));
        let left = if is_raw {
            let image = RawImage::of_program(program, RawSectorType::Raw, Vec::new()).unwrap();
            let mut session =
                RawSession::begin(&mut disc.drive, &medium, &image, &CdRequest::default()).unwrap();
            let bytes = RawSectorType::Raw.sector_bytes();
            session.write(&vec![0; 100 * bytes]).unwrap();
            session.abandon().unwrap()
        } else {
            let mut session =
                SessionAtOnce::begin(&mut disc.drive, &medium, program, &[], &CdRequest::default()).unwrap();
            session.write(&vec![0; 300 * RAW_BYTES]).unwrap();
            session.abandon().unwrap()
        };
        assert_eq!(left, MediumLeft::Spoiled, "{kind}");
        let mut disc = disc.reopened();
        let medium = disc.drive.medium().unwrap();
        assert!(medium.unfinished_session && medium.damaged, "{kind}: {medium:?}");
        let repaired = disc.drive.repair_track(1).unwrap_err();
        assert_eq!(repaired.sense().map(|sense| (sense.key, sense.asc)), Some((5, 0x2C)), "{kind}");
        let closed = close_open_session(&mut disc.drive).unwrap_err();
        assert_eq!(closed.sense().map(|sense| (sense.key, sense.asc)), Some((5, 0x72)), "{kind}: {closed}");
        let mut disc = disc.reopened();
        assert!(disc.drive.medium().unwrap().unfinished_session, "{kind}");
        if kind == MediumKind::CdRw {
            fsimage_mmc_device::blank(&mut disc.drive, Blanking::Quick).unwrap();
            assert_eq!(disc.drive.medium().unwrap().state, MediumState::Blank);
        }
    }
}
