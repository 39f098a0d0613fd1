//! What recording costs: the simulated drive against one copy and libburn's own, and raw sectors.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::cases::{contender, remove, words};
use super::report::{OURS, Table, title};
use super::trees::{Shape, tree};
use super::{Bench, Contender};
use crate::Result;
use crate::workspace::{cargo, root, target};

/// One copy by user space, in the pieces that a WRITE to a BD has: what memory can do.
pub(super) const COPY: &str = "dd bs=64k";
/// libburn's drive that is a file.
pub(super) const LIBBURN: &str = "xorriso -outdev stdio:";

/// A GiB from one file to a simulated BD-RE.
pub(super) fn burn_emulator(bench: &Bench) -> Result<Vec<Table>> {
    let source = tree(&bench.folder, "burn", Shape::OneFile(bench.scaled(1 << 30)))?;
    let (disc, state) = (bench.folder.join("disc"), bench.folder.join("disc.medium"));
    let out = bench.folder.join("out");
    let mut drive = OsString::from("sim:bd-re:");
    drive.push(&disc);
    let mut arguments = words(&["burn", "--quiet", "--drive"]);
    arguments.extend([drive, source.clone().into()]);
    let ours = contender(OURS, bench.fsimage.clone(), arguments, Some(&disc));
    let clear = || remove(&disc).and_then(|()| remove(&state));
    let ours = Contender { before: Some(Box::new(clear)), after: Some(Box::new(clear)), ..ours };
    let mut from = OsString::from("if=");
    from.push(source.join("big.bin"));
    let mut contenders =
        vec![ours, contender(COPY, "dd".into(), vec![from, of(&out), "bs=64k".into()], Some(&out))];
    if let Some(program) = peers::find("xorriso") {
        let mut drive = OsString::from("stdio:");
        drive.push(&out);
        // As the simulated drive, which leaves it to the system when the medium's file reaches the disk.
        let mut arguments = words(&["-stdio_sync", "off", "-outdev"]);
        arguments.extend([drive, "-map".into(), source.clone().into(), "/".into(), "-commit".into()]);
        contenders.push(contender(LIBBURN, program, arguments, Some(&out)));
    }
    Ok(vec![bench.compare(title(bench.scale, "One GiB burnt to a simulated BD-RE"), &contenders)?])
}

fn of(out: &Path) -> OsString {
    let mut to = OsString::from("of=");
    to.push(out);
    to
}

/// Bytes of a raw sector.
const RAW_BYTES: u64 = 2352;

/// A gigabyte of raw sectors, encoded and scrambled.
pub(super) fn raw_sectors(bench: &Bench) -> Result<Vec<Table>> {
    cargo()
        .args(["build", "--release", "--package", "fsimage-mmc-device", "--example", "encode_sectors"])
        .run()?;
    let program: PathBuf = root().join(target()).join("release/examples/encode_sectors");
    let sectors = (bench.scaled(1_000_000_000) / RAW_BYTES).to_string();
    let contenders =
        [(OURS, "mode1"), ("fsimage, XA form 1", "mode2-form1"), ("fsimage, XA form 2", "mode2-form2")]
            .map(|(name, kind)| contender(name, program.clone(), words(&[kind, &sectors]), None));
    Ok(vec![bench.compare(title(bench.scale, "A gigabyte of raw sectors"), &contenders)?])
}
