//! Images of other programs, and what isoinfo lists of them and of what is written of them.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use fsimage::{
    Control, Disc, GrowingImage, ImportOptions, ImportWarning, Imported, ImportedTrees, Item, ItemOptions,
    LayoutPlan, PlanOptions, Tree, import,
};
use peers::Peer;

/// Paths of identifiers, as isoinfo lists them.
pub fn identifiers(isoinfo: &Peer, image: &Path) -> BTreeSet<String> {
    listed(isoinfo, image, &[])
}

/// The paths that isoinfo lists with these `options`.
pub fn listed(isoinfo: &Peer, image: &Path, options: &[&str]) -> BTreeSet<String> {
    let arguments = [&["-f", "-i", image.to_str().unwrap()][..], options].concat();
    let out = peers::run(isoinfo.path(), &arguments).unwrap();
    let text = String::from_utf8(out.success("isoinfo").unwrap()).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// An image of files of these names, by another program with mkisofs' `options`.
pub fn made_of(peer: &Peer, names: &[impl AsRef<Path>], options: &[&str], image: &Path) {
    let folder = tempfile::tempdir().unwrap();
    for (number, name) in names.iter().enumerate() {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("content {number}")).unwrap();
    }
    let (image, folder) = (image.to_str().unwrap(), folder.path().to_str().unwrap());
    let first: &[&str] = if peer.name() == "xorriso" { &["-as", "mkisofs"] } else { &[] };
    let arguments = [first, options, &["-quiet", "-o", image, folder]].concat();
    peers::run(peer.path(), &arguments).unwrap().success(peer.name()).unwrap();
}

/// The image written anew, and with a further session; in both is a new file. Nothing is told of them, but that Rock Ridge is not
/// kept where no reader looks for it.
pub fn written_both_ways(old: &Path, folder: &Path) -> [PathBuf; 2] {
    let (new, appended) = (folder.join("written anew"), folder.join("appended"));
    let control = Control::default();
    let disc = Disc::open(old).unwrap();
    let mut imported = import(&disc, &ImportOptions::default(), &control).unwrap();
    let mut told = imported.keep_visibility(&disc, &control).unwrap();
    told.retain(|warning| !matches!(warning, ImportWarning::UnreadRockRidge { .. }));
    assert_eq!(told, []);
    let add = |tree: &mut Tree| {
        let bytes = Item::Bytes(b"new".as_slice().into());
        tree.add("/NEW", bytes, &ItemOptions::default()).unwrap();
    };
    add(&mut imported.tree);
    super::build(&imported.tree, imported.new_image_options(), &new);

    fs::copy(old, &appended).unwrap();
    let growing = GrowingImage::open(&appended).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &control).unwrap();
    add(&mut imported.tree);
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    growing.write(&plan, &control).unwrap();
    [new, appended]
}

/// What isoinfo reads at each path that it lists, and where it begins.
pub fn contents(isoinfo: &Peer, image: &Path) -> Vec<(String, Vec<u8>)> {
    let files = identifiers(isoinfo, image).into_iter().filter(|path| path.contains(';'));
    let read = |path: String| {
        let out = peers::run(isoinfo.path(), &["-i", image.to_str().unwrap(), "-x", &path]).unwrap();
        (path, out.success("isoinfo").unwrap())
    };
    files.map(read).collect()
}

pub fn import_all(image: &Path) -> Imported {
    let options = ImportOptions { trees: ImportedTrees::All, ..ImportOptions::default() };
    import(&Disc::open(image).unwrap(), &options, &Control::default()).unwrap()
}

/// Paths of identifiers in the tree of the enhanced descriptor, in order.
pub fn of_enhanced(image: &Path) -> Vec<String> {
    let sectors = fsimage::FileSectors::new(fs::File::open(image).unwrap()).unwrap();
    let set = iso9660::read::read_volume_set(&sectors, fsimage::Sector::ZERO).unwrap();
    let volume = iso9660::read::Volume::enhanced(&sectors, &set).unwrap();
    let mut buffer = iso9660::read::DirectoryBuffer::new();
    let mut pending = vec![(volume.root_directory(), String::new())];
    let mut found = Vec::new();
    while let Some((directory, above)) = pending.pop() {
        let read = volume.read_directory(&directory, &mut buffer, &mut |entry| {
            let path = format!("{above}/{}", String::from_utf8_lossy(entry.identifier));
            if let iso9660::read::EntryKind::Directory(below) = entry.kind {
                pending.push((below, path.clone()));
            }
            found.push(path);
            ControlFlow::Continue(())
        });
        read.unwrap();
    }
    found.sort();
    found
}
