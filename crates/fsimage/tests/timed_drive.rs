//! A simulated drive that takes time, as a program sees it: by a clock of its own, which it also measures with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage::{
    BurnOptions, CancelToken, Clock, Control, DriveName, Error, GrowingDisc, Item, ItemOptions, LayoutPlan,
    Observer, OpenDrive, Pace, PlanOptions, Progress, RecordingSpeed, Stage, Tree, VirtualClock,
};

/// The pace of the writing from when the drive's buffer was full.
struct Measuring {
    clock: VirtualClock,
    from: u64,
    first: Mutex<Option<(Progress, Duration)>>,
    pace: Mutex<Option<Pace>>,
}

impl Observer for Measuring {
    fn progress(&self, progress: Progress) {
        if progress.stage != Stage::Writing || progress.done < self.from {
            return;
        }
        let now = self.clock.now();
        let (first, begun) = *self.first.lock().unwrap().get_or_insert((progress, now));
        let pace = progress.pace(&first, now - begun);
        // Of the last part there is nothing left to be told.
        if let Some(pace) = pace.filter(|_| progress.done < progress.total) {
            *self.pace.lock().unwrap() = Some(pace);
        }
    }
}

#[test]
fn pace_of_a_recording_is_the_speed_of_the_drive() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sim:dvd-r:{}", folder.path().join("disc").display());
    let name: DriveName = name.parse().unwrap();
    let clock = VirtualClock::default();
    let disc =
        GrowingDisc::open(OpenDrive::open_timed(&name, clock.clone(), &CancelToken::new()).unwrap()).unwrap();
    let mut tree = Tree::new();
    let sectors = 24_000;
    tree.add("/file", Item::Bytes(vec![7; sectors * 2048].into()), &ItemOptions::default()).unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() }).unwrap();
    let observer = Arc::new(Measuring {
        clock: clock.clone(),
        from: 4096,
        first: Mutex::new(None),
        pace: Mutex::new(None),
    });
    let control = Control { observer: Some(observer.clone()), ..Control::default() };
    let options = BurnOptions { speed: Some(RecordingSpeed::Times(40)), ..BurnOptions::default() };
    let before = clock.now();
    disc.write(&plan, &options, &control).unwrap();
    let taken = (clock.now() - before).as_secs_f64();
    // 49 MB at 5540 kB/s; spin-up, calibration, the ends of track and session.
    assert!((45.0..55.0).contains(&taken), "{taken}");
    let pace = observer.pace.lock().unwrap().unwrap();
    let real = 5_540_000 / 2048;
    assert!((real * 95 / 100..real * 105 / 100).contains(&pace.per_second), "{pace:?}");
    assert!(pace.left.unwrap() < Duration::from_secs(1), "{pace:?}");
}

#[test]
fn drives_take_no_time_unless_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sim:cd-rw:{}", folder.path().join("disc").display());
    let name: DriveName = name.parse().unwrap();
    let clock = VirtualClock::default();
    OpenDrive::open_timed(&name, clock.clone(), &CancelToken::new())
        .unwrap()
        .blank(fsimage::Blanking::Quick, &Control::default())
        .unwrap();
    let blanked = clock.now();
    assert!(blanked >= Duration::from_secs(60), "{blanked:?}");
    // Without, it would have to wait for real minutes.
    OpenDrive::open(&name).unwrap().blank(fsimage::Blanking::Full, &Control::default()).unwrap();
    assert_eq!(clock.now(), blanked);
}

/// Cancels in a stage, and notes when.
struct Cancelling {
    clock: VirtualClock,
    stage: Stage,
    cancel: CancelToken,
    at: Mutex<Option<Duration>>,
}

impl Observer for Cancelling {
    fn progress(&self, progress: Progress) {
        if progress.stage == self.stage && progress.done > 0 {
            self.at.lock().unwrap().get_or_insert(self.clock.now());
            self.cancel.cancel();
        }
    }
}

/// A DVD+RW is formatted in the background of its first recording. A stop ends the format too: the drive is waited for no
/// longer than it formats in the foreground, for which nothing can be done with it. The next burn goes on with both.
#[test]
fn a_stop_does_not_wait_for_the_background_format() {
    let told = [
        (Stage::Formatting, 65, "nothing was written, but the medium is formatted"),
        (Stage::Writing, 10, "sectors of the session are on the medium; the next burn starts anew"),
    ];
    for (stage, limit, state) in told {
        let folder = tempfile::tempdir().unwrap();
        let name: DriveName = format!("sim:dvd+rw:{}", folder.path().join("disc").display()).parse().unwrap();
        let clock = VirtualClock::default();
        let mut tree = Tree::new();
        tree.add("/file", Item::Bytes(vec![7; 12_000 * 2048].into()), &ItemOptions::default()).unwrap();
        let burn = |control: &Control| {
            let disc =
                GrowingDisc::open(OpenDrive::open_timed(&name, clock.clone(), &CancelToken::new()).unwrap())
                    .unwrap();
            let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
            let plan = LayoutPlan::new(&tree, options).unwrap();
            disc.write(&plan, &BurnOptions::default(), control)
        };
        let cancel = CancelToken::new();
        let observer = Arc::new(Cancelling {
            clock: clock.clone(),
            stage,
            cancel: cancel.clone(),
            at: Mutex::new(None),
        });
        let stopped = burn(&Control { observer: Some(observer.clone()), cancel });
        let waited = clock.now() - observer.at.lock().unwrap().unwrap();
        assert!(waited < Duration::from_secs(limit), "{stage:?}: {waited:?}");
        let Err(Error::Cancelled { state: found }) = stopped else { panic!("{stopped:?}") };
        assert!(found.contains(state), "{found}");
        assert!(found.ends_with("; the rest of its format is left to the next burn"), "{found}");
        burn(&Control::default()).unwrap();
        let drive = OpenDrive::open(&name).unwrap();
        assert_eq!(drive.disc().unwrap().sessions().len(), 1);
    }
}
