use std::sync::Arc;

use fsimage::update::{Compare, Update, UpdateOptions};
use fsimage::{
    Control, DigestAlgorithm, Disc, ImportOptions, Item, ItemOptions, LayoutPlan, PlanOptions, Tree,
    WriterSink, import,
};
use sector_io::{MemorySectors, SECTOR_SIZE};

/// The bytes up to the first NUL are the list of a session's files, those behind it what the session says of itself: the
/// session is verified, imported, compared with a tree, and goes on with what is known.
pub(crate) fn run(bytes: &[u8]) {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    let (list, session) = bytes.split_at(end);
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Blake3] {
        let extension = if algorithm == DigestAlgorithm::Sha256 { "sha256" } else { "b3" };
        check(list, session.get(1..).unwrap_or_default(), extension, algorithm);
    }
}

fn check(list: &[u8], session: &[u8], extension: &str, algorithm: DigestAlgorithm) {
    let control = Control::default();
    let files = || {
        let mut tree = Tree::new();
        for (path, content) in [("/a", &b"a"[..]), ("/b/a", b""), ("/sectors 0000000000+0000000001", b"s")] {
            tree.add(path, Item::Bytes(content.into()), &ItemOptions::default()).expect("a tree");
        }
        tree
    };
    let mut tree = files();
    for (name, content) in [("files", list), ("session", session)] {
        let path = format!("/.digests/{name}.{extension}");
        tree.add(path, Item::Bytes(content.into()), &ItemOptions::default()).expect("a tree");
    }
    let mut image = Vec::new();
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).expect("a plan");
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &control).expect("an image");
    image.resize(image.len().next_multiple_of(32 * SECTOR_SIZE), 0);
    let disc = Disc::from_source(Arc::new(MemorySectors::new(image)), "bytes").expect("a disc");
    let report = disc.verify(None, &control).expect("a report");
    assert_eq!(report.digests.map(|digests| digests.algorithm), Some(algorithm));

    let read = || import(&disc, &ImportOptions::default(), &control).expect("the session");
    let (mut imported, mut compared) = (read(), read());
    assert_eq!(imported.digests, Some(algorithm));
    assert!(imported.tree.lookup(".digests").is_none() && imported.tree.lookup("b/a").is_some());
    let how = UpdateOptions { compare: Compare::Digests, ..UpdateOptions::default() };
    let options = imported.plan_options();
    let update = Update::new(&disc, &mut compared, files(), &options, how, &control).expect("an update");
    // No list can say what is not so: what the session has is what the sources have.
    assert_eq!(update.difference().counts().new_bytes, 0);
    imported.tree.record_digests(algorithm, &options).expect("lists of the next session");
}
