//! What xorriso says of what boots, in a form that can be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use peers::Peer;

use crate::scene::{run, succeed};

pub(crate) fn xorriso_report(xorriso: &Peer, image: &Path) -> String {
    let image = image.to_str().unwrap();
    let arguments = ["-indev", image, "-report_el_torito", "plain", "-report_system_area", "plain"];
    let report = succeed("xorriso", &run(xorriso.path(), Path::new("/"), &arguments));
    // It says what it has no option for, and goes on.
    let as_options = ["-indev", image, "-report_el_torito", "as_mkisofs"];
    let as_options = run(xorriso.path(), Path::new("/"), &as_options);
    report + &String::from_utf8_lossy(&as_options.stdout)
}

/// What boots and which partitions there are. Addresses are told by what lies there, and gaps between partitions are
/// none.
pub(crate) fn boot_report(text: &str) -> BTreeSet<String> {
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    // xorriso speaks of a protective label beside other partitions where the volume is as long as the disk, which is ours.
    let is_further = |words: &Vec<&str>| matches!(words[..], ["MBR", "partition", ":", number, _, kind, ..] if number != "1" && kind != "0x00");
    let has_further = lines.iter().any(is_further);
    let mut images = Vec::new();
    let (mut report, mut gpt) = (BTreeSet::new(), BTreeMap::<&str, Vec<String>>::new());
    for words in lines.iter().filter(|words| words.starts_with(&["El", "Torito", "boot", "img"])) {
        images.push(words.last().unwrap().parse::<u64>().unwrap() * 4);
    }
    let place = |start: &str| {
        let start: u64 = start.parse().unwrap();
        match images.iter().position(|image| *image == start) {
            Some(number) => format!("at boot image {}", number + 1),
            None if start <= 64 => format!("at {start}"),
            None => "behind".to_owned(),
        }
    };
    for words in &lines {
        let text = words.join(" ");
        match &words[..] {
            ["El", "Torito", "boot", "img", fields @ .., _] => {
                report.insert(format!("boot image {}", fields.join(" ")));
            }
            ["El", "Torito", "img", "path" | "opts", ..] | ["El", "Torito", "cat", "path", ..] => {
                report.insert(text);
            }
            ["System", "area", "summary:", kinds @ ..] => {
                let is_left_out = |kind: &str| {
                    kind.starts_with("cyl-align") || has_further && kind == "protective-msdos-label"
                };
                let kept = kinds.iter().filter(|kind| !is_left_out(kind));
                report.insert(format!("system area: {}", kept.copied().collect::<Vec<_>>().join(" ")));
            }
            // That of an appended partition has its place behind its number.
            ["-b" | "-e", path] => {
                report.insert(text.replace(path, path.split("_start_").next().unwrap_or_default()));
            }
            ["Partition", "offset", ..] => {
                report.insert(text);
            }
            ["MBR", "partition", ":", number, status, kind, start, _] => {
                report.insert(format!("MBR {number} {status} {kind} {}", place(start)));
            }
            ["GPT", "partname", "local", ":", number, name @ ..] => {
                gpt.entry(number).or_default().push(name.join(" "));
            }
            ["GPT", "type", "GUID", ":", number, value] | ["GPT", "partition", "flags:", number, value] => {
                gpt.entry(number).or_default().push((*value).to_owned());
            }
            ["GPT", "start", "and", "size", ":", number, start, _] => {
                gpt.entry(number).or_default().push(place(start));
            }
            ["APM", "partition", "type", ":", _, kind] if *kind != "ISO9660_data" => {
                report.insert(format!("APM {kind}"));
            }
            ["APM", "partition", "name", ":", _, name @ ..] if !name[0].starts_with("Gap") => {
                report.insert(format!("APM name {}", name.join(" ")));
            }
            _ => {}
        }
    }
    for (number, partition) in gpt {
        report.insert(format!("GPT {number} {}", partition.join(" ")));
    }
    report
}
