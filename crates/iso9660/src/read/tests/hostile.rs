//! Whatever bytes there are, reading ends and says nothing untrue.

use proptest::prelude::*;

use super::*;
use crate::rock_ridge::ChildLink;

/// Reads all there is, in every way; directories are entered once.
fn read_everything(image: &MemorySectors) {
    let Ok(set) = read_volume_set(image, Sector::ZERO) else { return };
    fn decode(identifier: &[u8], out: &mut Vec<u8>) -> Option<&'static str> {
        out.extend_from_slice(identifier);
        None
    }
    let volumes = [
        Volume::plain(image, &set).ok(),
        Volume::rock_ridge(image, &set).ok().flatten(),
        Some(Volume::with_names(image, &set.primary.fields.root, decode)),
    ];
    for volume in volumes.into_iter().flatten() {
        let mut buffer = DirectoryBuffer::new();
        let _ = volume.root_entry(&mut buffer, &mut |_| {});
        let mut entered = std::collections::BTreeSet::new();
        let mut pending = vec![volume.root_directory()];
        while let Some(directory) = pending.pop() {
            if !entered.insert(directory.extent()) {
                continue;
            }
            let _ = volume.read_directory(&directory, &mut buffer, &mut |entry| {
                if let EntryKind::Directory(directory) = entry.kind {
                    pending.push(directory);
                }
                if let EntryKind::File { sections, len, .. } = entry.kind {
                    assert_eq!(sections.iter().map(|section| u64::from(section.len)).sum::<u64>(), len);
                }
                ControlFlow::Continue(())
            });
        }
        assert!(volume.findings().len() <= 1001);
    }
}

fn entry_bytes() -> impl Strategy<Value = Vec<u8>> {
    let signature = prop_oneof![
        Just(b"NM"),
        Just(b"PX"),
        Just(b"TF"),
        Just(b"SL"),
        Just(b"CL"),
        Just(b"RE"),
        Just(b"PL"),
        Just(b"PN"),
        Just(b"ZF"),
        Just(b"SF"),
        Just(b"ST"),
        Just(b"XX"),
    ];
    prop_oneof![
        (signature, proptest::collection::vec(any::<u8>(), 0..48)).prop_map(|(signature, payload)| {
            [&signature[..], &[payload.len() as u8 + 4, 1], &payload].concat()
        }),
        (18..42u32, 0..3000u32, 0..300u32)
            .prop_map(|(block, offset, length)| continued(block, offset, length)),
        (18..42u32).prop_map(|block| {
            let mut out = Vec::new();
            ChildLink { location: LogicalBlock::new(block) }.encode(&mut out);
            out
        }),
    ]
}

fn record_bytes() -> impl Strategy<Value = Vec<u8>> {
    (
        (18..42u32, 0..9000u32, any::<u8>(), any::<(u8, u8, u8)>()),
        prop_oneof![
            Just(&b"A"[..]),
            Just(&b"RR_MOVED"[..]),
            Just(&b"\0"[..]),
            Just(&b"\x01"[..]),
            Just(&b""[..])
        ],
        proptest::collection::vec(entry_bytes(), 0..4),
    )
        .prop_map(|((extent, data_length, flags, numbers), identifier, entries)| {
            let mut out = Vec::new();
            let mut system_use = entries.concat();
            system_use.truncate(200);
            let (unit, gap, attributes) = numbers;
            let record = DirectoryRecord {
                extended_attribute_length: attributes & 1,
                extent: LogicalBlock::new(extent),
                data_length,
                flags: FileFlags::from_bits_retain(flags),
                file_unit_size: if unit < 200 { 0 } else { unit },
                interleave_gap: gap,
                identifier,
                system_use: &system_use,
                ..DirectoryRecord::default()
            };
            record.encode(&mut out).unwrap();
            out
        })
}

proptest! {
    #[test]
    fn any_records(
        own in proptest::collection::vec(record_bytes(), 0..8),
        others in proptest::collection::vec((21..40u32, proptest::collection::vec(record_bytes(), 1..6)), 0..8),
        flips in proptest::collection::vec((0..40 * SECTOR_SIZE, any::<u8>()), 0..20),
    ) {
        let cut = |mut sector: Vec<u8>| { sector.truncate(SECTOR_SIZE); sector };
        let mut sectors = vec![(ROOT, cut(root(&own)))];
        sectors.extend(others.into_iter().map(|(at, records)| (at, cut(directory(at, &[], &[], &records)))));
        read_everything(&image(&sectors));
        let set = image(&sectors);
        let mut bytes = vec![0; 40 * SECTOR_SIZE];
        sector_io::ReadSectors::read_sectors(&set, Sector::ZERO, &mut bytes).unwrap();
        for (at, byte) in flips {
            bytes[at] = byte;
        }
        read_everything(&MemorySectors::new(bytes));
    }

    #[test]
    fn any_bytes(sector in proptest::collection::vec(any::<u8>(), 0..3 * SECTOR_SIZE)) {
        read_everything(&image(&[(ROOT, sector)]));
    }
}
