//! What can go to other threads, and be used by several: checked when this is compiled.

use fsimage::{
    AudioDisc, BurnOptions, CancelToken, ChangePoint, Control, Disc, Error, GrowingDisc, GrowingImage, Image,
    Imported, Item, Job, LayoutPlan, NbdServer, OpenDrive, PlanOptions, PlannedImage, Project, Recorder,
    ScanOptions, Tree, VerifyReport,
};

fn is_shared<T: Send + Sync>() {}

fn is_sent<T: Send>() {}

#[test]
fn what_threads_share() {
    is_shared::<Tree>();
    is_shared::<ChangePoint>();
    is_shared::<LayoutPlan<'static>>();
    is_shared::<PlannedImage<'static>>();
    is_shared::<PlanOptions>();
    is_shared::<ScanOptions>();
    is_shared::<BurnOptions>();
    is_shared::<Disc>();
    is_shared::<Image>();
    is_shared::<Imported>();
    is_shared::<Project>();
    is_shared::<AudioDisc>();
    is_shared::<GrowingImage>();
    is_shared::<GrowingDisc>();
    is_shared::<OpenDrive>();
    is_shared::<Recorder>();
    is_shared::<Job<Tree>>();
    is_shared::<Control>();
    is_shared::<CancelToken>();
    is_shared::<VerifyReport>();
    is_shared::<Error>();
    is_sent::<NbdServer>();
    // What is read from need not go to another thread.
    let _: Item<'_> = Item::Stream(&mut &b""[..]);
}
