//! Adds a folder to what a medium holds: `cargo run --example sample_multisession -- FOLDER DISC`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::path::Path;

use fsimage::{
    BurnOptions, Burnt, Control, GrowingDisc, ImportOptions, LayoutPlan, NodeId, OpenDrive, PlanOptions,
    ScanOptions, Tree,
};

/// Records a session with what the medium holds, and `folder`: what is added takes the place of what is there.
pub(crate) fn add(folder: &Path, drive: &str) -> Result<Burnt, Box<dyn std::error::Error>> {
    let control = Control::default();
    let disc = GrowingDisc::open(OpenDrive::open(&drive.parse()?)?)?;
    let (mut tree, options) = if disc.is_blank() {
        (Tree::new(), PlanOptions::for_medium(disc.drive().medium_family()))
    } else {
        let imported = disc.import(&ImportOptions::default(), &control)?;
        for warning in &imported.warnings {
            println!("{warning}");
        }
        let options = imported.plan_options_for(disc.drive().medium_family());
        (imported.tree, options)
    };
    tree.scan(folder, NodeId::ROOT, &ScanOptions::default(), &control)?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
    Ok(disc.write(&plan, &BurnOptions::default(), &control)?)
}

#[allow(dead_code, reason = "a test takes what is above")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, disc] = &arguments[..] else { return Err("usage: sample_multisession FOLDER DISC".into()) };
    let burnt = add(folder.as_ref(), &format!("sim:bd-r:{disc}"))?;
    println!("{} sectors from sector {}", burnt.sectors, burnt.start);
    Ok(())
}
