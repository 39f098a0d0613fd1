//! Appending to images with zeros behind their newest session, as other programs leave them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use fsimage::{
    CancelToken, Control, DEFAULT_PREFERENCE, Disc, Error, GrowingImage, ImportOptions, Item, ItemOptions,
    LayoutPlan, PlanOptions, Tree, write_image,
};

const SECTOR: u64 = 2048;
/// What mkisofs and xorriso put behind an image.
const PADDING: u64 = 150;
/// An image that has descriptors at sector 16 only gets a copy of them in front of the next session.
const HEAD_COPY: u32 = 32;

/// Where the session goes behind `end`: the copy is never mistaken for a first session at 32.
fn start_behind(end: u32) -> u32 {
    end.next_multiple_of(32).max(64) + HEAD_COPY
}

struct Scene(tempfile::TempDir);

impl Scene {
    /// An image of one file of `len` bytes that are zeros, and `behind` it.
    fn new(len: usize, behind: &[u8]) -> Scene {
        let scene = Scene(tempfile::tempdir().unwrap());
        let mut tree = Tree::new();
        tree.add("zeros", Item::Bytes(vec![0; len].into()), &ItemOptions::default()).unwrap();
        let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
        write_image(&plan, &scene.image(), &Control::default()).unwrap();
        let mut bytes = fs::read(scene.image()).unwrap();
        bytes.extend_from_slice(behind);
        fs::write(scene.image(), bytes).unwrap();
        scene
    }

    fn padded() -> Scene {
        Scene::new(10_000, &vec![0; (PADDING * SECTOR) as usize])
    }

    fn image(&self) -> PathBuf {
        self.0.path().join("image.iso")
    }

    fn end(&self) -> u32 {
        Disc::open(&self.image()).unwrap().session(None).unwrap().end.unwrap().get()
    }

    fn sectors(&self) -> u32 {
        (fs::metadata(self.image()).unwrap().len() / SECTOR) as u32
    }

    fn next_start(&self) -> u32 {
        GrowingImage::open(&self.image()).unwrap().place().start.get()
    }
}

fn append(image: &Path, name: &str, content: &[u8], control: &Control) -> fsimage::Result<u32> {
    let growing = GrowingImage::open(image)?;
    let mut imported = growing.import(&ImportOptions::default(), &Control::default())?;
    imported.tree.add(name, Item::Bytes(content.into()), &ItemOptions::default())?;
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options)?;
    growing.write(&plan, control)?;
    Ok(plan.extent().start.get())
}

fn read(image: &Path, session: u16, path: &str) -> Vec<u8> {
    let view = Disc::open(image).unwrap().image(Some(session), &DEFAULT_PREFERENCE).unwrap();
    let mut bytes = Vec::new();
    view.open(&view.lookup(path).unwrap()).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn the_next_session_takes_the_place_of_zeros() {
    let scene = Scene::padded();
    let (end, sectors) = (scene.end(), scene.sectors());
    assert_eq!(u64::from(sectors), u64::from(end) + PADDING);
    let start = append(&scene.image(), "short", b"short", &Control::default()).unwrap();
    assert_eq!(start, start_behind(end));
    assert_eq!(scene.sectors(), sectors, "a session shorter than the zeros leaves the rest of them");

    // Again: what is left of the zeros, and more than that.
    let content: Vec<u8> = (0..1_000_000u32).map(|at| (at >> 3) as u8 | 1).collect();
    let end = scene.end();
    let start = append(&scene.image(), "long", &content, &Control::default()).unwrap();
    assert_eq!(start, start_behind(end));
    assert_eq!(Disc::open(&scene.image()).unwrap().sessions().len(), 3);
    for session in 1..=3 {
        assert_eq!(read(&scene.image(), session, "/zeros"), [0; 10_000]);
    }
    assert_eq!(read(&scene.image(), 2, "/short"), b"short");
    assert_eq!(read(&scene.image(), 3, "/short"), b"short");
    assert_eq!(read(&scene.image(), 3, "/long"), content);
}

#[test]
fn sessions_behind_a_first_one_of_few_sectors_are_all_found() {
    let scene = Scene::new(10, &[]);
    assert!(scene.end() < 32);
    for number in 2..=5u8 {
        let name = format!("file{number}");
        append(&scene.image(), &name, &vec![number; 200_000], &Control::default()).unwrap();
        let sessions = Disc::open(&scene.image()).unwrap().sessions().len();
        assert_eq!(sessions, usize::from(number));
    }
    assert_eq!(read(&scene.image(), 1, "/zeros"), [0; 10]);
    assert_eq!(read(&scene.image(), 3, "/file3"), [3; 200_000]);
}

#[test]
fn anything_but_zeros_stays() {
    for at in [0, 100_000, (PADDING * SECTOR) as usize - 1] {
        let mut behind = vec![0; (PADDING * SECTOR) as usize];
        behind[at] = 1;
        let scene = Scene::new(10_000, &behind);
        assert_eq!(scene.next_start(), start_behind(scene.sectors()), "at {at}");
    }
}

#[test]
fn the_look_at_zeros_has_an_end() {
    let scene = Scene::new(10_000, &[]);
    File::options().write(true).open(scene.image()).unwrap().set_len(1 << 30).unwrap();
    assert_eq!(scene.next_start(), start_behind((1 << 30) / SECTOR as u32));
}

/// Sets the volume space size in every descriptor (ECMA-119 8.4.8) of the image.
fn set_volume_space_size(image: &Path, size: u32) {
    let mut bytes = fs::read(image).unwrap();
    for descriptor in bytes.chunks_exact_mut(SECTOR as usize).skip(16).take(4) {
        if &descriptor[1..6] == b"CD001" && descriptor[0] != 255 {
            descriptor[80..84].copy_from_slice(&size.to_le_bytes());
            descriptor[84..88].copy_from_slice(&size.to_be_bytes());
        }
    }
    fs::write(image, bytes).unwrap();
}

#[test]
fn a_file_of_zeros_behind_the_stated_end_is_not_overwritten() {
    let scene = Scene::new(400_000, &[0; 5 * SECTOR as usize]);
    let (end, sectors) = (scene.end(), scene.sectors());
    set_volume_space_size(&scene.image(), end - 190);
    assert_eq!(scene.end(), end - 190);
    assert_eq!(scene.next_start(), start_behind(sectors));
}

#[test]
fn a_partition_of_zeros_behind_the_image_is_not_overwritten() {
    let scene = Scene::padded();
    let mut bytes = fs::read(scene.image()).unwrap();
    // The second entry of a partition table: start and length in blocks of 512 bytes.
    let first = scene.end().next_multiple_of(16) * 4;
    bytes[446 + 16 + 4] = 0x0C;
    bytes[446 + 16 + 8..][..4].copy_from_slice(&first.to_le_bytes());
    bytes[446 + 16 + 12..][..4].copy_from_slice(&64u32.to_le_bytes());
    bytes[510..512].copy_from_slice(&[0x55, 0xAA]);
    fs::write(scene.image(), bytes).unwrap();
    assert_eq!(scene.next_start(), start_behind(scene.sectors()));
}

#[test]
fn a_failed_session_leaves_the_zeros() {
    let scene = Scene::padded();
    let before = fs::read(scene.image()).unwrap();
    let token = CancelToken::default();
    token.cancel();
    let control = Control { cancel: token, ..Control::default() };
    let error = append(&scene.image(), "short", b"short", &control).unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
    assert!(before == fs::read(scene.image()).unwrap(), "the image has changed");
}

/// UDF that is announced by the recognition sequence (ECMA-167 2/9.1) of either revision, and is not there.
#[test]
fn udf_without_an_anchor_is_damaged_and_not_appended_to() {
    for name in [b"NSR02", b"NSR03"] {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("udf.img");
        let mut bytes = vec![0; 300 * SECTOR as usize];
        for (id, at) in [b"BEA01", name, b"TEA01"].into_iter().zip(16..) {
            bytes[at * SECTOR as usize + 1..][..5].copy_from_slice(id);
            bytes[at * SECTOR as usize + 6] = 1;
        }
        fs::write(&image, &bytes).unwrap();
        let disc = Disc::open(&image).unwrap();
        let error = disc.image(None, &DEFAULT_PREFERENCE).map(drop).unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
        assert!(error.to_string().contains("anchor"), "{error}");
        let error = GrowingImage::open(&image).map(drop).unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
        assert!(error.to_string().contains("anchor"), "{error}");
        assert!(bytes == fs::read(&image).unwrap(), "the image has changed");
    }
}

/// Mode 1 sectors of 2352 bytes (ECMA-130 14): synchronisation and header in front of the user data.
#[test]
fn raw_sectors_are_not_appended_to() {
    let scene = Scene::padded();
    let mut raw = Vec::new();
    for (sector, number) in fs::read(scene.image()).unwrap().chunks_exact(SECTOR as usize).zip(150u32..) {
        let bcd = |value: u32| (value / 10 * 16 + value % 10) as u8;
        raw.extend([0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
        raw.extend([bcd(number / 4500), bcd(number / 75 % 60), bcd(number % 75), 1]);
        raw.extend(sector);
        raw.extend([0; 288]);
    }
    fs::write(scene.image(), &raw).unwrap();
    assert_eq!(Disc::open(&scene.image()).unwrap().sessions().len(), 1, "it is read");
    let error = GrowingImage::open(&scene.image()).map(drop).unwrap_err();
    assert!(matches!(error, Error::NotGrowable { .. }), "{error:?}");
    assert!(raw == fs::read(scene.image()).unwrap(), "the image has changed");
}

#[cfg(target_os = "linux")]
#[test]
fn interop_xorriso_sees_the_whole_chain_of_sessions() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let source = folder.path().join("file");
    fs::write(&source, "a file").unwrap();
    let run = |arguments: &[&std::ffi::OsStr]| {
        let output = peers::run(xorriso.path(), arguments).unwrap();
        let text = output.success("xorriso").unwrap();
        String::from_utf8(text).unwrap()
    };
    for name in ["/one", "/two"] {
        run(&[
            "-dev".as_ref(),
            image.as_os_str(),
            "-map".as_ref(),
            source.as_os_str(),
            name.as_ref(),
            "-commit".as_ref(),
        ]);
    }
    append(&image, "three", b"three", &Control::default()).unwrap();
    run(&[
        "-dev".as_ref(),
        image.as_os_str(),
        "-map".as_ref(),
        source.as_os_str(),
        "/four".as_ref(),
        "-commit".as_ref(),
    ]);
    let last = append(&image, "five", b"five", &Control::default()).unwrap();

    let disc = Disc::open(&image).unwrap();
    let starts: Vec<u32> = disc.sessions().iter().map(|session| session.start.get()).collect();
    assert_eq!((starts.len(), starts.last()), (5, Some(&last)));
    let toc = run(&["-indev".as_ref(), image.as_os_str(), "-toc".as_ref()]);
    // "ISO session  :   1 ,        32 ,       50s , ISOIMAGE"
    let listed: Vec<u32> = toc
        .lines()
        .filter(|line| line.starts_with("ISO session"))
        .map(|line| line.split([':', ',']).nth(2).unwrap().trim().parse().unwrap())
        .collect();
    assert_eq!(listed, starts, "{toc}");
}

/// xorriso counts the size of its first session, at sector 32, from there, and the head's from sector 0.
#[cfg(target_os = "linux")]
#[test]
fn interop_a_single_session_of_xorriso_ends_where_its_head_says() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let source = folder.path().join("file");
    fs::write(&source, vec![7; 3_000_000]).unwrap();
    let arguments: [&std::ffi::OsStr; 9] = [
        "-outdev".as_ref(),
        image.as_os_str(),
        "-joliet".as_ref(),
        "on".as_ref(),
        "-map".as_ref(),
        source.as_os_str(),
        "/seven".as_ref(),
        "-commit".as_ref(),
        "-end".as_ref(),
    ];
    peers::run(xorriso.path(), &arguments).unwrap().success("xorriso").unwrap();
    let bytes = fs::read(&image).unwrap();
    let size = |start: usize| {
        let at = (start + 16) * SECTOR as usize + 80;
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    };
    assert_eq!(size(0), size(32) + 32, "what this test is about");
    let disc = Disc::open(&image).unwrap();
    let session = disc.session(None).unwrap();
    assert_eq!((session.start.get(), session.end.map(|end| end.get())), (32, Some(size(0))));
    let next = append(&image, "next", b"next", &Control::default()).unwrap();
    assert_eq!(next, size(0).next_multiple_of(32));
}
