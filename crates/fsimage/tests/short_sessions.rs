//! Sessions so short that the sizes they state can be read in two ways.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, GrowingDisc, ImportOptions, Item, ItemOptions, LayoutPlan,
    OpenDrive, PlanOptions, Tree,
};

#[test]
fn a_short_session_between_two_others_is_not_skipped() {
    for medium in ["cd-r", "dvd+r", "bd-r", "dvd+rw", "bd-re"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("disc");
        let drive = format!("sim:{medium}:{}", path.display()).parse().unwrap();
        let control = Control::default();
        for (number, len) in [(1, 3_000_000), (2, 4), (3, 6)] {
            let disc = GrowingDisc::open(OpenDrive::open(&drive).unwrap()).unwrap();
            let (mut tree, options) = if disc.is_blank() {
                (Tree::new(), PlanOptions::default())
            } else {
                let imported = disc.import(&ImportOptions::default(), &control).unwrap();
                let options = imported.plan_options();
                (imported.tree, options)
            };
            let content = vec![number; len];
            tree.add(format!("/file{number}"), Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
            let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
            disc.write(
                &plan,
                &BurnOptions { verify: fsimage::Verification::Full, ..BurnOptions::default() },
                &control,
            )
            .unwrap();
        }
        let disc = OpenDrive::open(&drive).unwrap().disc().unwrap();
        assert_eq!(disc.sessions().len(), 3, "{medium}: {:?}", disc.sessions());
        for session in 1..=3u16 {
            let image = disc.image(Some(session), &DEFAULT_PREFERENCE).unwrap();
            let files = image.read_dir(&image.root().unwrap()).unwrap();
            assert_eq!(files.len(), usize::from(session), "{medium}, session {session}");
        }
        // The medium's sectors as a file, without the drive's table of contents.
        let file = fsimage::Disc::open(&path).unwrap();
        assert_eq!(file.sessions().len(), 3, "{medium} as a file: {:?}", file.sessions());
    }
}
