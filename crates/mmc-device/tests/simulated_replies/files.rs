//! The files that a medium is kept in.

use super::*;

#[test]
fn the_file_of_sectors_must_be_as_long_as_the_state_says() {
    let mut bench = Bench::new(MediumKind::BdR);
    bench.write(0, &pattern(1, 64));
    let Bench { drive, path, _folder } = bench;
    drive.close().unwrap();
    let set_len = |sectors: u64| {
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_len(sectors * 2048).unwrap();
    };
    // As after a program that died while it wrote on.
    set_len(100);
    SimulatedDrive::open(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 64 * 2048);
    set_len(63);
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::NotAMedium { .. })));
}

#[test]
fn unsynchronized_sectors_survive_the_end_of_the_drive() {
    let mut bench = Bench::new(MediumKind::BdR);
    let data = pattern(1, 33);
    bench.write(0, &data);
    let mut bench = bench.reopen();
    assert_eq!(bench.next_writable(), Some(64));
    assert!(bench.read_result(0, 33).unwrap() == data);
}

#[test]
fn zeros_take_no_room_but_count() {
    let mut bench = Bench::new(MediumKind::BdR);
    bench.write(0, &pattern(1, 32));
    bench.write(32, &vec![0; 512 * 2048]);
    assert!(bench.read_result(32, 512).unwrap() == vec![0; 512 * 2048]);
    bench.sync();
    assert_eq!(bench.image().len(), 544 * 2048);
    assert!(bench.image()[32 * 2048..].iter().all(|byte| *byte == 0));
}

#[test]
fn hostile_state_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m");
    let state = folder.path().join("m.medium");
    SimulatedDrive::create(&path, MediumKind::DvdPlusR).unwrap().close().unwrap();
    let text = std::fs::read_to_string(&state).unwrap();
    assert!(!text.contains("half_erased"), "{text}");
    let empty_session = r#""sessions": [{"closed": true, "lead_out": 0, "tracks": []}]"#;
    let far_track = r#""sessions": [{"closed": true, "lead_out": 16,
        "tracks": [{"start": 4294967295, "recorded": 16, "state": "closed", "mode": 4}]}]"#;
    for (old, new) in [
        ("\"dvd+r\"", "\"dvd-x\""),
        ("simulated medium", "something else"),
        ("\"sessions\": []", empty_session),
        ("\"sessions\": []", far_track),
        ("\"written\": []", "\"written\": [[0, 4294967295]]"),
        ("\"capacity\": 2295104", "\"capacity\": 4294967295"),
        ("\"raw_capacity\": 2295104", "\"raw_capacity\": 0"),
        ("{", "["),
    ] {
        assert!(text.contains(old), "{text}");
        std::fs::write(&state, text.replacen(old, new, 1)).unwrap();
        assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::NotAMedium { .. })), "{new}");
    }
    let tracks = vec![r#"{"start": 0, "recorded": 0, "state": "closed", "mode": 4}"#; 256].join(",");
    let session = format!(r#""sessions": [{{"closed": true, "lead_out": 16, "tracks": [{tracks}]}}]"#);
    let cd = text.replace("dvd+r", "cd-r").replace("2295104", "359849").replace("\"sessions\": []", &session);
    std::fs::write(&state, cd).unwrap();
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::NotAMedium { .. })));
    std::fs::write(&state, text.replacen("\"version\": 1", "\"version\": 9", 1)).unwrap();
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::UnknownVersion { found: 9, .. })));
    std::fs::remove_file(&state).unwrap();
    assert!(matches!(SimulatedDrive::open(&path), Err(SimulatedError::NotAMedium { .. })));
}

#[test]
fn names_of_media() {
    for kind in MediumKind::ALL {
        assert_eq!(kind.to_string().parse::<MediumKind>().unwrap(), kind);
    }
    let error = "dvd-rom".parse::<MediumKind>().unwrap_err().to_string();
    assert!(error.contains("cd-r, cd-rw, dvd-r, dvd-ram"), "{error}");
}

/// A command whose effect the host does not keep has had none, also where it is kept again later.
#[test]
fn a_command_whose_state_cannot_be_saved_has_no_effect() {
    let is_file = |result: Result<usize, TransportError>| {
        assert!(matches!(result, Err(TransportError::MediumFile(_))), "{result:?}");
    };
    let reserve = [0x53, 0, 0, 0, 0, 0, 0, 1, 0, 0];
    let close_session = [0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0];
    let mut bench = Bench::new(MediumKind::DvdPlusR);
    // Where the state is written before it takes its name, there is a folder.
    let in_the_way = bench.path.with_extension("medium.new");
    std::fs::create_dir(&in_the_way).unwrap();
    is_file(bench.run(&reserve, Data::None));
    assert_eq!(bench.disc_information()[2], 0);
    std::fs::remove_dir(&in_the_way).unwrap();
    assert_eq!(bench.next_writable(), Some(0));
    bench.write(0, &pattern(1, 32));
    bench.close(1, 1);
    std::fs::create_dir(&in_the_way).unwrap();
    is_file(bench.run(&close_session, Data::None));
    // The session is open still.
    assert_eq!(bench.disc_information()[2] & 0x0F, 0x05);
    std::fs::remove_dir(&in_the_way).unwrap();
    let mut bench = bench.reopen();
    assert_eq!(bench.disc_information()[2] & 0x0F, 0x05);
    bench.close(2, 0);
    assert_eq!(bench.disc_information()[2] & 0x0F, 0x01);

    let mut bench = Bench::new(MediumKind::DvdRw);
    let in_the_way = bench.path.with_extension("medium.new");
    bench.send(&[0x04, 0x11, 0, 0, 0, 0], &[0, 0x82, 0, 8, 0, 0x23, 0x12, 0x80, 0, 0, 0, 16]);
    bench.write(0, &pattern(1, 32));
    bench.sync();
    std::fs::create_dir(&in_the_way).unwrap();
    is_file(bench.run(&[0xA1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Data::None));
    std::fs::remove_dir(&in_the_way).unwrap();
    assert!(bench.read_result(0, 32).unwrap() == pattern(1, 32));
}
