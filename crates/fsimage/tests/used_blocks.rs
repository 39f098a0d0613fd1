//! The count of used blocks that goes along with the changes of a tree, against what is planned and written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::Path;

use fsimage::{
    Attributes, BootImage, BootOptions, BootPlatform, BootSource, Control, DeepDirectories, Embedding, Error,
    FileSystem, FileSystems, GrowingImage, HybridOptions, ImportOptions, InterchangeLevel, Item, ItemOptions,
    LayoutPlan, MetadataPartition, NameRules, NodeId, NodeKind, PartitionScheme, Place, PlanOptions,
    RockRidgeTimes, ScanOptions, SectorCount, SectorSink, Times, Timestamp, Tree, UdfAccess, UdfOptions,
    UdfRevision, write_image,
};
use proptest::prelude::*;

/// Counts what is written.
#[derive(Default)]
struct Counter(u64);

impl SectorSink for Counter {
    fn write(&mut self, _: fsimage::Sector, data: &[u8]) -> fsimage::Result<()> {
        assert!(data.len().is_multiple_of(2048));
        self.0 += data.len() as u64 / 2048;
        Ok(())
    }
}

fn written(tree: &Tree, options: &PlanOptions) -> u64 {
    let plan = LayoutPlan::new(tree, options.clone()).unwrap();
    let mut counter = Counter::default();
    plan.write_to(&mut counter, &Control::default()).unwrap();
    assert_eq!(counter.0, u64::from(plan.extent().len.get()));
    counter.0
}

const ISO9660: FileSystems = FileSystems::ISO9660;
const ROCK_RIDGE: FileSystems = ISO9660.union(FileSystems::ROCK_RIDGE);

fn udf(revision: UdfRevision, change: impl Fn(&mut UdfOptions)) -> UdfOptions {
    let mut options = UdfOptions { revision, ..UdfOptions::default() };
    change(&mut options);
    options
}

/// Sets of options, those among them with which the tree is planned for each count.
fn options(which: usize) -> PlanOptions {
    let with = |file_systems| PlanOptions { file_systems, ..PlanOptions::default() };
    let all = ROCK_RIDGE | FileSystems::JOLIET | FileSystems::ENHANCED;
    let alone = |options| PlanOptions { udf: options, ..with(FileSystems::UDF) };
    let beside = |options| PlanOptions { udf: options, ..with(all | FileSystems::UDF) };
    let unchanged = |_: &mut UdfOptions| {};
    match which {
        0 => with(ISO9660),
        1 => PlanOptions {
            iso9660_names: NameRules { level: InterchangeLevel::One, ..NameRules::default() },
            place: Place {
                alignment: SectorCount::new(16),
                end_padding: SectorCount::new(150),
                ..Place::default()
            },
            ..with(ISO9660 | FileSystems::JOLIET)
        },
        2 => PlanOptions::default(),
        3 => PlanOptions { rock_ridge_times: RockRidgeTimes::Long, ..with(all) },
        4 => PlanOptions { partition_offset: SectorCount::new(16), ..with(ROCK_RIDGE | FileSystems::JOLIET) },
        5 => PlanOptions {
            hybrid: Some(HybridOptions { scheme: PartitionScheme::Gpt, ..HybridOptions::default() }),
            ..with(ROCK_RIDGE)
        },
        6 => alone(udf(UdfRevision::V1_02, unchanged)),
        7 => alone(udf(UdfRevision::V2_01, |options| options.embedding = Embedding::Nothing)),
        8 => alone(udf(UdfRevision::V2_50, unchanged)),
        9 => alone(udf(UdfRevision::V2_60, |options| options.metadata_partition = MetadataPartition::Single)),
        10 => alone(udf(UdfRevision::V2_01, |options| {
            options.access = UdfAccess::Overwritable { free: SectorCount::new(1000) };
        })),
        11 => alone(udf(UdfRevision::V2_50, |options| {
            options.access = UdfAccess::Overwritable { free: SectorCount::new(70_000) };
        })),
        12 => beside(udf(UdfRevision::V1_50, unchanged)),
        13 => beside(udf(UdfRevision::V2_50, unchanged)),
        14 => PlanOptions { deep_directories: DeepDirectories::Relocate, ..with(ROCK_RIDGE) },
        15 => with(ROCK_RIDGE | FileSystems::HFS_PLUS),
        16 => alone(udf(UdfRevision::V2_00, |options| options.access = UdfAccess::WriteOnce)),
        _ => PlanOptions { strict: true, ..with(ROCK_RIDGE | FileSystems::JOLIET) },
    }
}

const FOLDERS: [&str; 6] = ["", "/a", "/a/a folder", "/a/a folder/b", "/c", "/c/1/2/3/4/5/6/7/8/9"];
const NAMES: [&str; 8] = [
    "x",
    "X",
    "a name.that is long and goes on",
    "a name.that is long and goes off",
    "é",
    "n;1",
    "a.b.c",
    "file.txt",
];

/// One change; whether it can be done does not matter.
fn change(tree: &mut Tree, big: &Path, step: &(u8, usize, usize, usize, usize)) {
    let (what, folder, name, other, len) = *step;
    let path = format!("{}/{}", FOLDERS[folder], NAMES[name]);
    let target = format!("{}/{}", FOLDERS[other % FOLDERS.len()], NAMES[other]);
    let replace = ItemOptions { replace: true, ..ItemOptions::default() };
    let there = tree.lookup(&path);
    match (what, there) {
        (0..=3, _) => drop(tree.add(&path, Item::Bytes(vec![7; len % 9000].into()), &replace)),
        (4, _) => drop(tree.add(&path, Item::HostRange(big, 0, (len as u64 % 5) << 20), &replace)),
        (5, _) => drop(tree.add(&path, Item::Symlink(&b"../x/".repeat(len % 900)), &replace)),
        (6, _) => drop(tree.add(&path, Item::Directory, &replace)),
        (7, Some(node)) => drop(tree.remove(node)),
        (8, Some(node)) => {
            let parent = tree.lookup(FOLDERS[other % FOLDERS.len()]);
            drop(parent.map(|parent| tree.move_to(node, parent, NAMES[other])));
        }
        (9, Some(node)) => drop(tree.add(&target, Item::HardLink(node), &replace)),
        (10, Some(node)) => {
            let hidden =
                [FileSystems::JOLIET, FileSystems::UDF, ISO9660, FileSystems::all(), FileSystems::empty()];
            tree.hide(node, hidden[len % hidden.len()]);
        }
        (11, Some(node)) => {
            let creation = Some(Timestamp { seconds: len as i64 * 10_000_000_000, nanoseconds: 1 });
            tree.set_times(node, &Times { creation, backup: creation, ..Times::default() });
        }
        (12, Some(node)) => {
            tree.set_modified(node, Timestamp { seconds: -(len as i64) * 10_000_000, nanoseconds: 0 });
            tree.set_weight(node, len as i32);
        }
        (13, Some(node)) => drop(tree.set_name_in(node, FileSystem::Joliet, "X")),
        (14, Some(node)) => drop(tree.add_stream(node, b"attribute", Item::Bytes(vec![1; len].into()))),
        (15, Some(node)) => {
            let attributes = tree.attributes(node);
            tree.set_attributes(node, Attributes { permissions: 0o640, ..attributes });
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    /// After each change, and each rollback, the count is what a plan comes to, and what is written.
    #[test]
    fn the_count_is_what_is_written(
        which in 0usize..18,
        steps in prop::collection::vec((0u8..18, 0usize..6, 0usize..8, 0usize..8, 0usize..5000), 1..40),
    ) {
        let host = tempfile::tempdir().unwrap();
        let big = host.path().join("big");
        std::fs::File::create(&big).unwrap().set_len(5 << 20).unwrap();
        let options = options(which);
        let lenient = PlanOptions { strict: false, ..options.clone() };
        let mut tree = Tree::new();
        tree.count_blocks(Some(options));
        let mut points = Vec::new();
        for step in &steps {
            match step.0 {
                16 => points.push(tree.change_point()),
                17 => {
                    if let Some(point) = points.pop() {
                        tree.roll_back(point).unwrap();
                    }
                }
                _ => change(&mut tree, &big, step),
            }
            // Some changes are counted together.
            if step.4 % 3 > 0 {
                let planned = LayoutPlan::new(&tree, lenient.clone()).map(|plan| u64::from(plan.extent().len.get()));
                if let Ok(planned) = planned {
                    prop_assert_eq!(tree.used_blocks().unwrap(), planned, "{:?}", step);
                }
            }
        }
        if LayoutPlan::new(&tree, lenient.clone()).is_ok() {
            prop_assert_eq!(tree.used_blocks().unwrap(), written(&tree, &lenient));
        }
    }
}

/// Names of a large directory: many that stay as they are, and many that file systems make the same.
fn many_names() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z0-9]{1,12}\\.[a-z]{1,3}",
        3 => "[a-zA-Z_-]{1,2}[0-9]?",
        2 => "long name [a-z]{0,60}(\\.[a-z]{1,20})?",
        1 => "[é😀\u{fe}]{1,80}",
        1 => "[a-z]{190,250}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Names that are added to a large directory are counted by themselves.
    #[test]
    fn the_count_of_a_large_directory_is_what_is_planned(
        which in 0usize..14,
        names in prop::collection::vec(many_names(), 80..220),
        further in prop::collection::vec((many_names(), 0u8..20, 0usize..5000), 1..60),
    ) {
        let options = options(which);
        let mut tree = Tree::new();
        let parent = tree.add("/folder/large", Item::Directory, &ItemOptions::default()).unwrap();
        for name in names {
            drop(tree.add_in(parent, name.as_bytes(), Item::Fifo, &ItemOptions::default()));
        }
        tree.count_blocks(Some(options.clone()));
        tree.used_blocks().unwrap();
        let mut points = Vec::new();
        for (name, what, len) in &further {
            let path = format!("/folder/large/{name}");
            let hidden = [FileSystems::JOLIET, FileSystems::UDF, ISO9660, FileSystems::empty()][len % 4];
            let with = ItemOptions { hidden_in: if *what < 10 { FileSystems::empty() } else { hidden }, ..ItemOptions::default() };
            let target = vec![b't'; len % 3000];
            let there = tree.lookup(&path);
            match (what, there) {
                (0..=7, _) => drop(tree.add(&path, Item::Bytes(vec![7; *len].into()), &with)),
                (8 | 9, _) => drop(tree.add(&path, Item::Symlink(&target), &with)),
                (10 | 11, _) => drop(tree.add(&path, Item::Directory, &with)),
                (12, _) => drop(tree.add(format!("{path}/below/it"), Item::Directory, &with)),
                (13, _) => {
                    let first = tree.walk(NodeId::ROOT).find(|&node| matches!(tree.kind(node), NodeKind::File(_)));
                    drop(first.map(|first| tree.add(&path, Item::HardLink(first), &with)));
                }
                (14, _) => {
                    let draft = tree.detached(name, Item::Fifo, &with).unwrap();
                    drop(tree.move_to(draft, parent, name));
                }
                (15, Some(node)) => drop(tree.remove(node)),
                (16, Some(node)) => drop(tree.set_name_in(node, FileSystem::Joliet, "x")),
                (17, _) => tree.set_attributes(parent, Attributes { permissions: 0o700, ..Attributes::DIRECTORY }),
                (18, _) => points.push(tree.change_point()),
                (19, _) => {
                    if let Some(point) = points.pop() {
                        tree.roll_back(point).unwrap();
                    }
                }
                _ => {}
            }
            // Some additions are counted together.
            if len % 5 > 0 {
                let planned = LayoutPlan::new(&tree, options.clone()).unwrap().extent().len.get();
                prop_assert_eq!(tree.used_blocks().unwrap(), u64::from(planned), "{:?} {}", what, name);
            }
        }
    }
}

#[test]
fn with_what_boots_and_with_an_earlier_session() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    tree.add("/boot/image", Item::Bytes(vec![1; 3 << 20].into()), &ItemOptions::default()).unwrap();
    let hidden = tree.add_content(Item::Bytes(vec![2; 70_001].into())).unwrap();
    let source = BootSource::File(tree.lookup("/boot/image").unwrap());
    let images = vec![
        BootImage::new(source, BootPlatform::X86),
        BootImage::new(BootSource::Content(hidden), BootPlatform::EFI),
    ];
    let boot = Some(BootOptions { images, ..BootOptions::default() });
    let hybrid = Some(HybridOptions { scheme: PartitionScheme::Gpt, ..HybridOptions::default() });
    let file_systems = ROCK_RIDGE | FileSystems::UDF;
    let options = PlanOptions { boot, hybrid, file_systems, ..PlanOptions::default() };
    tree.count_blocks(Some(options.clone()));
    for number in 0..20 {
        let bytes = vec![3; number * 200_000];
        tree.add(format!("/{number}"), Item::Bytes(bytes.into()), &ItemOptions::default()).unwrap();
        assert_eq!(tree.used_blocks().unwrap(), written(&tree, &options), "{number}");
    }

    let path = folder.path().join("image");
    for udf in [UdfRevision::V2_01, UdfRevision::V2_50] {
        let first = PlanOptions {
            file_systems,
            udf: UdfOptions { revision: udf, ..UdfOptions::default() },
            ..PlanOptions::default()
        };
        write_image(&LayoutPlan::new(&tree, first).unwrap(), &path, &Control::default()).unwrap();
        let growing = GrowingImage::open(&path).unwrap();
        let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
        let mut further = imported.tree;
        further.count_blocks(Some(options.clone()));
        for number in 0..3 {
            let bytes = Item::Bytes(vec![4; 1 << 20].into());
            further.add(format!("/new {number}"), bytes, &ItemOptions::default()).unwrap();
            further.remove(further.lookup(format!("/{number}")).unwrap()).unwrap();
            let planned = LayoutPlan::new(&further, options.clone()).unwrap().extent().len.get();
            assert_eq!(further.used_blocks().unwrap(), u64::from(planned));
        }
    }
}

#[test]
fn the_limit_of_a_tree() {
    let code = |error: Error| (error.name(), error.code());
    let size_limit = ("IMAPI_E_IMAGE_SIZE_LIMIT", 0xC0AA_B120);
    let mut tree = Tree::new();
    assert!(tree.used_blocks().is_err());
    tree.count_blocks(Some(PlanOptions::default()));
    let empty = tree.used_blocks().unwrap();
    let options = ItemOptions::default();
    tree.add("/a", Item::Bytes(vec![0; 50 * 2048].into()), &options).unwrap();
    let too_big = tree.limit_blocks(Some(empty + 49)).unwrap_err();
    assert_eq!(code(too_big), ("IMAPI_E_IMAGE_TOO_BIG", 0xC0AA_B121));
    tree.limit_blocks(Some(empty + 60)).unwrap();
    assert_eq!(tree.free_blocks().unwrap(), Some(10));
    let add = |tree: &mut Tree, path: &str, sectors: usize| {
        tree.add(path, Item::Bytes(vec![0; sectors * 2048].into()), &ItemOptions::default()).map(drop)
    };
    let refused = add(&mut tree, "/new/b", 11).unwrap_err();
    assert!(refused.to_string().contains("/new/b"), "{refused}");
    assert_eq!(code(refused), size_limit);
    assert_eq!((tree.lookup("/new"), tree.free_blocks().unwrap()), (None, Some(10)));
    add(&mut tree, "/b", 10).unwrap();
    assert_eq!(tree.free_blocks().unwrap(), Some(0));

    // What is added otherwise is held against it as well.
    let draft = tree.detached("draft", Item::Bytes(vec![0; 1].into()), &options).unwrap();
    assert_eq!(code(tree.move_to(draft, NodeId::ROOT, "draft").unwrap_err()), size_limit);
    let host = tempfile::tempdir().unwrap();
    std::fs::write(host.path().join("file"), "text").unwrap();
    let scanned = tree.scan(host.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default());
    assert_eq!(code(scanned.unwrap_err()), size_limit);
    let a = tree.lookup("/a").unwrap();
    assert_eq!(code(tree.add_stream(a, b"s", Item::Bytes(vec![0; 9000].into())).unwrap_err()), size_limit);
    assert_eq!((tree.free_blocks().unwrap(), tree.streams(a).count()), (Some(0), 0));
    tree.limit_blocks(None).unwrap();
    tree.move_to(draft, NodeId::ROOT, "draft").unwrap();
    assert_eq!(tree.free_blocks().unwrap(), None);
}

/// In a tree of a million files, a count after an addition looks at the directories on its way and no others.
#[test]
fn a_count_costs_what_was_changed() {
    let mut tree = Tree::new();
    let options = ItemOptions::default();
    for folder in 0..1000 {
        let parent = tree.add(format!("/{:02}/{folder}", folder / 32), Item::Directory, &options).unwrap();
        for file in 0..1000u32 {
            tree.add_in(parent, file.to_string().as_bytes(), Item::Fifo, &options).unwrap();
        }
    }
    tree.count_blocks(Some(PlanOptions::default()));
    let first = tree.used_blocks().unwrap();
    let whole = tree.counting_cost();
    assert!((1_000_000..1_100_000).contains(&whole), "{whole}");
    for number in 0..10 {
        tree.add(format!("/{number:02}/new"), Item::Bytes(vec![0; 5000].into()), &options).unwrap();
        tree.used_blocks().unwrap();
    }
    // Ten directories with 32 directories in each.
    let added = tree.counting_cost() - whole;
    assert!(added <= 10 * 34, "{added}");
    let point = tree.change_point();
    tree.add("/00/5/x/y/z", Item::Fifo, &options).unwrap();
    tree.used_blocks().unwrap();
    tree.roll_back(point).unwrap();
    let used = tree.used_blocks().unwrap();
    assert!(tree.counting_cost() - whole - added <= 2 * 1010);
    let NodeKind::Directory(root) = tree.kind(NodeId::ROOT) else { unreachable!() };
    assert_eq!(tree.child_count(root), 32);
    let planned = LayoutPlan::new(&tree, PlanOptions::default()).unwrap().extent().len.get();
    assert_eq!(used, u64::from(planned));
    assert!(used > first);
}

/// Additions to one large directory look at what is added, and not at the other names in it.
#[test]
fn a_count_after_an_addition_to_a_large_directory_looks_at_nothing_else() {
    let mut tree = Tree::new();
    let options = ItemOptions::default();
    let parent = tree.add("/folder", Item::Directory, &options).unwrap();
    let add = |tree: &mut Tree, number: u32| {
        let name = format!("{:08x}", number.wrapping_mul(2_654_435_761));
        tree.add_in(parent, name.as_bytes(), Item::Bytes(vec![0; 3000].into()), &options).unwrap();
    };
    (0..100_000).for_each(|number| add(&mut tree, number));
    let file_systems = FileSystems::all() - FileSystems::HFS_PLUS;
    let plan = PlanOptions { file_systems, ..PlanOptions::default() };
    tree.count_blocks(Some(plan.clone()));
    tree.used_blocks().unwrap();
    // The first addition is that after which additions are expected.
    add(&mut tree, 100_000);
    tree.used_blocks().unwrap();
    let before = tree.counting_cost();
    for number in 100_001..102_000 {
        add(&mut tree, number);
        tree.used_blocks().unwrap();
    }
    assert_eq!(tree.counting_cost() - before, 1_999);
    let planned = LayoutPlan::new(&tree, plan).unwrap().extent().len.get();
    assert_eq!(tree.used_blocks().unwrap(), u64::from(planned));
}

/// Names that file systems make the same, one by one, each longer by its number than it would be alone.
#[test]
fn a_count_after_an_addition_whose_name_is_taken() {
    let pairs = |number: u32| [format!("a{number}").into_bytes(), format!("A{number}").into_bytes()];
    let no_text =
        |number: u32| [0xFE, 0xFF].map(|byte| [&[byte], format!("b{number:07}").as_bytes()].concat());
    type Pair<'a> = &'a dyn Fn(u32) -> [Vec<u8>; 2];
    let cases: [(FileSystems, Pair<'_>); 3] =
        [(ISO9660, &pairs), (ISO9660 | FileSystems::JOLIET, &pairs), (FileSystems::UDF, &no_text)];
    for (file_systems, pair) in cases {
        let options = PlanOptions { file_systems, ..PlanOptions::default() };
        let mut tree = Tree::new();
        tree.count_blocks(Some(options.clone()));
        for (number, names) in (0..260).map(pair).enumerate() {
            for name in names {
                let item = Item::Bytes(Vec::new().into());
                tree.add_in(NodeId::ROOT, &name, item, &ItemOptions::default()).unwrap();
                tree.used_blocks().unwrap();
            }
            if number % 7 == 6 {
                let planned = LayoutPlan::new(&tree, options.clone()).unwrap().extent().len.get();
                assert_eq!(tree.used_blocks().unwrap(), u64::from(planned), "{number} {file_systems:?}");
            }
        }
    }
}
