//! Reading a session back.

use mmc_device::{DriveError, Lba, Transport};
use sector_io::{SECTOR_SIZE, Sector};

use super::drive_error;
use super::recorder_sink::drive_address;
use crate::emit::{SectorSink, write_ordered};
use crate::plan::{FilesAt, LayoutPlan};
use crate::progress::Stage;
use crate::{Control, Error, Observer, Progress, Result};

/// How much of a session is read back and compared with what was to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verification {
    /// Nothing.
    #[default]
    None,
    /// The first MiB, where the descriptors and most directories are, the last 32 sectors, and 32 sectors of every
    /// 16 MiB between.
    Quick,
    /// Every sector.
    Full,
}

/// Sectors read back in one command: the one size that never fails.
const READ_BACK: usize = 16;

/// Compares the medium with the plan.
pub(super) fn verify<T: Transport>(
    drive: &mut mmc_device::Drive<T>,
    name: &str,
    plan: &LayoutPlan<'_>,
    verification: Verification,
    control: &Control,
) -> Result<()> {
    let extent = plan.extent();
    let end = extent.start.get().saturating_add(extent.len.get());
    let samples = Samples::of(verification, extent.start.get(), end);
    let mut comparer = Comparer::new(drive, name, samples);
    comparer.differences.files = Some(plan.files_at());
    write_ordered(plan, &mut comparer, &verifying(control), NOT_VERIFIED)?;
    comparer.outcome()
}

/// What a verification that is given up leaves.
pub(super) const NOT_VERIFIED: &str = "the session is written; it was not verified in full";

/// The same control, for a second reading of the sources.
pub(super) fn verifying(control: &Control) -> Control {
    let observer = control.observer.clone();
    let observer = observer
        .map(|observer| -> std::sync::Arc<dyn Observer> { std::sync::Arc::new(AsVerifying(observer)) });
    Control { observer, cancel: control.cancel.clone() }
}

/// The sectors that are compared of those from `start` to `end`.
#[derive(Clone, Copy)]
pub(super) struct Samples {
    start: u32,
    end: u32,
    are_all: bool,
}

impl Samples {
    pub(super) fn of(verification: Verification, start: u32, end: u32) -> Samples {
        Samples { start, end, are_all: verification == Verification::Full }
    }

    /// Whether the first or the last of these sectors is among them.
    pub(super) fn hold(self, first: u32, sectors: u32) -> bool {
        self.are_all || self.holds(first) || self.holds(first.saturating_add(sectors.saturating_sub(1)))
    }

    fn holds(self, sector: u32) -> bool {
        let offset = sector.saturating_sub(self.start);
        offset < 512 || offset % 8192 < 32 || self.end.saturating_sub(sector) <= 32
    }
}

/// Writing again to a comparing sink is verifying.
struct AsVerifying(std::sync::Arc<dyn Observer>);

impl Observer for AsVerifying {
    fn progress(&self, progress: Progress) {
        self.0.progress(Progress { stage: Stage::Verifying, ..progress });
    }
}

/// Reads what it is given back from the medium.
pub(super) struct Comparer<'a, T> {
    drive: &'a mut mmc_device::Drive<T>,
    name: &'a str,
    buffer: Vec<u8>,
    samples: Samples,
    differences: Differences<'a>,
}

/// Sectors that differ, and the files of a plan that are there.
#[derive(Default)]
struct Differences<'a> {
    first: Option<Sector>,
    sectors: u64,
    files: Option<FilesAt<'a>>,
}

impl Differences<'_> {
    /// This sector does, behind those before.
    fn note(&mut self, sector: u32) {
        let sector = Sector::new(sector);
        self.first.get_or_insert(sector);
        self.sectors += 1;
        if let Some(files) = &mut self.files {
            files.note(sector);
        }
    }
}

impl<'a, T: Transport> Comparer<'a, T> {
    pub(super) fn new(
        drive: &'a mut mmc_device::Drive<T>,
        name: &'a str,
        samples: Samples,
    ) -> Comparer<'a, T> {
        Comparer { drive, name, buffer: Vec::new(), samples, differences: Differences::default() }
    }

    /// Whether nothing differs.
    pub(super) fn outcome(self) -> Result<()> {
        let Differences { first, sectors, files } = self.differences;
        match first {
            None => Ok(()),
            Some(sector) => {
                let files = files.map(FilesAt::paths).unwrap_or_default();
                Err(Error::VerifyFailed { sector, sectors, files })
            }
        }
    }

    /// Compares up to [`READ_BACK`] sectors. What cannot be read differs.
    fn compare(&mut self, start: u32, expected: &[u8]) -> Result<()> {
        self.buffer.resize(expected.len(), 0);
        match self.drive.read_10(address(start)?, &mut self.buffer) {
            Ok(()) => {
                let sectors = expected.chunks(SECTOR_SIZE).zip(self.buffer.chunks(SECTOR_SIZE)).zip(start..);
                for ((expected, found), sector) in sectors {
                    if expected != found {
                        self.differences.note(sector);
                    }
                }
                Ok(())
            }
            Err(DriveError::ReadFailed { .. }) if expected.len() > SECTOR_SIZE => {
                for (sector, expected) in (start..).zip(expected.chunks(SECTOR_SIZE)) {
                    self.compare(sector, expected)?;
                }
                Ok(())
            }
            Err(error @ DriveError::ReadFailed { .. }) => {
                crate::trace::event!(info, %start, %error, "while verifying");
                self.differences.note(start);
                Ok(())
            }
            Err(error) => Err(not_compared(self.name, error)),
        }
    }
}

impl<T: Transport> SectorSink for Comparer<'_, T> {
    fn write(&mut self, start: Sector, data: &[u8]) -> Result<()> {
        for (at, expected) in (start.get()..).step_by(READ_BACK).zip(data.chunks(READ_BACK * SECTOR_SIZE)) {
            if self.samples.hold(at, READ_BACK as u32) {
                self.compare(at, expected)?;
            }
        }
        Ok(())
    }
}

/// The error of a drive that reads nothing back.
pub(super) fn not_compared(name: &str, error: DriveError) -> Error {
    match error {
        DriveError::Cancelled => Error::Cancelled { state: NOT_VERIFIED.to_owned() },
        error => drive_error(name, error),
    }
}

fn address(sector: u32) -> Result<Lba> {
    drive_address(Sector::new(sector))
}
