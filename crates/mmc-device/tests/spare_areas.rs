//! Formats with room for bad blocks, and what is said of those that a drive does not offer.
#![allow(clippy::unwrap_used, clippy::panic)]

use fsimage_mmc_device::simulated::{MediumKind, SimulatedDrive};
use fsimage_mmc_device::{
    BdRMode, Blanking, Drive, DriveError, FormatRequest, NotWritable, SpareArea, blank, format,
};

fn refused(kind: MediumKind, request: &FormatRequest) -> NotWritable {
    let folder = tempfile::tempdir().unwrap();
    let mut drive = Drive::new(SimulatedDrive::create(folder.path().join("disc"), kind).unwrap());
    match format(&mut drive, request).unwrap_err() {
        DriveError::NotWritable { reason, .. } => reason,
        error => panic!("{error:?}"),
    }
}

#[test]
fn what_is_not_offered_is_refused_with_what_is() {
    let with = |spare| FormatRequest { spare, ..FormatRequest::default() };
    let told = |kind, spare| refused(kind, &with(spare)).to_string();
    // There they are what they are.
    for blocks in [30_000, 100_000] {
        let told = told(MediumKind::DvdRam, SpareArea::Blocks(blocks));
        assert_eq!(told, "the drive offers spare areas of 0 or 58368 sectors");
    }
    let told_of_re = told(MediumKind::BdRe, SpareArea::Blocks(100_000));
    assert!(told_of_re.contains("131072 to") && told_of_re.ends_with(", or none"), "{told_of_re}");
    let told_of_r = told(MediumKind::BdR, SpareArea::None);
    assert!(
        told_of_r.starts_with("the drive offers spare areas of") && !told_of_r.contains("none"),
        "{told_of_r}"
    );
    for kind in [MediumKind::DvdPlusRw, MediumKind::DvdRw] {
        for spare in [SpareArea::None, SpareArea::Most, SpareArea::Blocks(64)] {
            assert_eq!(refused(kind, &with(spare)), NotWritable::NoSpareAreas, "{kind}");
        }
        let random = FormatRequest { bd_r: BdRMode::Random, ..FormatRequest::default() };
        assert_eq!(refused(kind, &random), NotWritable::NoModes, "{kind}");
    }
}

#[test]
fn what_is_offered_is_done() {
    for (kind, spare) in [
        (MediumKind::DvdRam, SpareArea::Blocks(58_368)),
        (MediumKind::DvdRam, SpareArea::Blocks(0)),
        (MediumKind::BdRe, SpareArea::None),
        (MediumKind::BdRe, SpareArea::Blocks(131_072)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut drive = Drive::new(SimulatedDrive::create(folder.path().join("disc"), kind).unwrap());
        let whole =
            format(&mut drive, &FormatRequest { spare: SpareArea::Least, ..FormatRequest::default() });
        let whole = whole.unwrap().capacity;
        let request = FormatRequest { spare, ..FormatRequest::default() };
        let capacity = format(&mut drive, &request).unwrap().capacity;
        let is_smaller = matches!((kind, spare), (MediumKind::DvdRam, SpareArea::Blocks(1..)));
        assert_eq!(capacity < whole, is_smaller, "{kind}: {spare:?}: {capacity} of {whole}");
        // It stays.
        for blanking in [Blanking::Quick, Blanking::Full] {
            assert_eq!(
                blank(&mut drive, blanking).unwrap().capacity,
                capacity,
                "{kind}: {spare:?}, {blanking:?}"
            );
        }
    }
}
