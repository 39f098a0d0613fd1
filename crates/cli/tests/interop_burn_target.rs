//! A burn on an independent recorder, through the real kernel's SG_IO in a virtual machine: the medium must
//! hold the planned image, and the WRITEs must have come in ascending order without gaps.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that panics is a test that fails"
)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use fsimage::{
    Control, LayoutPlan, NodeId, Place, PlanOptions, ScanOptions, SectorCount, Timestamp, Tree, write_image,
};

const EPOCH: i64 = 1_700_000_000;

#[test]
fn an_independent_recorder_takes_the_burn() {
    let Some(tool) = peers::burn_target() else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    make_source(&source);
    let (medium, trace) = (folder.path().join("medium.img"), folder.path().join("trace.jsonl"));
    let binary = assert_cmd::cargo::cargo_bin("fsimage");
    let epoch = format!("SOURCE_DATE_EPOCH={EPOCH}");
    let arguments: Vec<&std::ffi::OsStr> = vec![
        "run".as_ref(),
        "--medium".as_ref(),
        medium.as_ref(),
        "--trace".as_ref(),
        trace.as_ref(),
        "--env".as_ref(),
        epoch.as_ref(),
        "--".as_ref(),
        binary.as_ref(),
        "burn".as_ref(),
        "--drive".as_ref(),
        "/dev/sr0".as_ref(),
        source.as_ref(),
    ];
    peers::run_for(Duration::from_secs(1200), &tool, &arguments).unwrap().success("burn-target").unwrap();

    // What the burn planned: the units of recording of a DVD+R have 16 sectors.
    let mut tree = Tree::new();
    tree.scan(&source, NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    let time = Timestamp::from_unix(EPOCH);
    tree.clamp_times(time);
    let options = PlanOptions {
        created: Some(time),
        place: Place {
            alignment: SectorCount::new(16),
            end_mark: true,
            space_from_zero: true,
            ..Place::default()
        },
        ..PlanOptions::default()
    };
    let planned = folder.path().join("planned.iso");
    let plan = LayoutPlan::new(&tree, options).unwrap();
    write_image(&plan, &planned, &Control::default()).unwrap();
    assert!(fs::read(&planned).unwrap() == fs::read(&medium).unwrap(), "the medium is not the planned image");

    let mut next = 0;
    let mut writes = 0;
    for line in fs::read_to_string(&trace).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(cdb) = line["cdb"].as_str().filter(|cdb| cdb.starts_with("2a")) else { continue };
        let start = u32::from_str_radix(&cdb[4..12], 16).unwrap();
        assert_eq!(start, next, "WRITE number {writes}");
        next = start + u32::from_str_radix(&cdb[14..18], 16).unwrap();
        writes += 1;
    }
    assert_eq!(next, plan.extent().len.get());
}

fn make_source(source: &Path) {
    fs::create_dir_all(source.join("a/deep/folder")).unwrap();
    let noise: Vec<u8> = (0..3_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(source.join("a/noise.bin"), noise).unwrap();
    fs::write(source.join("a/deep/folder/ünïcode.txt"), "text\n").unwrap();
    fs::write(source.join("empty"), "").unwrap();
    for number in 0..200 {
        fs::write(source.join(format!("a/file {number}")), format!("{number}\n").repeat(number)).unwrap();
    }
    std::os::unix::fs::symlink("../empty", source.join("a/link")).unwrap();
}
