//! A tree that changes from session to session.

use std::collections::BTreeMap;
use std::path::Path;

use fsimage::{
    BurnOptions, Control, DriveName, Error, FileSystems, GrowingDisc, GrowingImage, ImportOptions,
    ImportWarning, Item, ItemOptions, LayoutPlan, MetadataPartition, NodeId, OpenDrive, PlanOptions, Tree,
    UdfOptions, UdfRevision,
};
use peers::{Entry, Kind, Listing, escape};

/// Path and content of the files.
pub type Model = BTreeMap<String, Vec<u8>>;

/// How many there are.
pub const SESSIONS: usize = 5;

fn bytes(seed: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * seed + at / 253) as u8).collect()
}

/// What a session adds, replaces, renames and removes.
pub fn change(number: usize, model: &mut Model, tree: &mut Tree) {
    let mut put = |path: &str, len: usize| {
        let content = bytes(number + path.len(), len);
        if let Some(before) = tree.lookup(path) {
            tree.remove(before).unwrap();
        }
        tree.add(path, Item::Bytes(content.as_slice().into()), &ItemOptions::default()).unwrap();
        model.insert(path.to_owned(), content);
    };
    put(&format!("/added/in session {number}"), 900 * number);
    put(&format!("/deep/{number}/er/b\u{fc}cher {number}.txt"), 5000);
    put("/replaced each time", 3000 + 17 * number);
    put("/small and replaced", number);
    if number == 1 {
        put("/stays", 70_000);
        put("/stays small", 12);
        put("/moved 1", 9000);
        (0..40).for_each(|file| put(&format!("/many/file {file}"), file * 97));
    } else {
        let gone = format!("/many/file {}", number + 20);
        model.remove(&gone).unwrap();
        tree.remove(tree.lookup(&gone).unwrap()).unwrap();
        let old = model.keys().find(|path| path.starts_with("/moved ")).unwrap().clone();
        let new = format!("moved {number}");
        tree.move_to(tree.lookup(&old).unwrap(), NodeId::ROOT, &new).unwrap();
        let moved = model.remove(&old).unwrap();
        model.insert(format!("/{new}"), moved);
    }
}

/// UDF of old and new revisions, alone and beside ISO 9660.
pub fn forms() -> Vec<PlanOptions> {
    let kinds = [
        (UdfRevision::V1_02, MetadataPartition::None),
        (UdfRevision::V2_01, MetadataPartition::None),
        (UdfRevision::V2_50, MetadataPartition::Mirrored),
        (UdfRevision::V2_60, MetadataPartition::Single),
    ];
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let sets = [FileSystems::UDF, FileSystems::UDF | iso9660];
    let options = |(revision, metadata_partition), file_systems| PlanOptions {
        file_systems,
        udf: UdfOptions { revision, metadata_partition, ..UdfOptions::default() },
        ..PlanOptions::default()
    };
    kinds.into_iter().flat_map(|kind| sets.map(|set| options(kind, set))).collect()
}

/// What readers must show of it, in the columns of names and contents.
pub fn listing(model: &Model) -> Listing {
    let mut listing = Listing::from([("/".to_owned(), Entry::of_kind(Kind::Directory))]);
    for (path, content) in model {
        let names: Vec<String> = path.split('/').skip(1).map(|name| escape(name.as_bytes())).collect();
        for depth in 1..names.len() {
            let directory = format!("/{}", names[..depth].join("/"));
            listing.insert(directory, Entry::of_kind(Kind::Directory));
        }
        let (sha256, size) = peers::digest(&content[..]).unwrap();
        let file = Entry { sha256: Some(sha256), size: Some(size), ..Entry::of_kind(Kind::File) };
        listing.insert(format!("/{}", names.join("/")), file);
    }
    listing
}

/// The form in a few words, fit for a file name.
pub fn name_of(options: &PlanOptions) -> String {
    let beside = if options.file_systems.contains(FileSystems::ISO9660) { "bridge" } else { "alone" };
    format!("{}-{beside}", options.udf.revision)
}

/// Appends the newest session, edited, to an image file.
pub fn append(image: &Path, edit: impl FnOnce(&mut Tree)) -> Result<(), Error> {
    let growing = GrowingImage::open(image)?;
    let mut imported = growing.import(&ImportOptions::default(), &Control::default())?;
    // Nothing is left out but sessions whose recording stopped early.
    assert_eq!(imported.warnings, ImportWarning::of_passed_over(growing.disc()));
    edit(&mut imported.tree);
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options)?;
    growing.write(&plan, &Control::default())
}

/// Records the first session by `options`, and each other as the newest, edited.
pub fn burn(name: &DriveName, options: &PlanOptions, edit: impl FnOnce(&mut Tree)) -> u32 {
    let mut disc = GrowingDisc::open(OpenDrive::open(name).unwrap()).unwrap();
    let (mut tree, options) = match disc.is_blank() {
        true => (Tree::new(), options.clone()),
        false => {
            let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
            // Nothing is left out but sessions whose recording stopped early.
            assert_eq!(imported.warnings, ImportWarning::of_passed_over(disc.disc()));
            let options = imported.plan_options();
            (imported.tree, options)
        }
    };
    edit(&mut tree);
    disc.close_open_session().unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
    let verified = BurnOptions { verify: fsimage::Verification::Full, ..BurnOptions::default() };
    disc.write(&plan, &verified, &Control::default()).unwrap().start.get()
}
