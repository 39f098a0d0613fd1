//! Lists the drives of this machine, and describes a simulated one: `cargo run --example sample_recorders [-- DISC]`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use fsimage::{DriveSummary, OpenDrive, drives};

/// What a drive is, can do and holds.
pub(crate) fn describe(drive: &str) -> Result<DriveSummary, Box<dyn std::error::Error>> {
    Ok(OpenDrive::open(&drive.parse()?)?.describe()?)
}

#[allow(dead_code, reason = "a test takes what is above")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut names: Vec<String> =
        drives()?.into_iter().map(|found| found.path.display().to_string()).collect();
    names.extend(std::env::args().nth(1).map(|disc| format!("sim:{disc}")));
    for name in names {
        let DriveSummary { vendor, model, revision, medium, .. } = describe(&name)?;
        println!("{name}: {vendor} {model} {revision}; {}, {}", medium.profile, medium.state);
        println!("  {} of {} sectors are free", medium.free, medium.capacity);
    }
    Ok(())
}
