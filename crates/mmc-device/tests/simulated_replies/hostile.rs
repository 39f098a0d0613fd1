//! Whatever commands come, the drive and its files stay sound.

use proptest::prelude::*;

use super::*;

/// Operation codes the drive knows, with a few it does not.
const CODES: [u8; 38] = [
    0x00, 0x03, 0x04, 0x12, 0x1B, 0x1E, 0x23, 0x25, 0x28, 0x2A, 0x2B, 0x2E, 0x2F, 0x35, 0x43, 0x46, 0x4A,
    0x51, 0x52, 0x53, 0x54, 0x55, 0x58, 0x5A, 0x5B, 0x5C, 0xA0, 0xA1, 0xA8, 0xAA, 0xAC, 0xAD, 0xB6, 0xBB,
    0xBF, 0x1A, 0x5D, 0xFF,
];

fn command() -> impl Strategy<Value = ([u8; 12], Vec<u8>, u8)> {
    // Small numbers make commands that get somewhere, wild ones those that must not.
    let byte =
        prop_oneof![6 => 0u8..3, 2 => prop::sample::select(vec![8u8, 16, 32, 0x11, 0x98]), 1 => any::<u8>()];
    let block = (prop::sample::select(CODES.to_vec()), prop::array::uniform12(byte.clone()));
    let data = prop::collection::vec(byte, 0..70);
    (block, data, 0u8..5).prop_map(|((code, mut block), data, way)| {
        block[0] = code;
        (block, data, way)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_command_breaks_the_drive_or_its_files(
        kind in prop::sample::select(MediumKind::ALL.to_vec()),
        commands in prop::collection::vec(command(), 0..120),
        faults in prop::collection::vec(0u32..64, 0..3),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m");
        let mut drive = SimulatedDrive::create_with_capacity(&path, kind, 1024).unwrap();
        drive.set_long_operation_polls(1);
        drive.set_background_format_polls(Some(3));
        let _ = drive.execute(&Cdb::from([0; 6]), Data::None, LIMIT);
        if matches!(kind, MediumKind::CdR | MediumKind::CdRw) {
            let mut list = [0; 60];
            list[8..13].copy_from_slice(&[5, 50, 0x41, 0xC4, 8]);
            let select = Cdb::from([0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0]);
            drive.execute(&select, Data::Out(&list), LIMIT).unwrap();
        }
        for lba in faults {
            drive.inject(Fault::WriteError { lba }).unwrap();
            drive.inject(Fault::SilentCorruption { lba }).unwrap();
            drive.inject(Fault::PowerCut { after_sectors: u64::from(lba) * 5 }).unwrap();
        }
        for (block, data, way) in commands {
            let mut block = block;
            if way >= 3 {
                // A WRITE that fits, or the command that ends what WRITEs began.
                let mut track = [0; 36];
                let ask = Cdb::from([0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0]);
                let _ = drive.execute(&ask, Data::In(&mut track), LIMIT);
                let [a, b, c, d] = [track[12], track[13], track[14], track[15]];
                block = match block[0] % 4 {
                    0 => [0x5B, 0, 1, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0],
                    1 => [0x5B, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                    2 => [0x53, 0, 0, 0, 0, 0, 0, 0, block[1].max(1), 0, 0, 0],
                    _ => [0x2A, 0, a, b, c, d, 0, 0, block[1], 0, 0, 0],
                };
            }
            let way = if way >= 3 && block[0] == 0x2A { 2 } else { way };
            let cdb = Cdb::from(block);
            let written = vec![7; usize::from(block[8]) * 2048];
            let mut buffer = vec![0; 4096];
            let data = match (way, block[0]) {
                (1, _) => Data::In(&mut buffer),
                (2, 0x2A | 0x2E) => Data::Out(&written),
                (2, _) => Data::Out(&data),
                _ => Data::None,
            };
            let _ = drive.execute(&cdb, data, LIMIT);
        }
        let kind = drive.medium_kind();
        drop(drive);
        // What it has left behind is a sound medium.
        let again = SimulatedDrive::open(&path).unwrap();
        prop_assert!(kind.is_none() || again.medium_kind() == kind);
    }
}
