//! UDF of other programs, read and imported through the facade (`FSIMAGE_CORPUS`), and how long a large
//! volume takes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that panics is a test that fails"
)]

extern crate udf as fsimage_udf;

#[path = "../../udf/tests/support/craft.rs"]
mod craft;
mod support;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use fsimage::{
    Control, DEFAULT_PREFERENCE, Disc, Error, FileSystem, FileSystems, IMAPI_PREFERENCE, Image,
    ImportOptions, ImportedContent, Item, ItemOptions, Kind, LayoutPlan, PlanOptions, Tree, import,
    write_image,
};

/// Kind, length and hash or target by path; directories' lengths mean different things.
type Content = BTreeMap<Vec<u8>, (Kind, u64, String)>;

fn content(image: &Image) -> Content {
    let mut content = Content::new();
    image
        .walk(&mut |path, entry| {
            let (len, what) = match entry.kind {
                Kind::Directory => (0, String::new()),
                Kind::File => (entry.len, image.sha256(entry)?),
                _ => (entry.len, String::from_utf8_lossy(&entry.link_target).into_owned()),
            };
            content.insert(path.to_vec(), (entry.kind, len, what));
            Ok(())
        })
        .unwrap();
    content
}

fn write(tree: &Tree, file_systems: FileSystems, path: &Path) {
    let imported = ImportedContent::Copied;
    let options = PlanOptions { file_systems, imported, ..PlanOptions::default() };
    let plan = LayoutPlan::new(tree, options).unwrap();
    write_image(&plan, path, &Control::default()).unwrap();
}

#[test]
fn corpus_through_the_facade() {
    let (Some(folder), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let scratch = tempfile::tempdir().unwrap();
    let mut images = 0;
    for image in peers::corpus_images(&folder).unwrap() {
        let lists = ["udf", "udf-own"].map(|section| image.listing(section).unwrap());
        let Some(expected) = lists.into_iter().flatten().find(|list| list.clean) else { continue };
        images += 1;
        let path = image.unpack(&xz, scratch.path()).unwrap();
        let disc = Disc::open(&path).unwrap();
        let summary = disc.describe(None).unwrap();
        assert!(summary.file_systems.contains(&"udf"), "{}: {summary:?}", image.name);
        let udf = disc.image(None, &[FileSystem::Udf]).unwrap();
        let found = content(&udf);
        let files = |kind| found.values().filter(|(found, ..)| *found == kind).count();
        let listed = |kind| expected.listing.values().filter(|entry| entry.kind == kind).count();
        assert_eq!(files(Kind::File), listed(peers::Kind::File), "{}", image.name);
        assert_eq!(files(Kind::Directory), listed(peers::Kind::Directory) + 1, "{}", image.name);
        for (name, entry) in &expected.listing {
            let name = peers::unescape(name);
            let (_, len, hash) = &found[&name];
            if let (Some(size), Some(sha256)) = (entry.size, &entry.sha256) {
                assert_eq!((*len, hash), (size, sha256), "{}", image.name);
            }
        }
        assert!(disc.verify(None, &Control::default()).unwrap().is_whole(), "{}", image.name);

        let options = ImportOptions { preference: vec![FileSystem::Udf], ..ImportOptions::default() };
        let imported = import(&disc, &options, &Control::default()).unwrap();
        assert!(imported.file_systems.contains(FileSystems::UDF));
        let copy = scratch.path().join("copy.iso");
        for file_system in [FileSystem::RockRidge, FileSystem::Udf] {
            let file_systems = match file_system {
                FileSystem::Udf => FileSystems::UDF,
                _ => FileSystems::ISO9660 | FileSystems::ROCK_RIDGE,
            };
            write(&imported.tree, file_systems, &copy);
            let again = Disc::open(&copy).unwrap().image(None, &[file_system]).unwrap();
            assert_eq!(content(&again), found, "{} as {file_system}", image.name);
            std::fs::remove_file(&copy).unwrap();
        }
        std::fs::remove_file(&path).unwrap();
    }
    println!("{images} images");
    assert!(images > 0, "no UDF image in the corpus");
}

fn small_tree() -> Tree {
    let mut tree = Tree::new();
    let options = ItemOptions::default();
    tree.add("a/b", Item::Bytes(Arc::from(&b"content"[..])), &options).unwrap();
    tree.add("link", Item::Symlink(b"a/b"), &options).unwrap();
    tree
}

#[test]
fn which_file_system_is_taken() {
    let scratch = tempfile::tempdir().unwrap();
    let taken_by = |preference: &[FileSystem], file_systems: FileSystems| {
        let path = scratch.path().join(format!("{}.iso", file_systems.bits()));
        write(&small_tree(), file_systems, &path);
        let disc = Disc::open(&path).unwrap();
        let image = disc.image(None, preference).unwrap();
        assert!(disc.verify(None, &Control::default()).unwrap().is_whole());
        image.file_system()
    };
    let taken = |file_systems| taken_by(&DEFAULT_PREFERENCE, file_systems);
    assert_eq!(taken(FileSystems::UDF), FileSystem::Udf);
    let (iso9660, joliet, rock_ridge) = (FileSystems::ISO9660, FileSystems::JOLIET, FileSystems::ROCK_RIDGE);
    assert_eq!(taken(FileSystems::UDF | iso9660 | joliet), FileSystem::Udf);
    assert_eq!(taken(FileSystems::UDF | iso9660 | joliet | rock_ridge), FileSystem::RockRidge);
    assert_eq!(taken(iso9660 | joliet), FileSystem::Joliet);
    let as_imapi = |file_systems| taken_by(&IMAPI_PREFERENCE, file_systems);
    assert_eq!(as_imapi(FileSystems::UDF | iso9660 | joliet | rock_ridge), FileSystem::Udf);
    assert_eq!(as_imapi(iso9660 | joliet | rock_ridge), FileSystem::Joliet);
    assert_eq!(as_imapi(iso9660 | rock_ridge), FileSystem::Iso9660);

    let alone = Disc::open(&scratch.path().join("8.iso")).unwrap();
    let error = alone.image(None, &[FileSystem::Joliet]).err().unwrap();
    assert!(matches!(error, Error::FileSystemNotFound { .. }), "{error}");
    let summary = alone.describe(None).unwrap();
    assert_eq!((&summary.file_systems[..], summary.udf_revision.as_deref()), (&["udf"][..], Some("2.01")));
    let plain = Disc::open(&scratch.path().join("5.iso")).unwrap();
    let error = plain.image(None, &[FileSystem::Udf]).err().unwrap();
    assert!(matches!(error, Error::FileSystemNotFound { .. }), "{error}");
}

#[test]
fn files_that_lie_in_no_sectors_are_copied() {
    use craft::{Node, START, plain};
    use udf::Revision;
    use udf::file::FileType;
    const HOLE: u32 = 2 << 30;
    let scratch = tempfile::tempdir().unwrap();
    let files = [("pieces", 10), ("holes", 11), ("inside", 12), ("short", 13)];
    let mut volume = plain(512, Revision::V2_01, &files);
    for block in 101..150 {
        volume.write(START + block, &[block as u8; 512]);
    }
    let pieces = [(1024, 101), (3 * 512, 111), (100, 121)];
    volume.node(START + 10, 10, &Node::short(FileType::BYTES, 2660, &pieces));
    let holes = [(512, 130), (1 << 20 | HOLE, 0), (512, 131)];
    volume.node(START + 11, 11, &Node::short(FileType::BYTES, 1024 + (1 << 20), &holes));
    volume.node(START + 12, 12, &Node::embedded(FileType::BYTES, b"inside"));
    volume.node(START + 13, 13, &Node::short(FileType::BYTES, 5000, &[(512, 140)]));
    let path = scratch.path().join("image");
    std::fs::write(&path, &volume.image).unwrap();

    let disc = Disc::open(&path).unwrap();
    assert!(!disc.verify(None, &Control::default()).unwrap().is_whole(), "one file ends too early");
    let imported = import(&disc, &ImportOptions::default(), &Control::default()).unwrap();
    let told: Vec<String> = imported.warnings.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|warning| warning.starts_with("/short: left out: 512 of its 5000")), "{told:?}");
    let mut expected = Vec::new();
    for (block, len) in [(101, 512), (102, 512), (111, 512), (112, 512), (113, 512), (121, 100)] {
        expected.resize(expected.len() + len, block);
    }
    for file_systems in [FileSystems::UDF, FileSystems::ISO9660 | FileSystems::ROCK_RIDGE] {
        let copy = scratch.path().join("copy");
        write(&imported.tree, file_systems, &copy);
        let image = Disc::open(&copy).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
        let read = |name: &str| {
            let mut bytes = Vec::new();
            image.open(&image.lookup(name).unwrap()).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(read("pieces"), expected);
        let holes = read("holes");
        assert_eq!(
            (holes.len(), holes[0], holes[512], holes[holes.len() - 1]),
            (1024 + (1 << 20), 130, 0, 131)
        );
        assert_eq!(read("inside"), b"inside");
        std::fs::remove_file(copy).unwrap();
    }
}

/// In a new image, in a further session, and in that of another tree.
#[test]
fn what_windows_shows_as_attributes_is_kept() {
    use craft::{Node, START, plain};
    use fsimage::UdfFlags;
    use udf::Revision;
    use udf::file::{FileType, IcbFlags};
    let mut volume = plain(2048, Revision::V2_01, &[]);
    let root = volume.ad(0, 1);
    let items = [("first", volume.ad(0, 10)), ("other", volume.ad(0, 11)), ("third", volume.ad(0, 12))];
    let identifiers = volume.directory(root, 1, &items);
    volume.node(START + 1, 1, &Node::embedded(FileType::DIRECTORY, &identifiers));
    for (block, flags) in [(10, IcbFlags::ARCHIVE), (11, IcbFlags::SYSTEM), (12, IcbFlags::empty())] {
        let node = Node::embedded(FileType::BYTES, b"content");
        let flags = node.flags | flags;
        volume.node(START + block, block, &Node { flags, ..node });
    }
    let scratch = tempfile::tempdir().unwrap();
    let [path, new, bridge] = ["image", "new", "bridge"].map(|name| scratch.path().join(name));
    std::fs::write(&path, &volume.image).unwrap();
    let imported = |path: &Path, preferred| {
        let disc = Disc::open(path).unwrap();
        let options = ImportOptions { preference: vec![preferred], ..ImportOptions::default() };
        let mut imported = import(&disc, &options, &Control::default()).unwrap();
        let warnings = imported.keep_visibility(&disc, &Control::default()).unwrap();
        assert_eq!((&imported.warnings[..], &warnings[..]), (&[][..], &[][..]));
        let flags = ["first", "other", "third"]
            .map(|name| imported.tree.udf_flags(imported.tree.lookup(name).unwrap()));
        assert_eq!(flags, [UdfFlags::ARCHIVE, UdfFlags::SYSTEM, UdfFlags::empty()]);
        imported
    };
    let first = imported(&path, FileSystem::Udf);
    support::build(&first.tree, first.new_image_options(), &new);
    imported(&new, FileSystem::Udf);
    let file_systems = FileSystems::UDF | FileSystems::ISO9660 | FileSystems::ROCK_RIDGE;
    support::build(&first.tree, PlanOptions { file_systems, ..first.new_image_options() }, &bridge);
    support::growing::append(&bridge, |tree| {
        tree.add("new", Item::Bytes((*b"new").into()), &ItemOptions::default()).unwrap();
    })
    .unwrap();
    imported(&bridge, FileSystem::Udf);
    imported(&bridge, FileSystem::RockRidge);
}

#[test]
fn files_are_extracted_with_their_links() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("image");
    let mut tree = small_tree();
    let large: Arc<[u8]> = (0..3_000_000u32).map(|number| (number / 7) as u8).collect();
    let options = ItemOptions::default();
    let first = tree.add("large", Item::Bytes(large.clone()), &options).unwrap();
    tree.add("again", Item::HardLink(first), &options).unwrap();
    write(&tree, FileSystems::UDF, &path);
    let image = Disc::open(&path).unwrap().image(None, &DEFAULT_PREFERENCE).unwrap();
    let target = scratch.path().join("target");
    std::fs::create_dir(&target).unwrap();
    let options = fsimage::ExtractOptions::default();
    let report = image.extract(&["/"], &target, &options, &Control::default()).unwrap();
    // Elsewhere the symbolic link is left out, and told.
    assert_eq!(report.warnings.len(), usize::from(cfg!(not(unix))), "{:?}", report.warnings);
    assert_eq!(std::fs::read(target.join("large")).unwrap(), large[..]);
    assert_eq!(std::fs::read(target.join("a/b")).unwrap(), b"content");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(std::fs::metadata(target.join("again")).unwrap().nlink(), 2);
        assert_eq!(std::fs::read_link(target.join("link")).unwrap(), Path::new("a/b"));
    }
}
