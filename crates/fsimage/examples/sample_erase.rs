//! Makes a medium blank again: `cargo run --example sample_erase -- DISC [full]`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use fsimage::{Blanking, Control, GrowingDisc, OpenDrive};

/// Blanks the medium in a drive, and says whether it is blank then.
pub(crate) fn erase(drive: &str, blanking: Blanking) -> Result<bool, Box<dyn std::error::Error>> {
    let mut drive = OpenDrive::open(&drive.parse()?)?;
    drive.blank(blanking, &Control::default())?;
    Ok(GrowingDisc::open(drive)?.is_blank())
}

#[allow(dead_code, reason = "a test takes what is above")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let disc = arguments.first().ok_or("usage: sample_erase DISC [full]")?;
    let blanking = match arguments.get(1).map(String::as_str) {
        Some("full") => Blanking::Full,
        _ => Blanking::Quick,
    };
    println!("blank: {}", erase(&format!("sim:{disc}"), blanking)?);
    Ok(())
}
