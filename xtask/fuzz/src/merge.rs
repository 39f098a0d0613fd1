use std::ops::ControlFlow;
use std::sync::Arc;

use fsimage::{
    Control, Disc, ImportOptions, Item, ItemOptions, LayoutPlan, Place, PlanOptions, WriterSink, import,
};
use iso9660::read::{DirectoryBuffer, Volume, read_volume_set};
use sector_io::{MemorySectors, SECTOR_SIZE, Sector};

/// The bytes are an image from its first volume descriptor on. It is checked, imported, and continued by
/// a session with one file more, which must be readable.
pub(crate) fn run(bytes: &[u8]) {
    let mut image = vec![0; 16 * SECTOR_SIZE];
    image.extend_from_slice(bytes);
    image.resize(image.len().next_multiple_of(32 * SECTOR_SIZE), 0);
    let control = Control::default();
    let Ok(disc) = Disc::from_source(Arc::new(MemorySectors::new(image.clone())), "bytes") else { return };
    let _ = disc.verify(None, &control);
    let Ok(mut imported) = import(&disc, &ImportOptions::default(), &control) else { return };
    let added = Item::Bytes(b"added".as_slice().into());
    let options = ItemOptions { replace: true, ..ItemOptions::default() };
    if imported.tree.add("/added", added, &options).is_err() {
        return;
    }
    let start = Sector::new(disc.source().sectors().get());
    let place = Place { start, ..Place::default() };
    let Ok(plan) = LayoutPlan::new(&imported.tree, PlanOptions { place, ..imported.plan_options() }) else {
        return;
    };
    if plan.extent().len.bytes() > MOST_BYTES {
        return;
    }
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &control).expect("what was planned is written");

    let merged = MemorySectors::new(image);
    let set = read_volume_set(&merged, start).expect("the session that was written");
    let volume = Volume::plain(&merged, &set).expect("the tree that was written");
    let mut names = 0;
    let root = volume.root_directory();
    let read = volume.read_directory(&root, &mut DirectoryBuffer::new(), &mut |_| {
        names += 1;
        ControlFlow::Continue(())
    });
    read.expect("the root that was written");
    assert!(names > 0);
}

/// Sessions beyond this are planned and not written: they say nothing new.
const MOST_BYTES: u64 = 16 << 20;
