//! What a drive tells of itself reaches the observer, and what is cancelled before it begins changes nothing.
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use fsimage::{
    Blanking, BurnOptions, Closing, Control, Error, FormatRequest, GrowingDisc, Item, ItemOptions, Job,
    JobState, LayoutPlan, MediumKind, Observer, OpenDrive, PlanOptions, Progress, Recorder, Stage, Tree,
    create_simulated_medium,
};
use mmc_device::simulated::SimulatedDrive;
use mmc_device::{Drive, NoWait, Transport};

#[derive(Default)]
struct Heard(Mutex<Vec<Progress>>);

impl Observer for Heard {
    fn progress(&self, progress: Progress) {
        self.0.lock().unwrap().push(progress);
    }
}

impl Heard {
    /// How far a stage was each time, in hundredths.
    fn of(&self, stage: Stage) -> Vec<Option<u8>> {
        let heard = self.0.lock().unwrap();
        heard.iter().filter(|progress| progress.stage == stage).map(Progress::percent).collect()
    }
}

fn listening() -> (Arc<Heard>, Control) {
    let heard = Arc::new(Heard::default());
    (heard.clone(), Control { observer: Some(heard), ..Control::default() })
}

/// A drive that is asked five times before a long operation is over.
fn open(path: &Path) -> OpenDrive {
    let mut simulated = SimulatedDrive::open(path).unwrap();
    simulated.set_long_operation_polls(5);
    let transport: Box<dyn Transport> = Box::new(simulated);
    OpenDrive::with_drive(Drive::with_waiter(transport, Box::new(NoWait)), "slow drive").unwrap()
}

fn burn(path: &Path, closing: Closing, control: &Control) {
    let disc = GrowingDisc::open(open(path)).unwrap();
    let mut tree = Tree::new();
    tree.add("/file", Item::Bytes(vec![7; 300_000].into()), &ItemOptions::default()).unwrap();
    let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
    let plan = LayoutPlan::new(&tree, options).unwrap();
    disc.write(&plan, &BurnOptions { closing, ..BurnOptions::default() }, control).unwrap();
}

/// It grows to nearly the whole.
fn assert_grows(heard: &[Option<u8>]) {
    let told: Vec<u8> = heard.iter().copied().flatten().collect();
    assert!(told.len() >= 4 && told.is_sorted(), "{heard:?}");
    assert!(told[0] < 30 && told[told.len() - 1] >= 60, "{heard:?}");
}

#[test]
fn of_blanking_and_formatting() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, stage) in [(MediumKind::CdRw, Stage::Blanking), (MediumKind::BdRe, Stage::Formatting)] {
        let path = folder.path().join(kind.to_string());
        create_simulated_medium(&path, kind).unwrap();
        burn(&path, Closing::KeepAppendable, &Control::default());
        let (heard, control) = listening();
        let mut drive = open(&path);
        match stage {
            Stage::Blanking => drive.blank(Blanking::Full, &control).unwrap(),
            _ => drive.format(&FormatRequest { full: true, ..FormatRequest::default() }, &control).unwrap(),
        }
        assert_grows(&heard.of(stage));
        // Nobody is told of what comes afterwards.
        let before = heard.0.lock().unwrap().len();
        drive.blank(Blanking::Full, &Control::default()).unwrap();
        assert_eq!(heard.0.lock().unwrap().len(), before);
        assert!(GrowingDisc::open(drive).unwrap().is_blank());
    }
}

#[test]
fn of_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    create_simulated_medium(&path, MediumKind::BdRe).unwrap();
    let (heard, control) = listening();
    burn(&path, Closing::KeepAppendable, &control);
    // The drive formats what is new.
    assert_grows(&heard.of(Stage::Formatting));
    let path = folder.path().join("dvd");
    create_simulated_medium(&path, MediumKind::DvdPlusR).unwrap();
    let (heard, control) = listening();
    burn(&path, Closing::Finalise, &control);
    // Nothing is formatted there.
    assert_eq!(heard.of(Stage::Formatting), []);
    // The track, and behind it the session.
    let heard = heard.of(Stage::Finalising);
    assert_grows(&heard[heard.iter().rposition(|percent| *percent == Some(0)).unwrap()..]);
}

#[test]
fn cancelled_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disc");
    create_simulated_medium(&path, MediumKind::CdRw).unwrap();
    burn(&path, Closing::KeepAppendable, &Control::default());
    let control = Control::default();
    control.cancel.cancel();
    let mut drive = open(&path);
    let sessions = |drive: &OpenDrive| drive.disc().unwrap().sessions().len();
    for result in [drive.blank(Blanking::Full, &control), drive.format(&FormatRequest::default(), &control)] {
        assert!(matches!(result, Err(Error::Cancelled { .. })), "{result:?}");
    }
    assert_eq!(sessions(&drive), 1);
    let recorder = Recorder::new(drive);
    let eraser = recorder.eraser("Test").unwrap();
    assert!(matches!(eraser.blank(Blanking::Full, &control), Err(Error::Cancelled { .. })));
    let job = Job::start(Control::default(), move |control| eraser.blank(Blanking::Full, control)).unwrap();
    while job.state() == JobState::Running {
        std::thread::yield_now();
    }
    assert_eq!((job.state(), job.percent()), (JobState::Completed, Some(100)));
    drop(recorder);
    assert_eq!(sessions(&open(&path)), 0);
}
