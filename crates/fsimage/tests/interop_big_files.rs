//! Files of over 4 GiB as the kernel reads them: their sizes, and marks at their ends and across the borders
//! of their sections. The files are sparse, and so is the image.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use fsimage::PlanOptions;

const GIB: u64 = 1 << 30;
const LENGTHS: [u64; 5] = [4 * GIB - 1, 4 * GIB, 4 * GIB + 1, 6 * GIB, 300 * GIB];
/// The longest section that is a whole number of sectors.
const SECTION: u64 = 0xFFFF_F800;

fn marks(len: u64) -> Vec<u64> {
    let borders = [1, 2, 37, (len - 1) / SECTION].map(|number| (number * SECTION).saturating_sub(8));
    let mut marks = vec![0, len / 3, len - 16];
    marks.extend(borders.into_iter().filter(|at| at + 16 < len - 16));
    marks.sort_unstable();
    marks.dedup();
    marks
}

fn mark(len: u64, at: u64) -> String {
    format!("{len:03x}{at:013x}").chars().rev().take(16).collect()
}

#[test]
fn interop_kernel_reads_files_of_over_4_gib() {
    let Some(kernel) = peers::kernel::require() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (source, image) = (folder.path().join("source"), folder.path().join("image.iso"));
    fs::create_dir(&source).unwrap();
    for len in LENGTHS {
        let file = File::create(source.join(len.to_string())).unwrap();
        file.set_len(len).unwrap();
        for at in marks(len) {
            file.write_all_at(mark(len, at).as_bytes(), at).unwrap();
        }
    }
    support::build(&support::scan(&source), PlanOptions::default(), &image);
    assert!(fs::metadata(&image).unwrap().blocks() * 512 < 2 << 20, "holes became data");

    let found = read_in_machine(&kernel, folder.path(), &image);
    let mut expected = String::new();
    for options in MOUNTS {
        for len in LENGTHS {
            writeln!(expected, "{options} {len} has {len}").unwrap();
            for at in marks(len) {
                writeln!(expected, "{options} {len} {at} {}", mark(len, at)).unwrap();
            }
        }
    }
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&expected), lines(&found));
}

const MOUNTS: [&str; 3] = ["ro", "norock", "norock,nojoliet"];

/// Sizes and marks, line by line.
fn read_in_machine(kernel: &Path, folder: &Path, image: &Path) -> String {
    let mut script = "#!/bin/sh\nmkdir -p /disc\n".to_owned();
    for options in MOUNTS {
        writeln!(script, "mount -t iso9660 -o ro,{options} /dev/sr0 /disc || exit 3").unwrap();
        for len in LENGTHS {
            // ISO 9660 keeps digits as they are, so all name spaces have the name.
            writeln!(script, "echo {options} {len} has $(stat -c %s /disc/{len})").unwrap();
            for at in marks(len) {
                let read = format!("dd if=/disc/{len} bs=1 skip={at} count=16 2>/dev/null");
                writeln!(script, "echo {options} {len} {at} $({read})").unwrap();
            }
        }
        script.push_str("umount /disc\n");
    }
    let path = folder.join("read");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let arguments = [image.as_os_str(), "--exec".as_ref(), path.as_os_str()];
    let output = peers::run_for(Duration::from_secs(300), kernel, &arguments).unwrap();
    assert!(output.status.success(), "{}: {}", output.status, output.stderr);
    String::from_utf8(output.stdout).unwrap()
}
