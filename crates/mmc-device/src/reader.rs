use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sector_io::{ReadError, ReadSectors, Sector, SectorCount};

use crate::drive::BLOCK;
use crate::sense::key;
use crate::{Drive, DriveError, Lba, Transport};

/// Blocks in one read-ahead run.
const RUN: u32 = 32;

const IN_USE: &str = "the drive is at other work, as recording, and reads nothing until that ends";

/// A drive read sector by sector, from several threads in turn.
///
/// Small reads are served from the last run of 64 KiB read, so that a walk through directories costs one
/// command for neighbours. Blank and unreadable blocks are errors of the read that needs them, and of no
/// other. While somebody has the [drive](DriveSectors::drive), as to record, a read is an error too: what is recorded may
/// wait for what is read, and then neither would end.
pub struct DriveSectors<T> {
    /// How many there are: as a count, for it changes with the medium.
    sectors: AtomicU32,
    is_lent: AtomicBool,
    inner: Mutex<Inner<T>>,
}

struct Inner<T> {
    drive: Drive<T>,
    run: Vec<u8>,
    /// First sector of the run, while it holds one.
    run_start: Option<u32>,
}

impl<T> fmt::Debug for DriveSectors<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriveSectors").field("sectors", &self.sectors).finish_non_exhaustive()
    }
}

/// Exclusive use of the drive inside [`DriveSectors`].
pub struct DriveGuard<'a, T> {
    inner: MutexGuard<'a, Inner<T>>,
    is_lent: &'a AtomicBool,
}

impl<T> Drop for DriveGuard<'_, T> {
    fn drop(&mut self) {
        self.is_lent.store(false, Ordering::Release);
    }
}

impl<T> std::ops::Deref for DriveGuard<'_, T> {
    type Target = Drive<T>;

    fn deref(&self) -> &Drive<T> {
        &self.inner.drive
    }
}

impl<T> std::ops::DerefMut for DriveGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut Drive<T> {
        &mut self.inner.drive
    }
}

impl<T> fmt::Debug for DriveGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DriveGuard").finish_non_exhaustive()
    }
}

impl<T: Transport> DriveSectors<T> {
    /// The first `sectors` sectors of the medium in the drive; [`Medium::readable`](crate::Medium::readable)
    /// says how many there are.
    pub fn new(drive: Drive<T>, sectors: SectorCount) -> DriveSectors<T> {
        let sectors = AtomicU32::new(sectors.get());
        let inner = Mutex::new(Inner { drive, run: Vec::new(), run_start: None });
        DriveSectors { sectors, is_lent: AtomicBool::new(false), inner }
    }

    /// As many sectors as the medium says are recorded.
    ///
    /// # Errors
    /// As [`Drive::medium`].
    pub fn open(mut drive: Drive<T>) -> Result<DriveSectors<T>, DriveError> {
        let sectors = drive.medium()?.readable();
        Ok(DriveSectors::new(drive, sectors))
    }

    /// The drive, for other commands between reads. What was read ahead is forgotten.
    pub fn drive(&self) -> DriveGuard<'_, T> {
        let mut inner = self.lock();
        inner.run_start = None;
        self.is_lent.store(true, Ordering::Release);
        DriveGuard { inner, is_lent: &self.is_lent }
    }

    /// Says how many sectors there are now: of a medium that was recorded, or changed.
    pub fn set_sectors(&self, sectors: SectorCount) {
        self.lock().run_start = None;
        self.sectors.store(sectors.get(), Ordering::Relaxed);
    }

    /// The drive, back.
    pub fn into_drive(self) -> Drive<T> {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner).drive
    }

    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Transport> Inner<T> {
    /// Blocks in one command.
    fn most(&self) -> u32 {
        let blocks = self.drive.transport().max_transfer() / BLOCK;
        u32::try_from(blocks).unwrap_or(RUN).clamp(1, RUN)
    }

    /// Reads whole sectors by as many commands as it takes.
    fn read(&mut self, start: u32, into: &mut [u8]) -> Result<(), ReadError> {
        let most = self.most() as usize * BLOCK;
        for (index, part) in into.chunks_mut(most).enumerate() {
            let sector = Sector::new(start.saturating_add((index * most / BLOCK) as u32));
            let device = |source: Box<dyn std::error::Error + Send + Sync>| ReadError::Device {
                start: sector,
                source,
            };
            let lba = Lba::try_from(sector).map_err(|error| device(error.into()))?;
            self.drive.read_10(lba, part).map_err(|error| device(error.into()))?;
        }
        Ok(())
    }

    /// The same, where the error of blocks that cannot be read is that of the first of them: what a drive says of several
    /// blocks together does not always tell which.
    fn read_or_name(&mut self, start: u32, into: &mut [u8]) -> Result<(), ReadError> {
        let Err(error) = self.read(start, into) else { return Ok(()) };
        if !is_of_blocks(&error) {
            return Err(error);
        }
        let first = error.sector().get();
        let done = first.saturating_sub(start) as usize * BLOCK;
        let rest = into.get_mut(done..).unwrap_or_default();
        (first..).zip(rest.chunks_mut(BLOCK)).try_for_each(|(at, block)| self.read(at, block))
    }

    /// Serves a read of no more than a run from the run that holds it, reading that if it must. `false`
    /// if it cannot: the read passes a run's end, or the run does not read as a whole.
    fn read_from_run(&mut self, start: u32, into: &mut [u8], end: u32) -> bool {
        let run_start = start - start % RUN;
        let offset = (start - run_start) as usize * BLOCK;
        let run_len = (end - run_start).min(RUN) as usize * BLOCK;
        if offset + into.len() > run_len {
            return false;
        }
        if self.run_start != Some(run_start) || self.run.len() != run_len {
            self.run_start = None;
            let mut run = std::mem::take(&mut self.run);
            run.resize(run_len, 0);
            let result = self.read(run_start, &mut run);
            self.run = run;
            if result.is_err() {
                return false;
            }
            self.run_start = Some(run_start);
        }
        into.copy_from_slice(&self.run[offset..offset + into.len()]);
        true
    }
}

/// Whether what a drive said is about blocks, and not about itself or the command.
fn is_of_blocks(error: &ReadError) -> bool {
    let ReadError::Device { source, .. } = error else { return false };
    let sense = source.downcast_ref::<DriveError>().and_then(DriveError::sense);
    sense.is_some_and(|sense| {
        let is_of_no_track = sense.is(key::ILLEGAL_REQUEST, 0x64, 0);
        sense.key == key::MEDIUM_ERROR
            || sense.is_blank_check()
            || sense.is_invalid_address()
            || is_of_no_track
    })
}

impl<T: Transport> ReadSectors for DriveSectors<T> {
    fn sectors(&self) -> SectorCount {
        SectorCount::new(self.sectors.load(Ordering::Relaxed))
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        let count = u32::try_from(into.len() / BLOCK).unwrap_or(u32::MAX);
        let end = self.sectors().get();
        let inside = start.get().checked_add(count).is_some_and(|last| last <= end);
        if !inside || !into.len().is_multiple_of(BLOCK) {
            return Err(ReadError::OutOfRange {
                start,
                count: SectorCount::new(count),
                available: self.sectors(),
            });
        }
        if into.is_empty() {
            return Ok(());
        }
        if self.is_lent.load(Ordering::Acquire) {
            return Err(ReadError::Device { start, source: IN_USE.into() });
        }
        let mut inner = self.lock();
        if count < RUN && inner.read_from_run(start.get(), into, end) {
            return Ok(());
        }
        inner.read_or_name(start.get(), into)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Cdb, Data, NoWait, Sense, TransportError};

    /// 100 blocks holding their numbers, of which some are blank.
    struct Disc {
        blank: std::ops::Range<u32>,
        reads: Vec<(u32, u16)>,
    }

    impl Transport for Disc {
        fn execute(&mut self, cdb: &Cdb, data: Data<'_>, _: Duration) -> Result<usize, TransportError> {
            let cdb = cdb.as_bytes();
            assert_eq!(cdb[0], 0x28);
            let lba = u32::from_be_bytes([cdb[2], cdb[3], cdb[4], cdb[5]]);
            let blocks = u16::from_be_bytes([cdb[7], cdb[8]]);
            self.reads.push((lba, blocks));
            let Data::In(into) = data else { panic!("READ(10) without a buffer") };
            for (block, into) in (lba..).zip(into.chunks_exact_mut(2048)) {
                if self.blank.contains(&block) {
                    return Err(TransportError::CheckCondition(Sense::new(8, 0, 0)));
                }
                into.fill(block as u8);
            }
            Ok(into.len())
        }
    }

    fn disc(blank: std::ops::Range<u32>) -> DriveSectors<Disc> {
        let drive = Drive::with_waiter(Disc { blank, reads: Vec::new() }, Box::new(NoWait));
        DriveSectors::new(drive, SectorCount::new(100))
    }

    #[test]
    fn small_reads_share_a_run() {
        let disc = disc(0..0);
        let mut sector = [0; 2048];
        for number in [16, 17, 31, 2] {
            disc.read_sectors(Sector::new(number), &mut sector).unwrap();
            assert_eq!(sector[2047], number as u8);
        }
        disc.read_sectors(Sector::new(99), &mut sector).unwrap();
        assert_eq!(sector[0], 99);
        assert_eq!(disc.into_drive().transport().reads, [(0, 32), (96, 4)]);
    }

    #[test]
    fn large_reads_are_cut_to_64_kib() {
        let disc = disc(0..0);
        let mut into = vec![0; 70 * 2048];
        disc.read_sectors(Sector::new(10), &mut into).unwrap();
        assert_eq!((into[0], into[70 * 2048 - 1]), (10, 79));
        assert_eq!(disc.into_drive().transport().reads, [(10, 32), (42, 32), (74, 6)]);
    }

    #[test]
    fn a_read_over_the_end_of_a_run_goes_by_itself() {
        let disc = disc(0..0);
        let mut into = [0; 4 * 2048];
        disc.read_sectors(Sector::new(30), &mut into).unwrap();
        assert_eq!((into[0], into[4 * 2048 - 1]), (30, 33));
    }

    #[test]
    fn blank_neighbours_do_not_matter() {
        let disc = disc(20..32);
        let mut sector = [0; 2048];
        disc.read_sectors(Sector::new(19), &mut sector).unwrap();
        assert_eq!(sector[0], 19);
        let error = disc.read_sectors(Sector::new(20), &mut sector).unwrap_err();
        assert!(matches!(error, ReadError::Device { .. }));
        assert_eq!(error.sector(), Sector::new(20));
        assert!(error.to_string().contains("blank check"), "{error}");
    }

    #[test]
    fn errors_name_the_block_that_cannot_be_read() {
        let disc = disc(50..52);
        let mut into = vec![0; 70 * 2048];
        for (start, count) in [(10, 70), (49, 3), (32, 19), (50, 1)] {
            let into = &mut into[..count * 2048];
            let error = disc.read_sectors(Sector::new(start), into).unwrap_err();
            assert_eq!(error.sector(), Sector::new(50), "{start}");
        }
        // A command per block, from where a piece failed up to the block.
        let reads = disc.into_drive().transport().reads.len();
        assert!(reads < 64, "{reads}");
    }

    #[test]
    fn a_drive_that_is_at_work_is_not_waited_for() {
        let disc = disc(0..0);
        let mut sector = [0; 2048];
        disc.read_sectors(Sector::new(7), &mut sector).unwrap();
        let at_work = disc.drive();
        // Also of what was read ahead: it may be recorded over.
        let error = std::thread::scope(|scope| {
            let reader = scope.spawn(|| disc.read_sectors(Sector::new(7), &mut [0; 2048]));
            reader.join().unwrap().unwrap_err()
        });
        assert_eq!(error.sector(), Sector::new(7));
        assert!(error.to_string().contains("the drive is at other work"), "{error}");
        drop(at_work);
        disc.read_sectors(Sector::new(7), &mut sector).unwrap();
        assert_eq!(sector[0], 7);
    }

    #[test]
    fn nothing_past_the_end() {
        let disc = disc(0..0);
        let mut sectors = [0; 2 * 2048];
        let error = disc.read_sectors(Sector::new(99), &mut sectors).unwrap_err();
        assert!(matches!(error, ReadError::OutOfRange { .. }));
        assert!(disc.read_sectors(Sector::new(0), &mut [0; 100]).is_err());
        disc.read_sectors(Sector::new(100), &mut []).unwrap();
        assert!(disc.drive().transport().reads.is_empty());
    }
}
