//! What a process leaves that ends in the middle of a session, as a reader finds it that has no table of contents.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, Disc, DriveName, FileSystem, FileSystems, GrowingDisc,
    GrowingImage, ImportOptions, ImportWarning, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive,
    PlanOptions, Tree, write_image,
};
use mmc_device::simulated::SimulatedDrive;
use mmc_device::{Cdb, Data, Drive, Lba, NoWait, SessionRequest, Transport, TransportError};
use support::grounds::{self, Ground};
use support::growing::{Model, change, forms, name_of};
use support::{build, list_image};

fn tree_of(name: &str, len: usize) -> Tree {
    let mut tree = Tree::new();
    tree.add(name, Item::Bytes(vec![name.len() as u8; len].into()), &ItemOptions::default()).unwrap();
    tree
}

fn names(disc: &Disc) -> Vec<String> {
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let entries = image.read_dir(&image.root().unwrap()).unwrap();
    entries.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect()
}

fn append(image: &Path, name: &str, len: usize) {
    let growing = GrowingImage::open(image).unwrap();
    let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let options = ItemOptions::default();
    imported.tree.add(name, Item::Bytes(vec![2; len].into()), &options).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    growing.write(&plan, &Control::default()).unwrap();
}

/// The head is written last. Until then the image is the old one, however much of the session is there.
#[test]
fn an_append_without_its_head_never_was() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let plan_tree = tree_of("old", 100_000);
    let plan = LayoutPlan::new(&plan_tree, PlanOptions::default()).unwrap();
    write_image(&plan, &image, &Control::default()).unwrap();
    let before = fs::read(&image).unwrap();
    append(&image, "new", 3_000_000);
    let after = fs::read(&image).unwrap();
    assert_eq!(names(&Disc::open(&image).unwrap()), ["new", "old"]);

    for len in [after.len(), after.len() - 1_000_000, before.len() + 200_000] {
        let mut cut = after[..len].to_vec();
        cut[..before.len()].copy_from_slice(&before);
        fs::write(&image, cut).unwrap();
        let disc = Disc::open(&image).unwrap();
        assert_eq!((names(&disc), disc.sessions().len()), (vec!["old".to_owned()], 1), "{len} bytes");
    }
    append(&image, "again", 10);
    let disc = Disc::open(&image).unwrap();
    assert_eq!((names(&disc), disc.sessions().len()), (vec!["again".to_owned(), "old".to_owned()], 2));
}

fn burn(drive: &DriveName, name: &str, len: usize) {
    grow(OpenDrive::open(drive).unwrap(), PlanOptions::default(), name, len);
}

fn grow(drive: OpenDrive, first: PlanOptions, name: &str, len: usize) {
    let mut disc = GrowingDisc::open(drive).unwrap();
    let (mut tree, options) = if disc.is_blank() {
        (Tree::new(), first)
    } else {
        let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
        let options = imported.plan_options();
        (imported.tree, options)
    };
    tree.add(name, Item::Bytes(vec![3; len].into()), &ItemOptions::default()).unwrap();
    disc.close_open_session().unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
    disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
}

/// The sectors of a BD-R as a file: a session whose data end too early is not the newest, and a later one that
/// begins where its data should be is found.
#[test]
fn a_recording_that_stopped_is_passed_over_on_a_copy_of_the_medium() {
    let folder = tempfile::tempdir().unwrap();
    let medium = folder.path().join("disc");
    let drive: DriveName = format!("sim:bd-r:{}", medium.display()).parse().unwrap();
    burn(&drive, "first", 1000);
    burn(&drive, "second", 20_000_000);
    let bytes = fs::metadata(&medium).unwrap().len();

    // The second session, cut off after a third of its data.
    let copy = folder.path().join("copy");
    fs::copy(&medium, &copy).unwrap();
    File::options().write(true).open(&copy).unwrap().set_len(bytes / 3 / 65_536 * 65_536).unwrap();
    let disc = Disc::open(&copy).unwrap();
    assert_eq!((names(&disc), disc.sessions().len()), (vec!["first".to_owned()], 2));
    let options = ImportOptions { session: Some(2), ..ImportOptions::default() };
    let imported = fsimage::import(&disc, &options, &Control::default()).unwrap();
    assert!(
        imported.warnings.contains(&ImportWarning::IncompleteSession { number: 2 }),
        "{:?}",
        imported.warnings
    );

    // A third one behind what is there.
    let third = tree_of("third", 1000);
    let start = fsimage::Sector::new((bytes / 3 / 65_536 * 32) as u32);
    let place = fsimage::Place { start, ..fsimage::Place::default() };
    let plan = LayoutPlan::new(&third, PlanOptions { place, ..PlanOptions::default() }).unwrap();
    let mut bytes = fs::read(&copy).unwrap();
    plan.write_to(&mut fsimage::WriterSink::new(&mut bytes, "copy"), &Control::default()).unwrap();
    fs::write(&copy, bytes).unwrap();
    let disc = Disc::open(&copy).unwrap();
    assert_eq!((names(&disc), disc.sessions().len()), (vec!["third".to_owned()], 3));
}

const SECTOR: usize = 2048;

/// A small append to an image, as the sectors that it writes, in an order in which they may reach the medium: those of the
/// session before those of the head, and of these each behind the one before it.
struct Append {
    old: Vec<u8>,
    new: Vec<u8>,
    order: Vec<usize>,
}

impl Append {
    fn of(options: PlanOptions, image: &Path) -> Append {
        let (mut model, mut tree) = (Model::new(), Tree::new());
        change(1, &mut model, &mut tree);
        build(&tree, options, image);
        let old = fs::read(image).unwrap();
        support::growing::append(image, |tree| change(2, &mut model, tree)).unwrap();
        let new = fs::read(image).unwrap();
        let differs = |&at: &usize| sector(&old, at) != sector(&new, at);
        let behind = (old.len() / SECTOR..new.len() / SECTOR).filter(|at| differs(at));
        let head = (0..old.len() / SECTOR).filter(differs);
        let order = behind.chain(head).collect();
        Append { old, new, order }
    }

    /// What is there when so many sectors were written, and of the next one the first `part` bytes.
    fn cut(&self, written: usize, part: usize) -> Vec<u8> {
        let mut bytes = self.old.clone();
        bytes.resize(self.new.len(), 0);
        let next = self.order.get(written).map(|&at| (at, part));
        for (at, len) in self.order[..written].iter().map(|&at| (at, SECTOR)).chain(next) {
            let at = at * SECTOR;
            bytes[at..at + len].copy_from_slice(&self.new[at..at + len]);
        }
        bytes
    }
}

/// Zeros behind the end.
fn sector(bytes: &[u8], at: usize) -> &[u8] {
    bytes.get(at * SECTOR..(at + 1) * SECTOR).unwrap_or(&[0; SECTOR])
}

/// What each file system of the newest session shows, with contents.
fn shown(path: &Path, file_systems: FileSystems) -> Vec<peers::Listing> {
    let disc = Disc::open(path).unwrap();
    let all = [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Udf];
    let there = all.into_iter().filter(|one| file_systems.contains(one.as_set()));
    there.map(|one| list_image(&disc.image(None, &[one]).unwrap())).collect()
}

/// With UDF, and without.
fn every_form() -> impl Iterator<Item = PlanOptions> {
    let file_systems = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    forms().into_iter().chain([PlanOptions { file_systems, ..PlanOptions::default() }])
}

/// Power goes behind every single sector that an append writes, and within it.
#[test]
fn every_sector_of_an_append() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    for options in every_form() {
        let (what, file_systems) = (name_of(&options), options.file_systems);
        let append = Append::of(options, &image);
        let states = [&append.old, &append.new].map(|bytes| {
            fs::write(&image, bytes).unwrap();
            shown(&image, file_systems)
        });
        assert_ne!(states[0], states[1]);
        let mut became_new = None;
        for written in 0..=append.order.len() {
            for part in [0, 1024] {
                fs::write(&image, append.cut(written, part)).unwrap();
                let found = shown(&image, file_systems);
                // Each file system is in one state or the other; while the head is written they need not agree.
                for (index, listing) in found.iter().enumerate() {
                    let is_whole = [&states[0][index], &states[1][index]].contains(&listing);
                    assert!(is_whole, "{what}: {written} of {} sectors and {part} bytes", append.order.len());
                }
                if found == states[1] {
                    became_new.get_or_insert(written);
                }
            }
        }
        // Not before all of the session is there.
        let session = append.order.iter().filter(|&&at| at >= append.old.len() / SECTOR).count();
        assert!(became_new.is_some_and(|first| first >= session), "{what}: {became_new:?}, {session}");
    }
}

/// Addresses and bytes of the sectors that a drive was given between two flushes.
type Stretch = Vec<(u32, Vec<u8>)>;

/// A drive, and what it was given to write.
struct Watched(SimulatedDrive, Arc<Mutex<Vec<Stretch>>>);

impl Transport for Watched {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, timeout: Duration) -> Result<usize, TransportError> {
        let command = cdb.as_bytes();
        let mut stretches = self.1.lock().unwrap();
        match (command[0], &data) {
            // WRITE (10) and WRITE (12) have the address in the same place, SYNCHRONIZE CACHE has no data.
            (0x2A | 0xAA, Data::Out(bytes)) => {
                let first = u32::from_be_bytes(command[2..6].try_into().unwrap());
                let sectors = bytes.chunks(SECTOR).map(<[u8]>::to_vec);
                stretches.last_mut().unwrap().extend((first..).zip(sectors));
            }
            (0x35, _) => stretches.push(Stretch::new()),
            _ => {}
        }
        self.0.execute(cdb, data, timeout)
    }

    fn max_transfer(&self) -> usize {
        self.0.max_transfer()
    }
}

/// Power goes behind every single sector of a session on media that can be overwritten: on DVD+RW in all forms, on the others
/// with UDF, without, and with both. Between two flushes a drive writes in the order that it likes: here in that of the
/// commands, and in the opposite one. Power that goes within a sector leaves half of it.
#[test]
fn every_sector_of_a_session_on_an_overwritable_medium() {
    let dvd_plus_rw = Ground::Medium(MediumKind::DvdPlusRw);
    let others = [
        Ground::RestrictedOverwrite,
        Ground::PseudoOverwrite,
        Ground::Medium(MediumKind::DvdRam),
        Ground::Medium(MediumKind::BdRe),
    ];
    let forms: Vec<PlanOptions> = every_form().collect();
    // UDF 2.01 beside ISO 9660, UDF 2.50 alone, ISO 9660 with Rock Ridge and Joliet.
    let of_others = [3, 4, 8];
    let cases = forms.iter().map(|form| (dvd_plus_rw, form));
    let cases = cases.chain(others.iter().flat_map(|other| of_others.map(|form| (*other, &forms[form]))));
    for (ground, options) in cases {
        every_sector_of_a_session(ground, options.clone());
    }
}

/// Records a session behind what is on a medium, and tells what the drive was given to write.
fn watched(medium: &Path, options: PlanOptions) -> Vec<Stretch> {
    let stretches = Arc::new(Mutex::new(vec![Stretch::new()]));
    let watched = Watched(SimulatedDrive::open(medium).unwrap(), stretches.clone());
    let drive = Drive::with_waiter(Box::new(watched) as Box<dyn Transport>, Box::new(NoWait));
    grow(OpenDrive::with_drive(drive, "watched").unwrap(), options, "second", 3000);
    std::mem::take(&mut *stretches.lock().unwrap())
}

fn every_sector_of_a_session(ground: Ground, options: PlanOptions) {
    let folder = tempfile::tempdir().unwrap();
    let (what, file_systems) = (format!("{ground:?} {}", name_of(&options)), options.file_systems);
    let (medium, image) = (folder.path().join("disc"), folder.path().join("image"));
    ground.blank(&medium);
    grow(grounds::open(&medium), options.clone(), "first", 5000);
    let old = fs::read(&medium).unwrap();
    let stretches = watched(&medium, options);
    let states = [&old, &fs::read(&medium).unwrap()].map(|bytes| {
        fs::write(&image, bytes).unwrap();
        shown(&image, file_systems)
    });
    assert_ne!(states[0], states[1]);

    for backwards in [false, true] {
        fs::write(&image, &old).unwrap();
        let mut file = File::options().write(true).open(&image).unwrap();
        let mut there = old.clone();
        let mut became_new = None;
        let stretches = stretches.iter().filter(|stretch| !stretch.is_empty());
        for (step, stretch) in stretches.enumerate() {
            let mut order: Vec<_> = stretch.iter().collect();
            if backwards {
                order.reverse();
            }
            for (sector, bytes) in order {
                let (at, end) = (*sector as usize * SECTOR, (*sector as usize + 1) * SECTOR);
                there.resize(there.len().max(end), 0);
                if there[at..end] == bytes[..] {
                    continue;
                }
                there[at..end].copy_from_slice(bytes);
                // Of the session itself no half sectors: until its head is written, nobody is told of it.
                let halves = [SECTOR / 2, SECTOR];
                let mut found = Vec::new();
                for part in if step == 0 { &halves[1..] } else { &halves[..] } {
                    file.seek(SeekFrom::Start(at as u64)).unwrap();
                    file.write_all(&bytes[..*part]).unwrap();
                    found = shown(&image, file_systems);
                    for (index, listing) in found.iter().enumerate() {
                        let is_whole = [&states[0][index], &states[1][index]].contains(&listing);
                        assert!(
                            is_whole,
                            "{what}: step {step}, {part} bytes of sector {sector}, backwards: {backwards}"
                        );
                    }
                }
                if found != states[0] {
                    became_new.get_or_insert(step);
                }
            }
        }
        assert_eq!(shown(&image, file_systems), states[1]);
        // All of the session is on the medium before anything tells of it.
        assert!(became_new.is_some_and(|step| step > 0), "{what}: {became_new:?}");
    }
}

/// Which of so many sectors have arrived: all choices where they are few; else each alone, all but each, for the first ones,
/// and some by chance.
fn choices(sectors: usize) -> Vec<Vec<bool>> {
    const FEW: usize = 6;
    const FIRST: usize = 40;
    const BY_CHANCE: usize = 24;
    if sectors <= FEW {
        return (0..1 << sectors).map(|bits| (0..sectors).map(|at| bits >> at & 1 == 1).collect()).collect();
    }
    let ones = (0..sectors.min(FIRST)).flat_map(|one| {
        [true, false].map(|is_alone| (0..sectors).map(|at| (at == one) == is_alone).collect())
    });
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let by_chance = (0..BY_CHANCE as u64).map(|number| {
        // From nearly none to nearly all.
        (0..sectors).map(|_| next() % BY_CHANCE as u64 <= number).collect()
    });
    ones.collect::<Vec<_>>().into_iter().chain(by_chance).collect()
}

/// Power goes when any part of what is written between two flushes has arrived: caches are written back in whatever order.
fn any_part_between_two_flushes(
    what: &str,
    old: &[u8],
    stretches: &[Stretch],
    file_systems: FileSystems,
    image: &Path,
) {
    fs::write(image, old).unwrap();
    let (before, mut there) = (shown(image, file_systems), old.to_vec());
    let all = stretches.iter().flatten().fold(old.to_vec(), |mut bytes, (at, sector)| {
        put(&mut bytes, *at, sector);
        bytes
    });
    fs::write(image, all).unwrap();
    let after = shown(image, file_systems);
    assert_ne!(before, after);
    let mut is_head_begun = false;
    for (step, stretch) in stretches.iter().enumerate() {
        let changed: Vec<_> =
            stretch.iter().filter(|(at, bytes)| sector(&there, *at as usize) != bytes).collect();
        // The head: sectors 0 to 31, and 256 with those that a medium writes together with it.
        is_head_begun |= stretch.first().is_some_and(|(at, _)| *at < 32 || *at == 256);
        for choice in choices(changed.len()) {
            let mut bytes = there.clone();
            for (&(at, sector), _) in changed.iter().zip(&choice).filter(|(_, has_arrived)| **has_arrived) {
                put(&mut bytes, *at, sector);
            }
            fs::write(image, bytes).unwrap();
            for ((found, before), after) in shown(image, file_systems).iter().zip(&before).zip(&after) {
                let is_whole = found == before || found == after && is_head_begun;
                let sectors: Vec<u32> = changed.iter().map(|(at, _)| *at).collect();
                assert!(is_whole, "{what}: step {step}, {choice:?} of {sectors:?}");
            }
        }
        changed.iter().for_each(|(at, sector)| put(&mut there, *at, sector));
    }
}

fn put(bytes: &mut Vec<u8>, at: u32, sector: &[u8]) {
    let at = at as usize * SECTOR;
    bytes.resize(bytes.len().max(at + SECTOR), 0);
    bytes[at..at + SECTOR].copy_from_slice(sector);
}

/// With a first session at sector 0, and with one behind the head, on media and in image files.
#[test]
fn sectors_arrive_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let forms: Vec<PlanOptions> = every_form().collect();
    let image = folder.path().join("image");
    for (number, options) in [0, 3, 4, 8].into_iter().map(|form| (form, forms[form].clone())) {
        let (what, file_systems) = (name_of(&options), options.file_systems);
        let at = |name: &str| folder.path().join(format!("{name} {number}"));
        build(&tree_of("first", 5000), options.clone(), &image);
        let old = fs::read(&image).unwrap();

        // The ranges that an append writes, each when all before it has reached its place.
        let growing = GrowingImage::open(&image).unwrap();
        let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        imported.tree.add("second", Item::Bytes(vec![2; 3000].into()), &ItemOptions::default()).unwrap();
        let further = PlanOptions { place: growing.place(), ..imported.plan_options() };
        let plan = LayoutPlan::new(&imported.tree, further).unwrap();
        let planned = growing.image(&plan).unwrap();
        let sector_of = |at: fsimage::Sector| {
            let mut bytes = vec![0; SECTOR];
            fsimage::ReadSectors::read_sectors(&planned, at, &mut bytes).unwrap();
            (at.get(), bytes)
        };
        let ranges = growing.modified(&plan).unwrap();
        let stretches: Vec<Stretch> = ranges
            .iter()
            .map(|range| {
                (0..range.len.get())
                    .map(|at| sector_of(range.start.checked_add(fsimage::SectorCount::new(at)).unwrap()))
                    .collect()
            })
            .collect();
        any_part_between_two_flushes(&format!("image {what}"), &old, &stretches, file_systems, &at("file"));

        let (behind_head, at_zero) = (at("behind"), at("zero"));
        for medium in [&behind_head, &at_zero] {
            Ground::Medium(MediumKind::DvdPlusRw).blank(medium);
        }
        grow(grounds::open(&behind_head), options.clone(), "first", 5000);
        record_raw(&at_zero, &old);
        for medium in [behind_head, at_zero] {
            let old = fs::read(&medium).unwrap();
            let stretches = watched(&medium, options.clone());
            let what = format!("{} {what}", medium.display());
            any_part_between_two_flushes(&what, &old, &stretches, file_systems, &at("copy"));
        }
    }
}

/// Records an image from sector 0 on.
fn record_raw(medium: &Path, image: &[u8]) {
    let drive = SimulatedDrive::open(medium).unwrap();
    let mut drive = Drive::with_waiter(Box::new(drive) as Box<dyn Transport>, Box::new(NoWait));
    drive.wait_until_ready().unwrap();
    let there = drive.medium().unwrap();
    let mut recorder = mmc_device::recorder(&mut drive, &there).unwrap();
    let mut session = recorder.begin(&SessionRequest::new((image.len() / SECTOR) as u32)).unwrap();
    session.write(Lba::new(0), image).unwrap();
    session.close().unwrap();
}
