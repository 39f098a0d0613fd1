//! A folder that changes, and sessions that follow it.

use std::fs;
use std::path::Path;

use fsimage::update::{Counts, Update, UpdateOptions};
use fsimage::{
    BurnOptions, Control, Disc, DriveName, GrowingDisc, GrowingImage, ImportOptions, LayoutPlan, NodeId,
    OpenDrive, PlanOptions, ScanOptions, Tree,
};

use super::scan;

/// Rounds of changes.
pub const ROUNDS: usize = 4;

fn bytes(seed: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * (seed + 1) + at / 251 + seed) as u8).collect()
}

fn put(folder: &Path, name: &str, seed: usize, len: usize, time: i64) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes(seed, len)).unwrap();
    set_time(&path, time);
}

/// Times are whole seconds, which all file systems have.
pub fn set_time(path: &Path, seconds: i64) {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds as u64);
    let file = fs::File::open(path).unwrap();
    file.set_times(fs::FileTimes::new().set_modified(time).set_accessed(time)).unwrap();
}

/// Additions, replacements, removals and renames; gives how many bytes of them are new.
pub fn change(round: usize, folder: &Path) -> u64 {
    let time = 1_600_000_000 + 1000 * round as i64;
    let mut new = 0;
    let mut write = |name: &str, seed: usize, len: usize| {
        put(folder, name, seed, len, time);
        new += len as u64;
    };
    if round == 0 {
        write("stays", 1, 300_000);
        write("small", 2, 11);
        write("moved 0", 3, 70_000);
        write("folder 0/inside", 4, 9000);
        write("folder 0/another", 5, 2049);
        write("empty", 6, 0);
        (0..30).for_each(|file| write(&format!("many/file {file}"), file, 100 + file * 97));
    } else {
        let name = |number: usize| (format!("moved {number}"), format!("folder {number}"));
        let (old, next) = (name(round - 1), name(round));
        fs::rename(folder.join(&old.0), folder.join(&next.0)).unwrap();
        fs::rename(folder.join(&old.1), folder.join(&next.1)).unwrap();
        fs::remove_file(folder.join(format!("many/file {}", round + 5))).unwrap();
        write("replaced", round, 5000);
        write(&format!("many/file {}", round + 12), 100 + round, 100 + (round + 12) * 97);
        write(&format!("new/in {round}/b\u{fc}cher.txt"), round, 40_000 * round);
    }
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        let below = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
        pending.extend(below.filter(|path| path.is_dir()));
        set_time(&path, time);
    }
    new
}

/// What an update did.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    pub counts: Counts,
    /// Sectors of the session that are contents of files, and all others.
    pub content: u64,
    pub description: u64,
}

fn done(counts: Counts, plan: &LayoutPlan<'_>) -> Done {
    let sectors = |of_files: bool| {
        let segments = plan.segments().filter(move |segment| (segment.label == "file") == of_files);
        segments.map(|segment| u64::from(segment.sectors)).sum()
    };
    Done { counts, content: sectors(true), description: sectors(false) }
}

fn compared(
    disc: &Disc,
    imported: Result<fsimage::Imported, fsimage::Error>,
    options: &PlanOptions,
    wanted: Tree,
    how: UpdateOptions,
) -> Result<(Update, PlanOptions), fsimage::Error> {
    let mut imported = imported?;
    assert_eq!(imported.warnings, []);
    let plan = PlanOptions { place: options.place, ..imported.plan_options() };
    let update = Update::new(disc, &mut imported, wanted, &plan, how, &Control::default())?;
    Ok((update, plan))
}

/// Brings an image file up to date with a tree; `None` where nothing differs, and nothing is written.
pub fn update_tree(image: &Path, wanted: Tree, how: UpdateOptions) -> Result<Option<Done>, fsimage::Error> {
    let growing = GrowingImage::open(image)?;
    let imported = growing.import(&ImportOptions::default(), &Control::default());
    let place = PlanOptions { place: growing.place(), ..PlanOptions::default() };
    let (update, options) = compared(growing.disc(), imported, &place, wanted, how)?;
    let counts = update.difference().counts();
    if update.difference().is_empty() {
        return Ok(None);
    }
    let tree = update.into_tree()?;
    let plan = LayoutPlan::new(&tree, options)?;
    growing.write(&plan, &Control::default())?;
    Ok(Some(done(counts, &plan)))
}

/// The same with the tree of a folder.
pub fn update_image(image: &Path, folder: &Path, how: UpdateOptions) -> Option<Done> {
    update_tree(image, scan(folder), how).unwrap()
}

/// Records a folder on a medium: the first session by `options`, or what differs.
pub fn update_medium(drive: &DriveName, folder: &Path, options: &PlanOptions) -> Option<Done> {
    let mut growing = GrowingDisc::open(OpenDrive::open(drive).unwrap()).unwrap();
    let control = Control::default();
    let mut wanted = Tree::new();
    wanted.scan(folder, NodeId::ROOT, &ScanOptions::default(), &control).unwrap();
    growing.close_open_session().unwrap();
    let options = PlanOptions { place: growing.place(), ..options.clone() };
    let (update, options) = match growing.is_blank() {
        true => (Update::of_blank(wanted), options),
        false => {
            let imported = growing.import(&ImportOptions::default(), &control);
            compared(growing.disc(), imported, &options, wanted, UpdateOptions::default()).unwrap()
        }
    };
    let counts = update.difference().counts();
    if update.difference().is_empty() {
        return None;
    }
    let tree = update.into_tree().unwrap();
    let plan = LayoutPlan::new(&tree, options).unwrap();
    let told = done(counts, &plan);
    growing.write(&plan, &BurnOptions::default(), &control).unwrap();
    Some(told)
}
