//! The codes of IMAPI2 for making images, each in the situation that has it there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use fsimage::{
    Control, DeepDirectories, Disc, FileSystem, Item, ItemOptions, LayoutPlan, PlanOptions, Result, Tree,
    write_image,
};

#[track_caller]
fn is<T>(result: Result<T>, name: &str, number: u32) {
    let error = result.err().expect("it was done");
    assert_eq!((error.name(), error.code()), (name, number), "{error}");
    assert!(!error.imapi2().is_success());
}

fn add(tree: &mut Tree, path: &str) -> Result<()> {
    tree.add(path, Item::Bytes(vec![7; 5000].into()), &ItemOptions::default()).map(drop)
}

#[test]
fn of_the_tree() {
    let mut tree = Tree::new();
    add(&mut tree, "/file").unwrap();
    is(add(&mut tree, "/file"), "IMAPI_E_DUP_NAME", 0xC0AA_B112);
    for path in ["/a/../b", "/a/b/..", "/new/c\0/d"] {
        is(add(&mut tree, path), "IMAPI_E_INVALID_PATH", 0xC0AA_B110);
    }
    // A call that fails changes nothing: neither `a` nor `new` was made.
    assert!(tree.lookup("/a").is_none() && tree.lookup("/new").is_none());
    let file = tree.lookup("/file").unwrap();
    is(tree.move_to(file, file, "x"), "IMAPI_E_NOT_DIR", 0xC0AA_B109);
}

#[test]
fn of_the_plan() {
    let mut tree = Tree::new();
    add(&mut tree, "/1/2/3/4/5/6/7/8/9/file").unwrap();
    let refused = PlanOptions { deep_directories: DeepDirectories::Refuse, ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, refused), "IMAPI_E_ISO9660_LEVELS", 0xC0AA_B131);
    let mut tree = Tree::new();
    add(&mut tree, "/a name: that Joliet does not have").unwrap();
    let strict = PlanOptions { strict: true, ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, strict), "IMAPI_E_RESTRICTED_NAME_VIOLATION", 0xC0AA_B111);
}

#[test]
fn of_files_and_folders_of_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent");
    is(Disc::open(&absent), "IMAPI_E_IMAGEMANAGER_NO_IMAGE", 0xC0AA_B202);

    let mut tree = Tree::new();
    add(&mut tree, "/file").unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let write = |path: &Path| write_image(&plan, path, &Control::default());
    is(write(&absent.join("image.iso")), "IMAPI_E_STASHFILE_WRITE_FAILURE", 0xC0AA_B13A);
    let path = folder.path().join("image.iso");
    write(&path).unwrap();
    let image = Disc::open(&path).unwrap().image(None, &[FileSystem::RockRidge]).unwrap();
    is(image.lookup("/absent"), "IMAPI_E_ITEM_NOT_FOUND", 0xC0AA_B118);
}
