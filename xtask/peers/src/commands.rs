//! Commands that reached a drive, as lists that can be compared: those of a recipe beside those of another program.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a command is called in a list; `None` for questions other than the one for the next writable address, for polling
/// and for the tray.
#[must_use]
pub fn line(cdb: &[u8]) -> Option<String> {
    Some(match cdb[0] {
        0x1E => format!("1E {}", cdb[4]),
        0x35 => format!("35{}", if cdb[1] & 2 != 0 { " immed" } else { "" }),
        // Asked for its length before.
        0x52 if cdb[8] > 8 => format!("52 {:X}", word(cdb, 2)),
        0x53 => format!("53 {}", word(cdb, 5)),
        0x04 | 0x54 | 0x55 | 0x5D | 0xB6 | 0xBB | 0xBF => format!("{:02X}", cdb[0]),
        0x5B => format!("5B {} {}", cdb[2], u16::from_be_bytes([cdb[4], cdb[5]])),
        0xA1 => format!("A1 {}", cdb[1] & 7),
        _ => return None,
    })
}

/// Four bytes of a command, most significant first.
#[must_use]
pub fn word(cdb: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([cdb[at], cdb[at + 1], cdb[at + 2], cdb[at + 3]])
}

/// The commands in a file of exchanges that `burn-target --trace` made, in their order.
///
/// # Panics
/// When it is no such file.
#[must_use]
pub fn of_trace(file: &Path) -> Vec<Vec<u8>> {
    let Ok(text) = fs::read_to_string(file) else { panic!("{} cannot be read", file.display()) };
    let exchanges = text.lines().map(serde_json::from_str::<serde_json::Value>);
    let commands: Vec<Vec<u8>> = exchanges
        .filter_map(|exchange| {
            let Ok(exchange) = exchange else { panic!("{}: no exchange", file.display()) };
            exchange["cdb"].as_str().map(bytes)
        })
        .collect();
    assert!(!commands.is_empty(), "{}: no exchanges", file.display());
    commands
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u32> = hexadecimal.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit) as u8).collect()
}

/// The commands that do something to the medium, by their names, and in a row the same one once: a program may ask and
/// write as often as it likes.
#[must_use]
pub fn steps<'a>(commands: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    reduced(commands.into_iter().filter_map(|cdb| match cdb[0] {
        code @ (0x2A | 0x2E | 0xAA) => Some(format!("{code:02X}")),
        _ => line(cdb),
    }))
}

/// Lines without questions, locks, addresses and sizes, and in a row the same one once.
pub fn reduced(lines: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut steps: Vec<String> = lines
        .into_iter()
        .filter_map(|line| match line.split(' ').next() {
            Some("1E" | "52") => None,
            Some(code @ ("2A" | "2E" | "AA" | "53")) => Some(code.to_owned()),
            _ => Some(line),
        })
        .collect();
    steps.dedup();
    steps
}

/// What has to be left out (-) and put in (+) to make one list of the other, by their longest common subsequence.
#[must_use]
pub fn differences(ours: &[String], theirs: &[String]) -> BTreeSet<String> {
    let mut longest = vec![vec![0u32; theirs.len() + 1]; ours.len() + 1];
    for (i, our) in ours.iter().enumerate().rev() {
        for (j, their) in theirs.iter().enumerate().rev() {
            longest[i][j] = if our == their {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
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

/// The rows about a program in a recipe's table, which is under this heading: what differs, all of it with a reason.
///
/// # Panics
/// When a row has no reason.
#[must_use]
pub fn explained(page: &str, heading: &str, program: &str) -> BTreeSet<String> {
    let below = page.lines().skip_while(|line| line.strip_prefix("## ") != Some(heading)).skip(1);
    let rows = below
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| ")?.strip_prefix(program)?.strip_prefix(" |"));
    rows.flat_map(|row| {
        let (differs, reason) = row.split_once('|').unwrap_or_default();
        assert!(reason.trim_matches([' ', '|']).len() > 10, "no reason: {row}");
        differs.split('`').skip(1).step_by(2).map(str::to_owned)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(steps: &[&str]) -> Vec<String> {
        steps.iter().map(|&step| step.to_owned()).collect()
    }

    #[test]
    fn steps_have_neither_addresses_nor_repetitions() {
        let write = [0x2A, 0, 0, 0, 0, 16, 0, 0, 16, 0];
        let ask = [0x52, 1, 0, 0, 0, 0xFF, 0, 0, 36, 0];
        let poll = [0; 6];
        let close = [0x5B, 1, 2, 0, 0, 0, 0, 0, 0, 0];
        let commands: [&[u8]; 6] = [&ask, &poll, &ask, &write, &write, &close];
        assert_eq!(steps(commands), ["2A", "5B 2 0"]);
    }

    #[test]
    fn what_differs() {
        let found = differences(&list(&["54", "2A", "35", "5B 2 0"]), &list(&["55", "54", "2A", "5B 2 0"]));
        assert_eq!(found, BTreeSet::from(["+55".to_owned(), "-35".to_owned()]));
    }

    #[test]
    fn what_a_page_explains() {
        let page = "## One\n| a | `+55` | for its reason |\n## Two\n| a | `-35`, `+35` | waits for the drive |\n\
                    | b | `+54` | calibrates always |\n";
        assert_eq!(explained(page, "Two", "a"), BTreeSet::from(["+35".to_owned(), "-35".to_owned()]));
        assert_eq!(explained(page, "One", "b"), BTreeSet::new());
    }
}
