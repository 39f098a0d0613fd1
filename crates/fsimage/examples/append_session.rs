//! Adds a file to an image as a new session: `cargo run --example append_session -- IMAGE NAME TEXT`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use fsimage::{Control, GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan, PlanOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [image, name, text] = &arguments[..] else {
        return Err("usage: append_session IMAGE NAME TEXT".into());
    };
    let control = Control::default();
    let growing = GrowingImage::open(image.as_ref())?;

    // The newest session's tree; its contents stay where they are.
    let mut imported = growing.import(&ImportOptions::default(), &control)?;
    for warning in &imported.warnings {
        println!("{warning}");
    }
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    imported.tree.add(name, Item::Bytes(text.as_bytes().into()), &options)?;

    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options)?;
    println!("{} sectors from sector {}", plan.extent().len, plan.extent().start);
    growing.write(&plan, &control)?;
    Ok(())
}
