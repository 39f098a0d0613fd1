//! Fields of the descriptors of single file systems: as they are asked for, and as they come back.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{fsimage, run};

const SECTOR: usize = 2048;

const BUILD: &[&str] = &[
    "build",
    "-q",
    "-o",
    "a.iso",
    "src",
    "--fs",
    "iso9660,joliet,iso9660-1999,udf",
    "--publisher",
    "All & Co",
    "--volume-set",
    "SET",
    "--copyright-file",
    "COPYING",
    "--field",
    "joliet:publisher=M\u{fc}ller",
    "--field",
    "joliet:volume-expires=2030-01-01T00:00:00Z",
    "--field",
    "iso9660-1999:publisher=ENHANCED",
    "--field",
    "iso9660-1999:volume=1999",
    "--field",
    "iso9660:bibliographic-file=README",
    "--field",
    "udf:volume-set=UDF SET",
    "--field",
    "udf:application=*Maker",
    "--field",
    "udf:abstract-file=README",
    "--field",
    "udf:volume-created=2001-02-03T04:05:06Z",
    "--field",
    "udf:owner=Ada",
    "--field",
    "udf:organization=ACM",
    "--field",
    "udf:contact=+1 23",
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    for name in ["src/COPYING", "src/README", "more"] {
        fs::write(folder.path().join(name), name).unwrap();
    }
    folder
}

/// The newest volume descriptor of that type and version.
fn descriptor(image: &Path, kind: u8, version: u8) -> Vec<u8> {
    let bytes = fs::read(image).unwrap();
    let mut sectors = bytes
        .chunks_exact(SECTOR)
        .filter(|sector| sector[..7] == [kind, b'C', b'D', b'0', b'0', b'1', version]);
    sectors.next_back().unwrap().to_vec()
}

/// `publisher` is that of Joliet, and of all three if it is for all.
fn shows(image: &Path, publisher: &str, is_for_all: bool) {
    let name = image.display();
    let text = |publisher: &str| format!("{publisher:<128}").into_bytes();
    let all = if is_for_all { publisher } else { "All & Co" };
    let primary = descriptor(image, 1, 1);
    assert_eq!(primary[318..446], text(all)[..], "{name}");
    assert_eq!(primary[776..813], *b"README                               ", "{name}");
    assert_eq!(primary[847..863], *b"0000000000000000", "{name}");
    let joliet = descriptor(image, 2, 1);
    let units: Vec<u8> = format!("{publisher:<64}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(joliet[318..446], units[..], "{name}");
    assert_eq!(joliet[776..780], *b"\0 \0 ", "{name}");
    assert_eq!(joliet[847..864], *b"2030010100000000\0", "{name}");
    let enhanced = descriptor(image, 2, 2);
    let of_enhanced = if is_for_all { publisher } else { "ENHANCED" };
    assert_eq!(enhanced[318..446], text(of_enhanced)[..], "{name}");
    assert_eq!(enhanced[40..72], *b"1999                            ", "{name}");
    // In the file set descriptor (ECMA-167 4/14.1): tag 256, and its fields at 336 and 368.
    let bytes = fs::read(image).unwrap();
    let file_set = bytes.chunks_exact(SECTOR).rfind(|sector| {
        sector[..2] == [0, 1] && sector[48..72] == *b"\0OSTA Compressed Unicode" && sector[416..] != [0; 1632]
    });
    let file_set = file_set.unwrap();
    assert_eq!(file_set[336..344], *b"\x08COPYING", "{name}");
    assert_eq!(file_set[368..375], *b"\x08README", "{name}");
}

fn peers_show(folder: &Path, image: &str, vsid: &str) {
    let Some(isoinfo) = peers::require("isoinfo") else { return };
    let printed = run(isoinfo.path(), folder, &["-d", "-i", image]);
    for line in ["Publisher id: All & Co", "Bibliographic File id: README", "Copyright File id: COPYING"] {
        assert!(printed.contains(line), "{image}: {line} in {printed}");
    }
    let Some(udfinfo) = peers::require("udfinfo") else { return };
    let printed = run(udfinfo.path(), folder, &[image]);
    for line in ["owner=Ada", "organization=ACM", "contact=+1 23", "appid=*Maker", "impid=*fsimage", vsid] {
        assert!(printed.lines().any(|printed| printed == line), "{image}: {line} in {printed}");
    }
}

#[test]
fn they_are_as_asked_for_and_come_back() {
    let scene = folder();
    let folder = scene.path();
    fsimage(folder, BUILD);
    shows(&folder.join("a.iso"), "M\u{fc}ller", false);
    peers_show(folder, "a.iso", "vsid=UDF SET");
    let made_in_2001 = [0, 0x10, 0xd1, 0x07, 2, 3, 4, 5, 6];
    let recorded = |image: &str| fs::read(folder.join(image)).unwrap()[32 * SECTOR + 376..][..9].to_vec();
    assert_eq!(recorded("a.iso"), made_in_2001);

    fsimage(folder, &["remaster", "-q", "a.iso", "more", "-o", "b.iso"]);
    shows(&folder.join("b.iso"), "M\u{fc}ller", false);
    peers_show(folder, "b.iso", "vsid=UDF SET");
    assert_eq!(recorded("b.iso"), made_in_2001);

    fs::copy(folder.join("a.iso"), folder.join("c.iso")).unwrap();
    fsimage(folder, &["append", "-q", "c.iso", "more"]);
    shows(&folder.join("c.iso"), "M\u{fc}ller", false);
    peers_show(folder, "c.iso", "vsid=UDF SET");

    // What is for all is for all of them.
    let new = ["remaster", "-q", "a.iso", "more", "-o", "d.iso", "--publisher", "NEW", "--volume-set", "NEW"];
    fsimage(folder, &new);
    shows(&folder.join("d.iso"), "NEW", true);
    let Some(udfinfo) = peers::require("udfinfo") else { return };
    let printed = run(udfinfo.path(), folder, &["d.iso"]);
    assert!(printed.contains("\nvsid=NEW\n"), "{printed}");
}

/// `fsimage info` tells all of them, descriptor by descriptor.
#[test]
fn info_tells_them() {
    let scene = folder();
    let folder = scene.path();
    fsimage(folder, BUILD);
    let told = fsimage(folder, &["info", "a.iso"]);
    for line in [
        "  volume set     SET",
        "  publisher      All & Co",
        "  copyright file COPYING",
        "  bibliographic  README",
        "  descriptor     supplementary, Joliet level 3: CDROM",
        "    publisher      M\u{fc}ller",
        "    bibliographic  none",
        "    expires        2030-01-01 00:00:00 UTC",
        "    publisher      ENHANCED",
        "  descriptors of UDF",
        "    abstract file  README",
        "    owner          Ada",
        "    contact        +1 23",
        "    recorded       2001-02-03 04:05:06 UTC",
    ] {
        assert!(told.lines().any(|told| told == line), "{line} in {told}");
    }
    assert!(
        told.lines().any(|told| told.starts_with("    volume set     ") && told.ends_with("UDF SET")),
        "{told}"
    );
    let told: serde_json::Value =
        serde_json::from_str(&fsimage(folder, &["info", "--json", "a.iso"])).unwrap();
    let session = &told["sessions"][0];
    assert_eq!(session["publisher"], "All & Co");
    assert_eq!(session["copyright_file"], "COPYING");
    assert_eq!(session["expiration"], serde_json::Value::Null);
    assert_eq!(session["descriptors"][1]["fields"]["publisher"], "M\u{fc}ller");
    assert_eq!(session["descriptors"][1]["fields"]["expiration"], 1_893_456_000);
    assert_eq!(session["udf_fields"]["owner"], "Ada");
    assert_eq!(session["udf_fields"]["implementation"], "*fsimage");
    assert_eq!(session["udf_fields"]["recorded"], 981_173_106);
}

/// What does not fit is told, a file that is not there too, and a field of what is not written is an error.
#[test]
fn what_cannot_be_is_told() {
    let scene = folder();
    let told = |status: i32, arguments: &[&str]| {
        let common = ["build", "-q", "-o", "a.iso", "src", "--strict"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_fsimage"));
        let output =
            command.args([&common[..], arguments].concat()).current_dir(scene.path()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {told}");
        told
    };
    let owner = format!("udf:owner={}", "o".repeat(35));
    assert!(told(2, &["--fs", "iso9660,udf", "--field", &owner]).contains("owner"));
    let system = format!("joliet:system={}", "s".repeat(17));
    assert!(told(2, &["--fs", "joliet", "--field", &system]).contains("system identifier"));
    let missing = told(2, &["--fs", "udf", "--field", "udf:copyright-file=NOBODY"]);
    assert!(missing.contains("NOBODY"), "{missing}");
    told(0, &["--fs", "udf", "--field", "udf:copyright-file=COPYING"]);
    assert!(told(2, &["--fs", "iso9660", "--field", "udf:owner=Ada"]).contains("add udf to --fs"));
    assert!(told(2, &["--field", "udf:publisher=Ada"]).contains("owner, organization, contact"));
}

/// Dates of expiration and effect that nobody could state so are no reason to leave an image alone: they stay as they are.
#[test]
fn interop_dates_that_contradict_each_other_stay() {
    const DATES: std::ops::Range<usize> = 16 * SECTOR + 847..16 * SECTOR + 881;
    let Some(xorriso) = peers::require("xorriso") else { return };
    let scene = folder();
    let folder = scene.path();
    let by_xorriso = Command::new(xorriso.path())
        .args(["-outdev", "stdio:x.iso", "-joliet", "on", "-map", "src", "/"])
        .args(["-volume_date", "x", "2020010100000000", "-volume_date", "f", "2021010100000000", "-commit"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(by_xorriso.status.success(), "{}", String::from_utf8_lossy(&by_xorriso.stderr));
    let contradicting = fs::read(folder.join("x.iso")).unwrap();
    // Half a day behind the last second that can be recorded in UTC.
    let mut beyond = contradicting.clone();
    let dates = [&b"0000000000000000\0"[..], b"9999123123595999\xD0"].concat();
    // The session begins in sector 32; its descriptors are at the head of the image as well.
    for start in [DATES.start, DATES.start + 32 * SECTOR] {
        beyond[start..start + dates.len()].copy_from_slice(&dates);
    }
    for image in [contradicting, beyond] {
        fs::write(folder.join("x.iso"), &image).unwrap();
        fs::write(folder.join("appended.iso"), &image).unwrap();
        fsimage(folder, &["append", "-q", "appended.iso", "more"]);
        fsimage(folder, &["remaster", "-q", "x.iso", "more", "-o", "remastered.iso"]);
        fsimage(folder, &["copy", "-q", "x.iso", "-o", "copied.iso"]);
        for name in ["appended.iso", "remastered.iso", "copied.iso"] {
            let bytes = fs::read(folder.join(name)).unwrap();
            let shown = |bytes: &[u8]| String::from_utf8_lossy(&bytes[DATES]).into_owned();
            assert_eq!(bytes[DATES], image[DATES], "{name}: {}", shown(&bytes));
        }
    }
}
