//! What the check of a volume's structure finds.

use super::*;

/// What the check of a plain volume finds: clauses, in order.
fn structure(image: &MemorySectors) -> Vec<&'static str> {
    let set = read_volume_set(image, Sector::ZERO).unwrap();
    let volume = Volume::plain(image, &set).unwrap();
    let tables = &set.primary.fields.path_tables;
    volume.check_structure(tables, crate::directory::compare_identifiers, &mut || Ok::<(), ()>(())).unwrap();
    volume.findings().iter().map(|finding| finding.clause).collect()
}

/// A path table of the root and of one directory in it.
fn path_table(order: crate::ByteOrder, block: u32, parent: u16) -> Vec<u8> {
    use crate::path_table::PathTableRecord;
    let mut out = Vec::new();
    for (extent, parent, identifier) in [(ROOT, 1, &[0][..]), (block, parent, b"D")] {
        let extent = LogicalBlock::new(extent);
        let record = PathTableRecord { extended_attribute_length: 0, extent, parent, identifier };
        record.encode(order, &mut out).unwrap();
    }
    out
}

#[test]
fn what_is_recorded_twice_is_compared() {
    use crate::ByteOrder::{Big, Little};
    let mut of_volume = fields();
    of_volume.path_tables.size = 20;
    let descriptor = PrimaryVolumeDescriptor { version: 1, fields: of_volume }.encode().to_vec();
    let records = [folder(b"D", 21, &[]), file(b"E.;1", 25, 5, &[])];
    let sound = [
        (16, descriptor),
        (18, path_table(Little, 21, 1)),
        (19, path_table(Big, 21, 1)),
        (ROOT, plain_root(&records)),
        (21, directory(21, &[], &[], &[])),
    ];
    let with = |at: u32, sector: Vec<u8>| {
        let mut sectors = sound.to_vec();
        sectors.push((at, sector));
        structure(&image(&sectors))
    };
    assert_eq!(structure(&image(&sound)), [""; 0]);
    // Both tables lead to where no directory is, and not to the one that is there.
    assert_eq!(with(18, path_table(Little, 22, 1)), ["9.4.3", "6.9", "6.9.1"]);
    assert_eq!(with(18, path_table(Little, 21, 2)), ["9.4.4", "6.9.1"]);
    assert_eq!(with(19, path_table(Big, 21, 2)), ["6.9.1"]);
    assert_eq!(with(21, directory(22, &[], &[], &[])), ["6.8.2.2"]);
    let mut other_parent = folder(&[0], 21, &[]);
    other_parent.extend(folder(&[1], 21, &[]));
    assert_eq!(with(21, other_parent), ["6.8.2.2"]);
    let swapped = [records[1].clone(), records[0].clone()];
    assert_eq!(with(ROOT, plain_root(&swapped)), ["9.3"]);
    let mut time = file(b"E.;1", 25, 5, &[]);
    time[18..25].copy_from_slice(&[100, 13, 1, 0, 0, 0, 0]);
    assert_eq!(with(ROOT, plain_root(&[records[0].clone(), time])), ["9.1.5"]);
}

#[test]
fn path_tables_that_are_nowhere_are_told() {
    for size in [u32::MAX, 60 * 2048] {
        let mut of_volume = fields();
        of_volume.path_tables.size = size;
        let descriptor = PrimaryVolumeDescriptor { version: 1, fields: of_volume }.encode().to_vec();
        assert_eq!(structure(&image(&[(16, descriptor), (ROOT, plain_root(&[]))])), ["9.4", "9.4"]);
    }
}

#[test]
fn sizes_and_times_of_the_volume() {
    let mut of_volume = fields();
    of_volume.volume_space_size = 41;
    of_volume.times.creation.digits = *b"2024023013000000";
    of_volume.times.effective.digits = [b' '; 16];
    let descriptor = PrimaryVolumeDescriptor { version: 1, fields: of_volume }.encode().to_vec();
    let set = read_volume_set(&image(&[(16, descriptor), (ROOT, plain_root(&[]))]), Sector::ZERO).unwrap();
    let clauses: Vec<_> = set.findings.iter().map(|finding| finding.clause).collect();
    assert_eq!(clauses, ["8.4.26", "8.4.8"]);
    assert!(set.findings[1].message.contains("a volume of 41 sectors in an image of 40"));
}
