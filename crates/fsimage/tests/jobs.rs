//! Long calls in the background: what they tell while they run, and how they end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage::{
    BurnOptions, Control, Disc, DriveName, Error, GrowingDisc, Item, ItemOptions, Job, JobState, LayoutPlan,
    MediumKind, NodeId, Observer, OpenDrive, PlanOptions, Progress, Result, ReturnValue, ScanOptions, Sector,
    SectorSink, Stage, Tree, VerifyReport, write_image,
};

const LONG: Duration = Duration::from_secs(60);

fn tree() -> Tree {
    let mut tree = Tree::new();
    let bytes: Vec<u8> = (0..3 << 20).map(|at| (at / 2048) as u8).collect();
    tree.add("/folder/file", Item::Bytes(bytes.into()), &ItemOptions::default()).unwrap();
    tree
}

/// Counts what it is told.
#[derive(Default)]
struct Counter(AtomicU64);

impl Observer for Counter {
    fn progress(&self, _: Progress) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn an_image_is_written_recorded_and_read_back_by_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image.iso");
    let path = image.clone();
    let counter = Arc::new(Counter::default());
    let control = Control { observer: Some(counter.clone()), ..Control::default() };
    let job = Job::start(control, move |control| {
        let tree = tree();
        let plan = LayoutPlan::new(&tree, PlanOptions::default())?;
        write_image(&plan, &path, control)?;
        Ok(plan.extent().len)
    })
    .unwrap();
    assert_eq!(job.wait_for(LONG), JobState::Completed);
    assert_eq!((job.percent(), job.return_value()), (Some(100), ReturnValue::Completed));
    let progress = job.progress().unwrap();
    assert_eq!((progress.stage, progress.percent()), (Stage::Writing, Some(100)));
    let sectors = job.wait().unwrap();
    assert_eq!(sectors.bytes(), std::fs::metadata(&image).unwrap().len());
    assert!(counter.0.load(Ordering::Relaxed) > 0, "the caller's own observer hears of it as well");

    let verify =
        Job::start(Control::default(), move |control| Disc::open(&image)?.verify(None, control)).unwrap();
    let report: VerifyReport = verify.wait().unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);

    let medium = folder.path().join("medium");
    let burn = Job::start(Control::default(), move |control| {
        fsimage::create_simulated_medium(&medium, MediumKind::BdR)?;
        let drive = OpenDrive::open(&DriveName::Simulated { kind: None, path: medium })?;
        let disc = GrowingDisc::open(drive)?;
        let tree = tree();
        let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() })?;
        disc.write(&plan, &BurnOptions::default(), control)
    })
    .unwrap();
    assert!(burn.wait().unwrap().sectors > 0);
}

/// A sink that stands still until it is let go.
struct Gate(Mutex<std::sync::mpsc::Receiver<()>>, std::sync::mpsc::Sender<()>);

impl SectorSink for Gate {
    fn write(&mut self, _: Sector, _: &[u8]) -> Result<()> {
        self.1.send(()).unwrap();
        let _ = self.0.lock().unwrap().recv_timeout(LONG);
        Ok(())
    }
}

#[test]
fn a_job_that_runs_says_so_and_one_that_is_cancelled_ends() {
    let ((release, released), (arrive, arrived)) = (channel(), channel());
    let job = Job::start(Control::default(), move |control| {
        let tree = tree();
        let plan = LayoutPlan::new(&tree, PlanOptions::default())?;
        plan.write_to(&mut Gate(Mutex::new(released), arrive), control)
    })
    .unwrap();
    arrived.recv_timeout(LONG).unwrap();
    assert_eq!(job.state(), JobState::Running);
    assert_eq!(job.wait_for(Duration::from_millis(20)), JobState::Running);
    assert_eq!(job.return_value(), ReturnValue::JobStarted);
    job.cancel();
    drop(release);
    assert_eq!(job.wait_for(LONG), JobState::Cancelled);
    assert_eq!(job.return_value(), ReturnValue::InvalidState);
    assert!(matches!(job.wait(), Err(Error::Cancelled { .. })));
}

#[test]
fn errors_and_panics_of_a_job() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.iso");
    let job = Job::start(Control::default(), move |_| Disc::open(&missing)).unwrap();
    assert_eq!(job.wait_for(LONG), JobState::Failed);
    assert_eq!(job.return_value(), ReturnValue::NotAvailable);
    assert!(matches!(job.wait(), Err(Error::ImageOpen { .. })));

    let job: Job<()> = Job::start(Control::default(), |_| panic!("of the caller's own code")).unwrap();
    assert_eq!(job.wait_for(LONG), JobState::Lost);
    assert_eq!(job.return_value(), ReturnValue::StatusUnknown);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job.wait()));
    assert!(panicked.is_err());
}

/// By pieces of 256 folders, and at the end.
#[test]
fn a_scan_tells_of_its_items() {
    #[derive(Default)]
    struct Told(Mutex<Vec<Progress>>);
    impl Observer for Told {
        fn progress(&self, progress: Progress) {
            self.0.lock().unwrap().push(progress);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for number in 0..300 {
        let path = folder.path().join(format!("folder {number}"));
        std::fs::create_dir(&path).unwrap();
        std::fs::write(path.join("file"), "x").unwrap();
    }
    let told = Arc::new(Told::default());
    let control = Control { observer: Some(told.clone()), ..Control::default() };
    let mut tree = Tree::new();
    tree.scan(folder.path(), NodeId::ROOT, &ScanOptions::default(), &control).unwrap();
    let told = told.0.lock().unwrap();
    let of_scan = |progress: &&Progress| progress.stage == Stage::Scanning && progress.total == 0;
    let items: Vec<u64> = told.iter().filter(of_scan).map(|progress| progress.done).collect();
    assert_eq!(items, [300, 556, 600]);
}
