//! Volumes that state another size than they have.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use fsimage::{
    AsItIsOptions, Control, DEFAULT_PREFERENCE, FileSystems, Item, ItemOptions, MediumKind, PlanOptions, Tree,
};
use support::drives::Bench;
use support::{build, growing};

/// Data that a volume's size leaves out are no free sectors of a medium that can be written again.
#[test]
fn what_lies_behind_the_stated_end_is_not_recorded_over() {
    const SECTOR: usize = 2048;
    let content: Vec<u8> = (0..700_000u32).map(|number| (number % 251) as u8).collect();
    for kind in [MediumKind::DvdPlusRw, MediumKind::DvdRam, MediumKind::BdRe] {
        let bench = Bench::new();
        let image = bench.path("image.iso");
        let mut tree = Tree::new();
        tree.add("/large", Item::Bytes(content.clone().into()), &ItemOptions::default()).unwrap();
        let options = PlanOptions {
            file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
            ..PlanOptions::default()
        };
        build(&tree, options, &image);
        let mut bytes = std::fs::read(&image).unwrap();
        let descriptor = &mut bytes[16 * SECTOR..17 * SECTOR];
        descriptor[80..84].copy_from_slice(&30u32.to_le_bytes());
        descriptor[84..88].copy_from_slice(&30u32.to_be_bytes());
        // The field for application use, by which sessions of this crate are known.
        descriptor[883..1395].fill(0);
        std::fs::write(&image, bytes).unwrap();
        bench.drive(kind).record_as_it_is(&image, &AsItIsOptions::default(), &Control::default()).unwrap();

        let name = format!("sim:{}", bench.path("disc").display()).parse().unwrap();
        growing::burn(&name, &PlanOptions::default(), |tree| {
            tree.add("/more", Item::Bytes(vec![7; 70_000].into()), &ItemOptions::default()).unwrap();
        });
        let disc = bench.drive(kind).disc().unwrap();
        let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
        for (path, wanted) in [("/large", content.clone()), ("/more", vec![7; 70_000])] {
            let mut there = Vec::new();
            let mut file = image.open(&image.lookup(path).unwrap()).unwrap();
            std::io::Read::read_to_end(&mut file, &mut there).unwrap();
            assert!(there == wanted, "{kind}: {path}");
        }
    }
}
