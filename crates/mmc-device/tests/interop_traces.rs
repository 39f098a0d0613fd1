//! The commands of real programs on an independent recorder, beside those of the recipe for the same medium. What
//! differs is in `docs/recipes`, with its reason, and nothing else does.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod traced;

use std::fs;
use std::path::Path;

use fsimage_mmc_device::simulated::MediumKind;
use fsimage_mmc_device::{Closing, SessionRequest};
use peers::commands::{differences, explained, of_trace, reduced, steps};
use traced::Traced;

/// Blocks that each of the programs recorded.
const BLOCKS: u32 = 2720;

#[test]
fn dvd_plus_r() {
    let Some(tool) = peers::burn_target() else { return };
    let folder = tool.parent().unwrap().join("traces");
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/recipes/dvd+r.md"))
        .unwrap();
    let mut traced = Traced::new(MediumKind::DvdPlusR);
    let request = SessionRequest { closing: Closing::Finalise, ..SessionRequest::new(BLOCKS) };
    let ours = reduced(traced.record(0, request));
    let mut programs = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (program, medium) = name.split_once('-').unwrap();
        assert!(medium.ends_with("dvdplusr.jsonl"), "another medium: {name}");
        let theirs = steps(of_trace(&path).iter().map(Vec::as_slice));
        assert_eq!(
            differences(&ours, &theirs),
            explained(&page, "Other programs on an independent recorder", program),
            "{program}\nours:   {ours:?}\ntheirs: {theirs:?}"
        );
        programs += 1;
    }
    assert!(programs >= 3, "{}", folder.display());
}
