//! Records two sessions on a simulated BD-R: `cargo run --example record_simulated -- NEW_FILE`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use fsimage::{
    BurnOptions, Control, GrowingDisc, ImportOptions, Item, ItemOptions, LayoutPlan, OpenDrive, PlanOptions,
    Tree, Verification,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: record_simulated NEW_FILE")?;
    let drive = format!("sim:bd-r:{path}").parse()?;
    let control = Control::default();
    for (name, text) in [("/first.txt", "one"), ("/second.txt", "two")] {
        let disc = GrowingDisc::open(OpenDrive::open(&drive)?)?;
        let (mut tree, options) = if disc.is_blank() {
            (Tree::new(), PlanOptions::default())
        } else {
            let imported = disc.import(&ImportOptions::default(), &control)?;
            let options = imported.plan_options();
            (imported.tree, options)
        };
        tree.add(name, Item::Bytes(text.as_bytes().into()), &ItemOptions::default())?;
        let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options })?;
        let burnt = disc.write(
            &plan,
            &BurnOptions { verify: Verification::Full, ..BurnOptions::default() },
            &control,
        )?;
        println!("session at sector {}: {} sectors", burnt.start, burnt.sectors);
    }
    Ok(())
}
