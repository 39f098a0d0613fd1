//! The examples that do what the samples of IMAPI2 do, on simulated drives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use fsimage::{
    Blanking, DEFAULT_PREFERENCE, Disc, DriveName, GrowingDisc, MediumKind, OpenDrive,
    create_simulated_medium, drives,
};

#[path = "../examples/sample_audio_disc.rs"]
mod audio_disc;
#[path = "../examples/sample_boot_disc.rs"]
mod boot_disc;
#[path = "../examples/sample_data_disc.rs"]
mod data_disc;
#[path = "../examples/sample_erase.rs"]
mod erase;
#[path = "../examples/sample_multisession.rs"]
mod multisession;
#[path = "../examples/sample_recorders.rs"]
mod recorders;

/// A folder with a file.
fn folder(at: &Path, name: &str, text: &str) -> PathBuf {
    let folder = at.join(format!("folder of {name}"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
    folder
}

fn disc(path: &Path) -> Disc {
    OpenDrive::open(&DriveName::Simulated { kind: None, path: path.to_owned() }).unwrap().disc().unwrap()
}

fn content(disc: &Disc, path: &str) -> String {
    let image = disc.image(None, &DEFAULT_PREFERENCE).unwrap();
    let mut text = String::new();
    image.open(&image.lookup(path).unwrap()).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn drive(kind: &str, path: &Path) -> String {
    format!("sim:{kind}:{}", path.display())
}

#[test]
fn a_data_disc_and_erasing_it() {
    let at = tempfile::tempdir().unwrap();
    let path = at.path().join("disc");
    let burnt = data_disc::record(&folder(at.path(), "file", "the file"), &drive("dvd+rw", &path)).unwrap();
    assert!(burnt.sectors > 0);
    assert_eq!(content(&disc(&path), "/file"), "the file");
    let again = data_disc::record(&folder(at.path(), "other", "another"), &drive("dvd+rw", &path));
    assert!(again.unwrap_err().to_string().contains("holds sessions"));
    assert_eq!(content(&disc(&path), "/file"), "the file", "the first is not hidden");
    assert!(erase::erase(&format!("sim:{}", path.display()), Blanking::Quick).unwrap());
    let name = DriveName::Simulated { kind: None, path };
    assert!(GrowingDisc::open(OpenDrive::open(&name).unwrap()).unwrap().is_blank());
}

#[test]
fn several_sessions() {
    let at = tempfile::tempdir().unwrap();
    let path = at.path().join("disc");
    for (name, text) in [("one", "1"), ("two", "2"), ("three", "3")] {
        multisession::add(&folder(at.path(), name, text), &drive("bd-r", &path)).unwrap();
    }
    let disc = disc(&path);
    assert_eq!(disc.sessions().len(), 3);
    assert_eq!(["/one", "/two", "/three"].map(|path| content(&disc, path)), ["1", "2", "3"]);
}

#[test]
fn a_disc_that_boots() {
    let at = tempfile::tempdir().unwrap();
    let path = at.path().join("disc");
    let image = |name: &str, sectors: usize| {
        let path = at.path().join(name);
        fs::write(&path, vec![0x90; sectors * 2048]).unwrap();
        path
    };
    boot_disc::record(&image("bios", 4), &image("efi", 30), &drive("dvd-r", &path)).unwrap();
    let set_up = disc(&path).boot_catalog(None).unwrap().expect("no boot catalog");
    let images: Vec<_> = set_up.images.iter().map(|image| image.platform_id).collect();
    assert_eq!(images, [0, 0xEF]);
}

#[test]
fn a_disc_of_sound() {
    let at = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> = (1..=2u32)
        .map(|number| {
            let path = at.path().join(format!("{number}.wav"));
            let samples: u32 = 44_100 * 4 * 5;
            let mut wave = Vec::new();
            wave.extend(b"RIFF");
            wave.extend((36 + samples).to_le_bytes());
            wave.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
            wave.extend(44_100u32.to_le_bytes());
            wave.extend((44_100u32 * 4).to_le_bytes());
            wave.extend(b"\x04\0\x10\0data");
            wave.extend(samples.to_le_bytes());
            wave.resize(wave.len() + samples as usize, number as u8);
            fs::write(&path, wave).unwrap();
            path
        })
        .collect();
    let tracks = audio_disc::record(&files, &drive("cd-r", &at.path().join("disc"))).unwrap();
    assert_eq!(
        tracks.iter().map(|track| (track.number, track.sectors)).collect::<Vec<_>>(),
        [(1, 375), (2, 375)]
    );
}

#[test]
fn recorders_and_what_they_hold() {
    let at = tempfile::tempdir().unwrap();
    let path = at.path().join("disc");
    create_simulated_medium(&path, MediumKind::BdRe).unwrap();
    let summary = recorders::describe(&format!("sim:{}", path.display())).unwrap();
    assert_eq!(summary.medium.profile, "BD-RE");
    assert!(summary.medium.free > 0 && !summary.vendor.is_empty());
    // There may be drives here, or none; that it can be asked is all that is known.
    assert!(drives().is_ok());
}
