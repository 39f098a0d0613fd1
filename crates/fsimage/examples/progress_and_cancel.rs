//! Shows progress, and cancels after a megabyte: `cargo run --example progress_and_cancel -- FOLDER IMAGE`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to the person who runs it")]

use std::sync::Arc;

use fsimage::{
    CancelToken, Control, Error, LayoutPlan, NodeId, Observer, PlanOptions, Progress, ScanOptions, Tree,
    write_image,
};

struct Printer(CancelToken);

impl Observer for Printer {
    fn progress(&self, progress: Progress) {
        eprintln!("{}: {} of {} sectors", progress.stage, progress.done, progress.total);
        if progress.done > 512 {
            self.0.cancel();
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(image)) = (arguments.next(), arguments.next()) else {
        return Err("usage: progress_and_cancel FOLDER IMAGE".into());
    };
    let cancel = CancelToken::new();
    let control = Control { observer: Some(Arc::new(Printer(cancel.clone()))), cancel };
    let mut tree = Tree::new();
    tree.scan(folder.as_ref(), NodeId::ROOT, &ScanOptions::default(), &control)?;
    let plan = LayoutPlan::new(&tree, PlanOptions::default())?;
    match write_image(&plan, image.as_ref(), &control) {
        Err(Error::Cancelled { state }) => println!("cancelled: {state}"),
        result => result?,
    }
    Ok(())
}
