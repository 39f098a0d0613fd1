//! HFS+ beside the rest, as 7-Zip, the Linux kernel and the Mac's own checker see it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use fsimage::{
    Attributes, Control, FileSystems, Item, ItemOptions, LayoutPlan, NodeId, PlanOptions, Timestamp, Tree,
    write_image,
};
use peers::{Columns, kernel};
use tempfile::TempDir;

const ALL: FileSystems = FileSystems::ISO9660
    .union(FileSystems::ROCK_RIDGE)
    .union(FileSystems::JOLIET)
    .union(FileSystems::HFS_PLUS);

/// Adds an item of its own time and owner.
fn add(tree: &mut Tree, path: impl AsRef<[u8]>, item: Item<'_>) -> NodeId {
    let number = tree.node_count() as u32;
    let options = ItemOptions {
        modified: Some(Timestamp::from_unix(1_000_000_000 + i64::from(number))),
        attributes: Some(Attributes { permissions: 0o640, uid: 1000 + number % 7, gid: number % 5 }),
        ..ItemOptions::default()
    };
    tree.add(path, item, &options).unwrap()
}

/// Further names of a file, with its attributes.
fn link(tree: &mut Tree, path: &str, to: NodeId) {
    let options = ItemOptions {
        modified: Some(tree.modified(to)),
        attributes: Some(tree.attributes(to)),
        ..ItemOptions::default()
    };
    tree.add(path, Item::HardLink(to), &options).unwrap();
}

fn bytes(path: &str, len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 + path.len()) as u8).collect()
}

/// Some thousand items of all kinds, with names that try the order and the forms of HFS+.
fn tree() -> (Tree, BTreeMap<String, usize>) {
    let mut tree = Tree::new();
    let mut files = BTreeMap::new();
    let mut file = |path: String, len: usize| {
        let node = add(&mut tree, &path, Item::Bytes(bytes(&path, len).into()));
        files.insert(path, len);
        node
    };
    for number in 0..2000usize {
        let name = ["a", "B", "\u{e9}", "\u{436}", "\u{416}x", "_"][number % 6];
        file(format!("/many/{name}{number}"), number * 7 % 5000);
    }
    for number in 0..300usize {
        file(format!("/deep/{}/{}/{number}.txt", number % 17, number % 5), number);
    }
    for name in [
        "Gr\u{fc}\u{df}e",
        "\u{ac00}\u{ac01}",
        "a:b",
        "back\\slash",
        "\u{212b}ngstr\u{f6}m",
        "~1",
        "\u{2160}",
    ] {
        file(format!("/names/{name}"), 10);
    }
    file(format!("/names/{}", "l".repeat(240)), 10);
    file("/empty".to_owned(), 0);
    file("/big".to_owned(), 3_000_000);
    let shared = file("/shared".to_owned(), 4000);
    let nothing = file("/deep/nothing".to_owned(), 0);
    (0..12).for_each(|number| link(&mut tree, &format!("/links/{number}"), shared));
    link(&mut tree, "/links/nothing", nothing);
    add(&mut tree, "/symbolic", Item::Symlink("names/Gr\u{fc}\u{df}e".as_bytes()));
    for number in 0..150 {
        add(&mut tree, format!("/targets/{number}"), Item::Symlink(format!("../many/a{number}").as_bytes()));
    }
    add(&mut tree, "/targets/long", Item::Symlink("x/".repeat(450).as_bytes()));
    add(&mut tree, "/vacant", Item::Directory);
    add(&mut tree, "/pipe", Item::Fifo);
    add(&mut tree, "/socket", Item::Socket);
    (tree, files)
}

fn options() -> PlanOptions {
    PlanOptions {
        file_systems: ALL,
        created: Some(Timestamp::from_unix(1_700_000_000)),
        ..PlanOptions::default()
    }
}

/// Writes the image, and its volume of HFS+ into a file of its own.
fn write(plan: &LayoutPlan<'_>, folder: &TempDir) -> (PathBuf, PathBuf) {
    let [image, volume] = ["image.iso", "volume.hfs"].map(|name| folder.path().join(name));
    write_image(plan, &image, &Control::default()).unwrap();
    let at =
        |label: &str| plan.segments().find(|segment| segment.label == label).unwrap().start as usize * 2048;
    let (first, last) = (at("HFS+ volume header"), at("HFS+ alternate volume header"));
    fs::write(&volume, &fs::read(&image).unwrap()[first..last + 2048]).unwrap();
    (image, volume)
}

/// The checker of the Mac OS finds nothing.
fn check(volume: &Path) {
    let Some(checker) = peers::optional("fsck.hfsplus", "hfsprogs, in Debian's non-free") else { return };
    let arguments = ["-f".as_ref(), "-n".as_ref(), volume.as_os_str()];
    let output = peers::run(checker.path(), &arguments).unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("appears to be OK"), "{text}{}", output.stderr);
}

#[test]
fn seven_zip_reads_every_file() {
    let Some(seven_zip) = peers::require("7z") else { return };
    let (mut tree, mut files) = tree();
    for name in ["\u{1f600}.png", "s\u{307}\u{323}", "trailing. "] {
        let path = format!("/names/{name}");
        add(&mut tree, &path, Item::Bytes(bytes(&path, 10).into()));
        files.insert(path, 10);
    }
    // 7-Zip streams targets of symbolic links, and lists no length for them.
    for path in ["/symbolic", "/targets"] {
        tree.remove(tree.lookup(path).unwrap()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let (_, volume) = write(&LayoutPlan::new(&tree, options()).unwrap(), &folder);
    let found = peers::sevenzip::list(&seven_zip, &volume).unwrap();
    let recorded = |path: &str| peers::escape(format!("/CDROM{path}").as_bytes());
    let mut compared = 0;
    for (path, len) in &files {
        // 7-Zip shows names as they are recorded, and hard links without what they lead to.
        if !path.is_ascii() || path.contains(':') || path.contains('\\') || path == "/shared" {
            continue;
        }
        let entry = &found[&recorded(path)];
        let (sha256, _) = peers::digest(&bytes(path, *len)[..]).unwrap();
        assert_eq!((entry.size, entry.sha256.as_deref()), (Some(*len as u64), Some(&sha256[..])), "{path}");
        compared += 1;
    }
    assert!(compared > 1200);
    assert_eq!(found[&recorded("/names/Gru\u{308}\u{df}e")].size, Some(10));
    check(&volume);
}

/// Linux finds the volume by the Apple partition map, and shows what it shows of Rock Ridge.
#[test]
fn the_kernel_shows_what_it_shows_of_rock_ridge() {
    let Some(tool) = kernel::require() else { return };
    let (tree, files) = tree();
    let folder = tempfile::tempdir().unwrap();
    let (image, volume) = write(&LayoutPlan::new(&tree, options()).unwrap(), &folder);
    let found =
        kernel::mount(&tool, &image, &["iso9660", "hfsplus@2"], &["--as", "disk", "--sector", "2048"])
            .unwrap();
    for mount in &found {
        assert!(mount.ok, "{:?} {:?}", mount.issues, mount.kernel_log);
    }
    assert!(found[1].listing.len() > files.len() + 150);
    let columns = Columns::KIND
        | Columns::SIZE
        | Columns::DIGEST
        | Columns::MODE
        | Columns::OWNER
        | Columns::LINKS
        | Columns::MTIME
        | Columns::TARGET;
    assert_eq!(peers::differences(&found[0].listing, &found[1].listing, columns), [""; 0]);
    check(&volume);
}

#[test]
fn the_checker_finds_nothing_in_volumes_of_all_shapes() {
    let folder = tempfile::tempdir().unwrap();
    let written =
        |tree: &Tree, options: PlanOptions| write(&LayoutPlan::new(tree, options).unwrap(), &folder).1;
    check(&written(&Tree::new(), options()));

    let mut one = Tree::new();
    let file = add(&mut one, "/file", Item::Bytes(vec![1; 2048].into()));
    check(&written(&one, options()));
    // Numbers of what the two names lead to go from two digits to three.
    for number in 0..81 {
        add(&mut one, format!("/{number}"), Item::Directory);
    }
    link(&mut one, "/again", file);
    let other = add(&mut one, "/other", Item::Bytes(vec![2; 1].into()));
    link(&mut one, "/other too", other);
    check(&written(&one, options()));

    // What is not shown lies among the rest; UDF and an enhanced tree lie around it.
    let (mut tree, _) = tree();
    for path in ["/deep", "/big"] {
        tree.hide(tree.lookup(path).unwrap(), FileSystems::HFS_PLUS);
    }
    let file_systems = ALL | FileSystems::UDF | FileSystems::ENHANCED;
    check(&written(&tree, PlanOptions { file_systems, ..options() }));
}
