//! Images that other software made, read and compared with what other readers list (`FSIMAGE_CORPUS`).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that panics is a test that fails")]

mod support;

use std::fmt::Write as _;

use peers::{Columns, Listing};
use sector_io::{MemorySectors, Sector};

use support::list;

/// Lists of the corpus that hold a UDF tree: 7-Zip's, and a purpose-written reader's for what that refuses.
const NAME_SPACES: [&str; 2] = ["udf-own", "udf"];

#[test]
fn corpus_reads_as_other_readers_read_it() {
    let (Some(folder), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let mut report = String::new();
    let (mut images, mut compared) = (0, 0);
    for image in peers::corpus_images(&folder).unwrap() {
        let mut expected: Vec<Listing> = Vec::new();
        for name_space in NAME_SPACES {
            // 7-Zip opens no volume with a virtual or sparable partition, and none with small blocks.
            let list = image.listing(name_space).unwrap();
            expected.extend(list.filter(|list| list.clean).map(|list| list.listing));
        }
        if expected.is_empty() {
            continue;
        }
        images += 1;
        let source = MemorySectors::new(image.bytes(&xz).unwrap());
        let found = match list(&source, Sector::ZERO) {
            Ok((listing, findings)) => {
                for finding in findings {
                    if finding.is_damage {
                        writeln!(report, "{}: {finding}", image.name).unwrap();
                    } else {
                        println!("{}: {finding}", image.name);
                    }
                }
                listing
            }
            Err(error) => {
                writeln!(report, "{}: {error}", image.name).unwrap();
                continue;
            }
        };
        for expected in expected {
            compared += 1;
            for line in peers::differences(&expected, &found, Columns::CONTENT).iter().take(12) {
                writeln!(report, "{} {line}", image.name).unwrap();
            }
        }
    }
    println!("{images} images, {compared} lists");
    assert!(compared > 0, "no list of UDF in the corpus");
    assert!(report.is_empty(), "{compared} lists compared\n{report}");
}
