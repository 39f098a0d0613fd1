//! Sessions on media with a head, and what is written over that.
#![allow(dead_code, unreachable_pub, reason = "each test program takes what it needs")]

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use fsimage::{
    AppendedPartition, BurnOptions, Control, DEFAULT_PREFERENCE, FileSystems, GrowingDisc, HybridOptions,
    ImportOptions, Item, ItemOptions, LayoutPlan, Losses, MediumKind, PartitionContent, PartitionOptions,
    PartitionScheme, PlanOptions, Tree,
};

use super::grounds::{Ground, open};
use super::list_image;

/// Media with a head.
pub const GROUNDS: [Ground; 5] = [
    Ground::Medium(MediumKind::DvdPlusRw),
    Ground::Medium(MediumKind::DvdRam),
    Ground::Medium(MediumKind::BdRe),
    Ground::RestrictedOverwrite,
    Ground::PseudoOverwrite,
];

const SECTOR: u64 = 2048;

/// What a file of that name holds. Later sessions are longer than all that lies in front of them.
pub fn content(name: &str) -> Vec<u8> {
    let len = match name {
        "/2" => 1_200_000,
        "/3" => 4_800_000,
        _ => 300_000,
    };
    name.bytes().cycle().take(len).collect()
}

/// Records a session with one more file. The first one has partition tables in its system area.
pub fn burn(at: &Path, name: &str, file_systems: FileSystems) -> fsimage::Result<()> {
    let growing = GrowingDisc::open(open(at))?;
    let (mut tree, options) = match growing.is_blank() {
        true => {
            let mut tree = Tree::new();
            let partition = tree.add_content(Item::Bytes(content("partition").into()))?;
            let partitions = vec![
                PartitionOptions::image(),
                PartitionOptions {
                    number: Some(2),
                    ..PartitionOptions::efi_system(PartitionContent::Appended(2))
                },
            ];
            let hybrid = HybridOptions {
                scheme: PartitionScheme::Gpt,
                partitions,
                appended: vec![AppendedPartition { number: 2, content: partition }],
                ..HybridOptions::default()
            };
            let hybrid = Some(hybrid).filter(|_| file_systems.contains(FileSystems::ISO9660));
            (tree, PlanOptions { file_systems, hybrid, ..PlanOptions::default() })
        }
        false => {
            let mut imported = growing.import(&ImportOptions::default(), &Control::default())?;
            let mut options = imported.plan_options();
            imported.boot.put_into(&mut imported.tree, &mut options, Losses::Refuse)?;
            (imported.tree, options)
        }
    };
    tree.add(name, Item::Bytes(content(name).into()), &ItemOptions::default())?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..options })?;
    growing.write(&plan, &BurnOptions::default(), &Control::default()).map(drop)
}

/// A medium with three sessions, of one file more each.
pub fn with_three(ground: Ground, at: &Path, file_systems: FileSystems) {
    ground.blank(at);
    for name in ["/1", "/2", "/3"] {
        burn(at, name, file_systems).unwrap();
    }
}

pub fn sectors(at: &Path, range: Range<u64>) -> Vec<u8> {
    let mut file = std::fs::File::open(at).unwrap();
    file.seek(SeekFrom::Start(range.start * SECTOR)).unwrap();
    let mut found = vec![0; ((range.end - range.start) * SECTOR) as usize];
    file.read_exact(&mut found).unwrap();
    found
}

pub fn put(at: &Path, first: u64, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(at).unwrap();
    file.seek(SeekFrom::Start(first * SECTOR)).unwrap();
    file.write_all(bytes).unwrap();
}

pub fn fill(at: &Path, range: Range<u64>, byte: u8) {
    put(at, range.start, &vec![byte; ((range.end - range.start) * SECTOR) as usize]);
}

pub fn files(at: &Path, session: Option<u16>) -> Vec<String> {
    let disc = open(at).disc().unwrap();
    let image = disc.image(session, &DEFAULT_PREFERENCE).unwrap();
    list_image(&image).into_keys().filter(|path| path != "/").collect()
}

/// Whether a check of the newest session finds nothing amiss.
pub fn is_whole(at: &Path) -> bool {
    let checked = open(at).disc().unwrap().verify(None, &Control::default());
    checked.is_ok_and(|report| report.is_whole())
}
