//! Records a folder on a blank medium, and reads it back: `cargo run --example sample_data_disc -- FOLDER NEW_DISC`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::path::Path;

use fsimage::{
    BurnOptions, Burnt, Control, GrowingDisc, LayoutPlan, NodeId, OpenDrive, PlanOptions, ScanOptions, Tree,
    Verification, VolumeName,
};

/// Records `folder` on the medium in a drive.
pub(crate) fn record(folder: &Path, drive: &str) -> Result<Burnt, Box<dyn std::error::Error>> {
    let control = Control::default();
    let disc = GrowingDisc::open(OpenDrive::open(&drive.parse()?)?)?;
    if !disc.is_blank() {
        return Err(
            "the medium holds sessions, which a new one alone would hide: see sample_multisession".into()
        );
    }
    let mut tree = Tree::new();
    let report = tree.scan(folder, NodeId::ROOT, &ScanOptions::default(), &control)?;
    for skipped in &report.skipped {
        println!("left out: {}: {}", skipped.path.display(), skipped.reason);
    }
    let options = PlanOptions {
        volume: VolumeName::Adapted("SAMPLE".to_owned()),
        place: disc.place(),
        // What is usual for the medium.
        ..PlanOptions::for_medium(disc.drive().medium_family())
    };
    let plan = LayoutPlan::new(&tree, options)?;
    plan.visit_notices(&mut |notice| {
        println!("{notice}");
        Ok(())
    })?;
    let burn = BurnOptions { verify: Verification::Full, ..BurnOptions::default() };
    Ok(disc.write(&plan, &burn, &control)?)
}

#[allow(dead_code, reason = "a test takes what is above")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, disc] = &arguments[..] else { return Err("usage: sample_data_disc FOLDER NEW_DISC".into()) };
    let burnt = record(folder.as_ref(), &format!("sim:dvd+r:{disc}"))?;
    println!("{} sectors from sector {}", burnt.sectors, burnt.start);
    Ok(())
}
