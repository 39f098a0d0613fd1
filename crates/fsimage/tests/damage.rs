//! Images that other software made, damaged (`FSIMAGE_CORPUS`), read through the facade: every session, file
//! system, file and table. Every sector of metadata is damaged in several ways, and the image cut there. Nothing may
//! panic or take long; what is wrong is a finding or an error with words, or readers are shown what they were before.
//!
//! Nobody can see a bit that no reader needs, such as one of an unused byte, nor one of what stands there once: names,
//! times, targets of symbolic links, values of extended attributes, texts of descriptors. Of these a sound image may be made
//! another one that is sound; all else that readers are shown must then be as before.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fsimage::{
    BootImage, BootOptions, BootPlatform, BootSource, Control, DEFAULT_PREFERENCE, DeepDirectories, Disc,
    FileSystems, Finding, HybridOptions, ImageEntry, Item, ItemOptions, Kind, LayoutPlan, PartitionOptions,
    PlanOptions, ReadError, ReadSectors, Sector, SectorCount, Tree, WriterSink, ZisofsOptions, ZisofsVersion,
};
use rayon::prelude::*;

const SECTOR: usize = 2048;
/// The longest that one damaged image may take. It is far more than any takes.
const MOST_TIME: Duration = Duration::from_secs(10);

/// An image in memory that notes what is read.
struct Recording(Mutex<State>);

struct State {
    bytes: Vec<u8>,
    /// Sectors that are there.
    end: usize,
    read: BTreeSet<u32>,
}

impl Recording {
    fn new(bytes: Vec<u8>) -> Arc<Recording> {
        let end = bytes.len() / SECTOR;
        Arc::new(Recording(Mutex::new(State { bytes, end, read: BTreeSet::new() })))
    }

    fn disc(self: &Arc<Recording>) -> Result<Disc, fsimage::Error> {
        Disc::from_source(self.clone(), "memory")
    }

    fn cut(&self, end: u32) {
        self.0.lock().unwrap().end = end as usize;
    }

    /// Gives a sector other bytes; those that it had come back.
    fn exchange(&self, sector: u32, bytes: &[u8]) -> Vec<u8> {
        let start = sector as usize * SECTOR;
        let mut state = self.0.lock().unwrap();
        let place = &mut state.bytes[start..start + SECTOR];
        let before = place.to_vec();
        place.copy_from_slice(bytes);
        before
    }
}

impl ReadSectors for Recording {
    fn sectors(&self) -> SectorCount {
        SectorCount::new(self.0.lock().unwrap().end as u32)
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let count = SectorCount::new((into.len() / SECTOR) as u32);
        let first = start.get() as usize * SECTOR;
        let mut state = self.0.lock().unwrap();
        let Some(found) = state.bytes[..state.end * SECTOR].get(first..first + into.len()) else {
            let available = SectorCount::new(state.end as u32);
            return Err(ReadError::OutOfRange { start, count, available });
        };
        into.copy_from_slice(found);
        state.read.extend(start.get()..start.get() + count.get());
        Ok(())
    }
}

/// xorshift64*: the same damage on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// What readers are shown of an image.
struct Reading {
    findings: Vec<Finding>,
    items: Vec<Shown>,
}

/// An item of a file system.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Shown {
    /// Its file system, depth and kind.
    kind: String,
    /// What is recorded more than once, or has a sum, or follows from both.
    safe: String,
    /// What stands there once.
    once: String,
}

/// Reads all of a disc in bounded time; errors have words.
fn read(what: &str, disc: impl FnOnce() -> Result<Disc, fsimage::Error>) -> Option<Reading> {
    let started = Instant::now();
    let reading = read_all(disc());
    let taken = started.elapsed();
    assert!(taken < MOST_TIME, "{what}: {taken:?}");
    reading.map_err(|error| assert!(!error.to_string().is_empty(), "{what}")).ok()
}

fn read_all(disc: Result<Disc, fsimage::Error>) -> Result<Reading, fsimage::Error> {
    let disc = disc?;
    for session in disc.sessions().iter().rev().take(4) {
        disc.describe(Some(session.number))?;
    }
    disc.boot_catalog(None)?;
    let findings = disc.verify(None, &Control::default())?.findings;
    assert!(findings.iter().all(|finding| !finding.message.is_empty()));
    let mut items = Vec::new();
    for file_system in DEFAULT_PREFERENCE {
        let Ok(image) = disc.image(None, &[file_system]) else { continue };
        let walked = image.walk(&mut |path, entry| {
            let depth = path.iter().filter(|&&byte| byte == b'/').count();
            let ImageEntry { kind, len, links, attributes, device, .. } = entry;
            let sections = entry.sections();
            let safe = format!(
                "{file_system} {depth} {kind:?} {len} {links} {attributes:?} {device:?} {sections:?}"
            );
            items.push(Shown {
                kind: format!("{file_system} {depth} {kind:?}"),
                safe,
                once: format!("{} {entry:?}", path.escape_ascii()),
            });
            Ok(())
        });
        // What cannot be walked to its end was told by the check.
        assert!(walked.is_ok() || !findings.is_empty(), "{walked:?}");
    }
    items.sort();
    Ok(Reading { findings, items })
}

/// What is wrong with what became of `sound`: by what is kept of items, others are shown, and nobody is told.
fn untold(sound: &Reading, damaged: Option<&Reading>, kept: fn(&Shown) -> String) -> Option<String> {
    let damaged = damaged?;
    if damaged.findings.iter().any(|finding| !sound.findings.contains(finding)) {
        return None;
    }
    let items = |reading: &Reading| reading.items.iter().map(kept).collect::<Vec<_>>();
    let (before, after) = (items(sound), items(damaged));
    let lost = before.iter().find(|item| !after.contains(item));
    (before != after).then(|| format!("{} items, {} before, such as {lost:?}", after.len(), before.len()))
}

/// Parts of the names of corpus images without which these tests would say less than they should.
const KINDS: &[&str] =
    &["zisofs", "zf_overflow", "multi_extent", "rockridge_ce", "rr_moved", "joliet_long", "hybrid"];

/// Images with ISO 9660 and its extensions; those with UDF alone are damaged by the tests of its crate. With them one of
/// our own, which has all at once.
fn images() -> Vec<(String, Vec<u8>)> {
    let mut images = vec![("our own".to_owned(), our_own())];
    let (Some(folder), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return images };
    for image in peers::corpus_images(&folder).unwrap() {
        let mut bytes = image.bytes(&xz).unwrap();
        if bytes.get(16 * SECTOR + 1..16 * SECTOR + 6) == Some(b"CD001") {
            bytes.resize(bytes.len().next_multiple_of(SECTOR), 0);
            images.push((image.name, bytes));
        }
    }
    for kind in KINDS {
        assert!(images.iter().any(|(name, _)| name.contains(kind)), "no image of {kind}");
    }
    images
}

/// Rock Ridge with links, devices and continuation areas, Joliet, the enhanced tree, compressed files of both versions,
/// a boot catalog, and a GPT.
fn our_own() -> Vec<u8> {
    let mut tree = Tree::new();
    let mut add = |path: &str, item| tree.add(path, item, &ItemOptions::default()).unwrap();
    let text = || Item::Bytes((0..100_000u32).map(|at| (at / 9 % 200) as u8).collect());
    let boot = add("/boot/image", Item::Bytes([0x90; 4096].into()));
    let first = add("/a/first.v1", text());
    add("/a/second.v2", text());
    add("/a/linked", Item::HardLink(first));
    add(&format!("/a/{}", "n".repeat(200)), Item::Symlink(&[b't'; 180]));
    add("/a/null", Item::CharacterDevice(fsimage::DeviceNumber::new(1, 3).unwrap()));
    add("/1/2/3/4/5/6/7/8/9/deep", text());
    let file_systems =
        FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::ENHANCED;
    let options = PlanOptions {
        file_systems,
        deep_directories: DeepDirectories::Relocate,
        boot: Some(BootOptions {
            images: vec![BootImage::new(BootSource::File(boot), BootPlatform::X86)],
            ..BootOptions::default()
        }),
        hybrid: Some(HybridOptions {
            partitions: vec![PartitionOptions::image()],
            ..HybridOptions::default()
        }),
        ..PlanOptions::default()
    };
    for (version, suffix) in [(ZisofsVersion::One, b".v1"), (ZisofsVersion::Two, b".v2")] {
        let zisofs = ZisofsOptions { version, ..ZisofsOptions::default() };
        let mut select = |tree: &Tree, node| tree.name(node).ends_with(suffix);
        let report = tree.compress(&mut select, &zisofs, &options, &Control::default()).unwrap();
        assert_eq!(report.compressed, 1);
    }
    let mut image = Vec::new();
    let plan = LayoutPlan::new(&tree, options).unwrap();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

/// Files in ISO 9660 and UDF.
fn bridge() -> Vec<u8> {
    let mut tree = Tree::new();
    for path in ["/a", "/b"] {
        tree.add(path, Item::Bytes(b"x".as_slice().into()), &ItemOptions::default()).unwrap();
    }
    let file_systems = FileSystems::ISO9660 | FileSystems::UDF;
    let mut image = Vec::new();
    let plan = LayoutPlan::new(&tree, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

/// Sectors that a reader needs, without those of contents; of files that are compressed the first is needed.
fn metadata(image: &Arc<Recording>) -> Vec<u32> {
    let Ok(disc) = image.disc() else { return (16..(image.sectors().get()).min(64)).collect() };
    read("sound", || image.disc());
    let mut sectors = std::mem::take(&mut image.0.lock().unwrap().read);
    for file_system in DEFAULT_PREFERENCE {
        let Ok(volume) = disc.image(None, &[file_system]) else { continue };
        let _ = volume.walk(&mut |_, entry| {
            let recorded: u64 = entry.sections().iter().map(|section| u64::from(section.len)).sum();
            let head = u32::from(recorded != entry.len);
            for section in entry.sections().iter().filter(|_| entry.kind == Kind::File) {
                let first = section.start.get();
                let behind = first.saturating_add(section.len.div_ceil(SECTOR as u32));
                for sector in first.saturating_add(head)..behind {
                    sectors.remove(&sector);
                }
            }
            Ok(())
        });
    }
    sectors.into_iter().collect()
}

/// Does something to all images, side by side; it gives what is wrong.
fn with_each_image(check: impl Fn(usize, &str, &Arc<Recording>, &Reading) -> Vec<String> + Sync) {
    let wrong: Vec<String> = images()
        .into_par_iter()
        .enumerate()
        .flat_map_iter(|(number, (name, bytes))| {
            let image = Recording::new(bytes);
            let sound = read(&name, || image.disc());
            let none = Reading { findings: Vec::new(), items: Vec::new() };
            check(number, &name, &image, sound.as_ref().unwrap_or(&none))
        })
        .collect();
    assert!(wrong.is_empty(), "{} losses are not told:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn flipped_bits_in_metadata() {
    /// Per sector: bits of structures, which mostly stand at its beginning, and bits anywhere.
    const FLIPS: [usize; 4] = [256, SECTOR, 256, SECTOR];
    with_each_image(|number, name, image, sound| {
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (number as u64 + 1));
        let mut wrong = Vec::new();
        for sector in metadata(image) {
            let before = image.exchange(sector, &[0; SECTOR]);
            let mut look = |what: &str| {
                let what = format!("{name}, sector {sector}, {what}");
                let found = read(&what, || image.disc());
                wrong.extend(
                    untold(sound, found.as_ref(), |item| item.safe.clone())
                        .map(|loss| format!("{what}: {loss}")),
                );
            };
            look("all zeros");
            image.exchange(sector, &[0xff; SECTOR]);
            look("all ones");
            for within in FLIPS {
                let (at, bit) = (random.below(within), random.below(8));
                let mut damaged = before.clone();
                damaged[at] ^= 1 << bit;
                image.exchange(sector, &damaged);
                look(&format!("bit {bit} of byte {at}"));
            }
            image.exchange(sector, &before);
        }
        wrong
    });
}

/// What stands once, and takes away more than itself when it is damaged.
#[test]
fn what_hides_other_things_is_told() {
    let check = |bytes: &[u8], at: usize, value: u8, told: &str| {
        let mut damaged = bytes.to_vec();
        damaged[at] = value;
        let found = read(told, || Recording::new(damaged).disc()).unwrap();
        let is_told = found.findings.iter().any(|finding| finding.message.contains(told));
        assert!(is_told, "byte {at}, {told}: {:?}", found.findings);
    };
    let find = |bytes: &[u8], wanted: &[u8], after: usize| {
        after + bytes[after..].windows(wanted.len()).position(|window| window == wanted).unwrap()
    };
    let ours = our_own();
    let record = find(&ours, b"FIRST.V1;1", 0) - 33;
    check(&ours, find(&ours, b"PX", record), b'Q', "no PX entry");
    check(&ours, record + 1, 2, "an extended attribute record of 2 blocks is announced");
    check(&ours, find(&ours, b"%/E", 17 * SECTOR), b'$', "not those of Joliet");
    let bridge = bridge();
    check(&bridge, find(&bridge, b"NSR0", 17 * SECTOR), 0, "a damaged volume recognition sequence");
    let record = find(&bridge, b"A.;1", 18 * SECTOR) - 33;
    let both = bridge[record] + bridge[record + usize::from(bridge[record])];
    check(&bridge, record, both, "a directory record in the System Use field of another");
}

#[test]
fn truncations() {
    /// Cuts among contents.
    const CUTS: usize = 24;
    with_each_image(|_, name, image, sound| {
        let whole = image.sectors().get();
        let mut cuts: BTreeSet<u32> = (0..whole).step_by((whole as usize).div_ceil(CUTS)).collect();
        cuts.extend(metadata(image));
        let cut = |end: u32| {
            image.cut(end);
            let what = format!("{name}, cut at {end}");
            let found = read(&what, || image.disc());
            untold(sound, found.as_ref(), |item| item.safe.clone()).map(|loss| format!("{what}: {loss}"))
        };
        cuts.into_iter().filter_map(cut).collect()
    });
}

/// Damages bytes of a file in place, and cuts it at all of `cuts`; it is read with `open` each time.
fn damage_file(
    path: &Path,
    places: &[u64],
    cuts: impl Iterator<Item = u64>,
    kept: fn(&Shown) -> String,
    open: &dyn Fn() -> Result<Disc, fsimage::Error>,
) {
    let sound = fs::read(path).unwrap();
    let shown = read("sound", open).unwrap();
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let mut wrong = Vec::new();
    let mut look = |what: String| {
        let found = read(&what, open);
        wrong.extend(untold(&shown, found.as_ref(), kept).map(|loss| format!("{what}: {loss}")));
    };
    let file = File::options().write(true).open(path).unwrap();
    let write = |bytes: &[u8], at: u64| {
        (&file).seek(SeekFrom::Start(at)).and_then(|_| (&file).write_all(bytes)).unwrap();
    };
    for &at in places {
        let byte = sound[at as usize];
        for damaged in [0, 0xff, byte ^ (1 << random.below(8)), byte ^ (1 << random.below(8))] {
            if damaged != byte {
                write(&[damaged], at);
                look(format!("byte {at}, {byte:02x} become {damaged:02x}"));
            }
        }
        write(&[byte], at);
    }
    for end in cuts {
        file.set_len(end).unwrap();
        look(format!("cut at {end}"));
        write(&sound[end as usize..], end);
    }
    assert!(wrong.is_empty(), "{} losses are not told:\n{}", wrong.len(), wrong.join("\n"));
}

fn unpack(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return None };
    let image = peers::corpus_images(&corpus).unwrap().into_iter().find(|image| image.name == name)?;
    Some(image.unpack(xz, folder).unwrap())
}

#[test]
fn damaged_raw_images() {
    let folder = tempfile::tempdir().unwrap();
    let Some(path) = unpack(folder.path(), "libcdio__isofs-m1.bin") else { return };
    // Headers and first bytes of the sectors up to the directories; then the modes of all.
    let mut places: Vec<u64> =
        (16..30).flat_map(|sector| [0, 11, 15, 16, 17, 22, 172, 180].map(|at| sector * 2352 + at)).collect();
    places.extend((0..302).map(|sector| sector * 2352 + 15));
    let cuts = (0..302).flat_map(|sector| [sector * 2352, sector * 2352 + 16]);
    damage_file(&path, &places, cuts, |item| item.safe.clone(), &|| Disc::open(&path));
}

#[test]
fn damaged_nero_images() {
    let folder = tempfile::tempdir().unwrap();
    let Some(path) = unpack(folder.path(), "libcdio__videocd.nrg") else { return };
    let length = fs::metadata(&path).unwrap().len();
    // Every byte of the chain of chunks and of the footer.
    let chain = length - 136;
    let places: Vec<u64> = (chain..length).collect();
    let cuts = (0..chain).step_by(length as usize / 24).chain(chain..length);
    // Where a track lies in the file, and how, stands once: of films the length follows from it.
    damage_file(&path, &places, cuts, |item| item.kind.clone(), &|| Disc::open(&path));
}

#[test]
fn damaged_cue_sheets() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_) = unpack(folder.path(), "libcdio__isofs-m1.bin") else { return };
    let path = folder.path().join("sheet.cue");
    let sheet = "FILE \"libcdio__isofs-m1.bin\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n  \
                 TRACK 02 AUDIO\n    PREGAP 00:02:00\n    INDEX 01 00:03:70\nREM SESSION 02\n";
    fs::write(&path, sheet).unwrap();
    let places: Vec<u64> = (0..sheet.len() as u64).collect();
    let cuts = 0..sheet.len() as u64;
    damage_file(&path, &places, cuts, |item| item.safe.clone(), &|| Disc::open(&path));
}
