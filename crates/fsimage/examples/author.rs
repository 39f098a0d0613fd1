//! Makes an image of a folder: `cargo run --example author -- FOLDER IMAGE`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use fsimage::{Control, LayoutPlan, NodeId, PlanOptions, ScanOptions, Tree, write_image};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(image)) = (arguments.next(), arguments.next()) else {
        return Err("usage: author FOLDER IMAGE".into());
    };
    let control = Control::default();
    let mut tree = Tree::new();
    tree.scan(folder.as_ref(), NodeId::ROOT, &ScanOptions::default(), &control)?;

    let plan = LayoutPlan::new(&tree, PlanOptions::default())?;
    println!("{} sectors", plan.extent().len);
    plan.visit_notices(&mut |notice| {
        println!("{notice}");
        Ok(())
    })?;
    write_image(&plan, image.as_ref(), &control)?;
    Ok(())
}
