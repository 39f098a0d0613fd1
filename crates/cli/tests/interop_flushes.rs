//! What an append writes to an image file between two flushes, as the system is asked for it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;
use std::path::Path;

use support::{fsimage, run};

const SECTOR: u64 = 2048;

/// First and last sector of what was written between two flushes.
type Stretch = (u64, u64);

/// The stretches of a trace by `strace -P IMAGE -s 0`.
fn stretches(trace: &str) -> Vec<Stretch> {
    let mut found = Vec::new();
    let mut open: Option<Stretch> = None;
    for line in trace.lines() {
        if line.contains("fdatasync(") || line.contains("fsync(") {
            found.extend(open.take());
        }
        let Some((_, arguments)) = line.split_once("pwrite64(") else { continue };
        let end = arguments.find([')', '<']).unwrap_or(arguments.len());
        let numbers = arguments[..end].split(", ").skip(2);
        let [len, at] = numbers.map(|number| number.trim().parse::<u64>().unwrap()).collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        let (first, last) = (at / SECTOR, (at + len - 1) / SECTOR);
        open = Some(open.map_or((first, last), |(from, to)| (from.min(first), to.max(last))));
    }
    found.extend(open);
    found
}

fn append_traced(strace: &Path, folder: &Path, source: &str) -> Vec<Stretch> {
    let tracing = ["-f", "-s", "0", "-e", "trace=pwrite64,fdatasync,fsync", "-P", "image.iso", "-o", "trace"];
    let append = [env!("CARGO_BIN_EXE_fsimage"), "append", "image.iso", source, "--quiet"];
    run(strace, folder, &[&tracing[..], &append].concat());
    stretches(&fs::read_to_string(folder.join("trace")).unwrap())
}

/// The copy of the head, which tells that the session behind it is not finished; the session; each part of the head.
#[test]
fn each_part_of_an_append_is_flushed_before_the_next() {
    let Some(strace) = peers::require("strace") else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["one", "two", "three"] {
        fs::write(at.join(name), name.repeat(3000)).unwrap();
    }
    fsimage(at, &["build", "-o", "image.iso", "--fs", "iso9660,rock-ridge,joliet,udf", "--quiet", "one"]);
    for source in ["two", "three"] {
        let found = append_traced(strace.path(), at, source);
        let info = fsimage(at, &["info", "--json", "image.iso"]);
        let info: serde_json::Value = serde_json::from_str(&info).unwrap();
        let start = info["sessions"].as_array().unwrap().last().unwrap()["start"].as_u64().unwrap();
        let [copy, session, primary, others, anchor] = found[..] else { panic!("{found:?}") };
        assert_eq!(copy, (start - 32, start - 1), "{found:?}");
        assert!(session.0 >= start, "{found:?}");
        assert_eq!((primary, others.0, anchor), ((16, 16), 17, (256, 256)), "{found:?}");
    }
}
