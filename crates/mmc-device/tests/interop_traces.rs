//! The commands of real programs on an independent recorder, beside those of the recipe for the same medium. What
//! differs is in `docs/recipes`, with its reason, and nothing else does.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod traced;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fsimage_mmc_device::simulated::MediumKind;
use fsimage_mmc_device::{Closing, SessionRequest};
use traced::Traced;

/// Blocks that each of the programs recorded.
const BLOCKS: u32 = 2720;

/// The commands by name, and in a row the same one once: a program may ask and write as often as it likes.
fn reduced(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut commands: Vec<String> = lines
        .into_iter()
        .map(|line| match line.split(' ').next() {
            Some(code @ ("2A" | "AA" | "52" | "53")) => code.to_owned(),
            _ => line,
        })
        .collect();
    commands.dedup();
    commands
}

/// The commands in a file of exchanges, from where the program has the drive on: the system asks before.
fn commands_of(file: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut inquiries = 0;
    for line in fs::read_to_string(file).unwrap().lines() {
        let exchange: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(cdb) = exchange["cdb"].as_str() else { continue };
        let cdb: Vec<u8> =
            (0..cdb.len()).step_by(2).map(|at| u8::from_str_radix(&cdb[at..at + 2], 16).unwrap()).collect();
        inquiries += usize::from(cdb[0] == 0x12);
        lines.extend(match cdb[0] {
            code @ (0x2A | 0xAA) => Some(format!("{code:02X}")),
            _ => traced::line(&cdb),
        });
    }
    assert!(inquiries > 0, "{}: no exchanges", file.display());
    reduced(lines)
}

/// What has to be left out (-) and put in (+) to make one list of the other, by their longest common subsequence.
fn differences(ours: &[String], theirs: &[String]) -> BTreeSet<String> {
    let mut longest = vec![vec![0u32; theirs.len() + 1]; ours.len() + 1];
    for (i, our) in ours.iter().enumerate().rev() {
        for (j, their) in theirs.iter().enumerate().rev() {
            longest[i][j] = match our == their {
                true => longest[i + 1][j + 1] + 1,
                false => longest[i + 1][j].max(longest[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut found = BTreeSet::new();
    while i < ours.len() || j < theirs.len() {
        if i < ours.len() && j < theirs.len() && ours[i] == theirs[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == theirs.len() || i < ours.len() && longest[i + 1][j] >= longest[i][j + 1] {
            found.insert(format!("-{}", ours[i]));
            i += 1;
        } else {
            found.insert(format!("+{}", theirs[j]));
            j += 1;
        }
    }
    found
}

/// The rows of the recipe's table about a program: what differs, all of it with a reason.
fn explained(page: &str, program: &str) -> BTreeSet<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix(&format!("| {program} |")));
    rows.flat_map(|row| {
        let (differs, reason) = row.split_once('|').unwrap();
        assert!(reason.trim_matches([' ', '|']).len() > 10, "no reason: {row}");
        let codes = differs.split('`').skip(1).step_by(2);
        codes.map(str::to_owned).collect::<Vec<_>>()
    })
    .collect()
}

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
        let theirs = commands_of(&path);
        assert_eq!(
            differences(&ours, &theirs),
            explained(&page, program),
            "{program}\nours:   {ours:?}\ntheirs: {theirs:?}"
        );
        programs += 1;
    }
    assert!(programs >= 3, "{}", folder.display());
}
