//! Images that other software made, damaged (`FSIMAGE_CORPUS`), read through the facade: every session, file
//! system, file and table. Nothing may panic or take long; what is wrong is a finding or an error with words.
//!
//! `FSIMAGE_DAMAGE=all` damages every sector; without it a sample of them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fsimage::{
    BootImage, BootOptions, BootPlatform, BootSource, Control, DEFAULT_PREFERENCE, DeepDirectories, Disc,
    FileSystems, HybridOptions, Item, ItemOptions, Kind, LayoutPlan, PartitionOptions, PlanOptions,
    ReadError, ReadSectors, Sector, SectorCount, Tree, VerifyReport, WriterSink, ZisofsOptions,
    ZisofsVersion,
};

const SECTOR: usize = 2048;
/// Larger images are padded, or have large files: what matters lies in front.
const LARGEST: usize = 2 << 20;
/// The longest that one damaged image may take. It is far more than any takes.
const MOST_TIME: Duration = Duration::from_secs(10);

/// An image in memory that notes what is read.
struct Recording {
    bytes: Mutex<Vec<u8>>,
    sectors: Mutex<BTreeSet<u32>>,
}

impl Recording {
    fn new(bytes: Vec<u8>) -> Arc<Recording> {
        Arc::new(Recording { bytes: Mutex::new(bytes), sectors: Mutex::default() })
    }
}

impl ReadSectors for Recording {
    fn sectors(&self) -> SectorCount {
        SectorCount::new((self.bytes.lock().unwrap().len() / SECTOR) as u32)
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let count = SectorCount::new((into.len() / SECTOR) as u32);
        let first = start.get() as usize * SECTOR;
        let bytes = self.bytes.lock().unwrap();
        let Some(found) = bytes.get(first..first + into.len()) else {
            let available = SectorCount::new((bytes.len() / SECTOR) as u32);
            return Err(ReadError::OutOfRange { start, count, available });
        };
        into.copy_from_slice(found);
        self.sectors.lock().unwrap().extend(start.get()..start.get() + count.get());
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

/// Reads all of a disc; errors have words.
fn read(disc: Result<Disc, fsimage::Error>) -> Option<VerifyReport> {
    let worded = |error: fsimage::Error| assert!(!error.to_string().is_empty());
    let disc = disc.map_err(worded).ok()?;
    for session in disc.sessions().iter().rev().take(4) {
        let _ = disc.describe(Some(session.number)).map_err(worded);
    }
    let report = disc.verify(None, &Control::default()).map_err(worded).ok()?;
    assert!(report.findings.iter().all(|finding| !finding.message.is_empty()));
    Some(report)
}

fn timed(what: &str, disc: impl FnOnce() -> Result<Disc, fsimage::Error>) -> Option<VerifyReport> {
    let started = Instant::now();
    let report = read(disc());
    let taken = started.elapsed();
    assert!(taken < MOST_TIME, "{what}: {taken:?}");
    report
}

/// How many of `there` are looked at.
fn sample(there: usize, most: usize) -> usize {
    let all = std::env::var("FSIMAGE_DAMAGE").is_ok_and(|value| value == "all");
    if all { 1 } else { there.div_ceil(most).max(1) }
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
            bytes.truncate(LARGEST);
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

/// Sectors that a reader needs, without those in the middle of files.
fn metadata(image: &Arc<Recording>) -> Vec<u32> {
    let disc = Disc::from_source(image.clone(), "memory");
    read(Disc::from_source(image.clone(), "memory"));
    let mut sectors = std::mem::take(&mut *image.sectors.lock().unwrap());
    if let Ok(volume) = disc.and_then(|disc| disc.image(None, &DEFAULT_PREFERENCE)) {
        let _ = volume.walk(&mut |_, entry| {
            for section in entry.sections().iter().filter(|_| entry.kind == Kind::File) {
                let first = section.start.get();
                for sector in (first..first.saturating_add(section.len.div_ceil(SECTOR as u32))).skip(1) {
                    sectors.remove(&sector);
                }
            }
            Ok(())
        });
    }
    sectors.into_iter().collect()
}

#[test]
fn flipped_bits_in_metadata() {
    /// Per sector.
    const FLIPS: usize = 6;
    let mut untold = Vec::new();
    for (number, (name, bytes)) in images().into_iter().enumerate() {
        let image = Recording::new(bytes);
        let whole = read(Disc::from_source(image.clone(), "memory")).filter(VerifyReport::is_whole);
        let sectors = metadata(&image);
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (number as u64 + 1));
        for &sector in sectors.iter().step_by(sample(sectors.len(), 24)) {
            let range = sector as usize * SECTOR..(sector as usize + 1) * SECTOR;
            let sound = image.bytes.lock().unwrap()[range.clone()].to_vec();
            for flip in 0..FLIPS {
                let mut damaged = sound.clone();
                match flip {
                    0 => damaged.fill(0),
                    1 => damaged.fill(0xff),
                    // What is meaningful stands at the beginning of structures.
                    _ => {
                        let at = random.below(if flip % 2 == 0 { 256 } else { SECTOR });
                        damaged[at] ^= 1 << random.below(8);
                    }
                }
                image.bytes.lock().unwrap()[range.clone()].copy_from_slice(&damaged);
                let what = format!("{name}, sector {sector}, flip {flip}");
                let found = timed(&what, || Disc::from_source(image.clone(), "memory"));
                // What is lost is told.
                if let (Some(whole), Some(found)) = (&whole, &found)
                    && (found.files < whole.files || found.bytes < whole.bytes)
                    && found.findings.iter().all(|finding| whole.findings.contains(finding))
                {
                    untold.push(format!("{what}: {found:?}"));
                }
            }
            image.bytes.lock().unwrap()[range].copy_from_slice(&sound);
        }
    }
    assert!(untold.is_empty(), "{} losses are not told:\n{}", untold.len(), untold.join("\n"));
}

#[test]
fn truncations() {
    for (name, bytes) in images() {
        let whole = (bytes.len() / SECTOR) as u32;
        let image = Recording::new(bytes.clone());
        let sound = timed(&name, || Disc::from_source(image, "memory"));
        let mut cuts: BTreeSet<u32> = (0..whole).step_by(sample(whole as usize, 24)).collect();
        cuts.extend(16..40.min(whole));
        for end in cuts {
            let image = Recording::new(bytes[..end as usize * SECTOR].to_vec());
            let cut = timed(&format!("{name}, cut at {end}"), || Disc::from_source(image, "memory"));
            // Files that are gone are told.
            if let (Some(sound), Some(cut)) = (&sound, &cut)
                && sound.is_whole()
                && cut.bytes < sound.bytes
            {
                assert!(!cut.findings.is_empty(), "{name}, cut at {end}: {cut:?}");
            }
        }
    }
}

/// Damages a file in place, and reads it with `open` each time.
fn damage_file(path: &Path, places: &[u64], open: &dyn Fn() -> Result<Disc, fsimage::Error>) {
    let sound = fs::read(path).unwrap();
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    for &at in places {
        for flip in 0..4 {
            let mut damaged = sound.clone();
            let Some(byte) = damaged.get_mut(at as usize) else { continue };
            *byte = match flip {
                0 => 0,
                1 => 0xff,
                _ => *byte ^ (1 << random.below(8)),
            };
            fs::write(path, &damaged).unwrap();
            timed(&format!("{}, byte {at}, flip {flip}", path.display()), open);
        }
    }
    let cuts = sample(sound.len(), 40);
    for end in (0..sound.len()).step_by(cuts).chain(sound.len().saturating_sub(20)..sound.len()) {
        File::options().write(true).truncate(true).open(path).unwrap();
        fs::write(path, &sound[..end]).unwrap();
        timed(&format!("{}, cut at {end}", path.display()), open);
    }
    fs::write(path, sound).unwrap();
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
    // Headers and first bytes of the sectors up to the directories; then some of all others.
    let mut places: Vec<u64> =
        (16..30).flat_map(|sector| [0, 11, 15, 16, 17, 22, 172, 180].map(|at| sector * 2352 + at)).collect();
    places.extend((0..302).step_by(sample(302, 20)).map(|sector| sector * 2352 + 15));
    damage_file(&path, &places, &|| Disc::open(&path));
}

#[test]
fn damaged_nero_images() {
    let folder = tempfile::tempdir().unwrap();
    let Some(path) = unpack(folder.path(), "libcdio__videocd.nrg") else { return };
    let length = fs::metadata(&path).unwrap().len();
    // Every byte of the chain of chunks and of the footer.
    let chain = length - 136;
    let places: Vec<u64> = (chain..length).step_by(sample(136, 68)).collect();
    damage_file(&path, &places, &|| Disc::open(&path));
}

#[test]
fn damaged_cue_sheets() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_) = unpack(folder.path(), "libcdio__isofs-m1.bin") else { return };
    let path = folder.path().join("sheet.cue");
    let sheet = "FILE \"libcdio__isofs-m1.bin\" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n  \
                 TRACK 02 AUDIO\n    PREGAP 00:02:00\n    INDEX 01 00:03:70\nREM SESSION 02\n";
    fs::write(&path, sheet).unwrap();
    damage_file(&path, &(0..sheet.len() as u64).collect::<Vec<_>>(), &|| Disc::open(&path));
}
