//! Reading a disc of sound back.

use std::collections::BTreeSet;

use mmc_device::cd::{RAW_BYTES, SectorType};
use mmc_device::command::read_cd::WithSubchannel;
use mmc_device::{Drive, DriveError, Lba, Transport};
use sector_io::Sector;

use super::audio::stream;
use super::verification::{Samples, Verification, not_compared, verifying};
use crate::audio::{AudioDisc, DiscSession};
use crate::{Control, Error, Result};

/// Sectors read back in one command: as many as the size that never fails holds.
const READ_BACK: u32 = 13;

/// Submode of a mode 2 sector, in the third byte of its subheader: it is of form 2.
const FORM_2: u8 = 0x20;

/// Where a stretch of a session's sectors lies on the disc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The track it is in.
    pub(super) track: u8,
    /// Its first sector on the disc.
    pub(super) lba: Lba,
    /// Its first sector, counted from the session's first.
    pub(super) first: u32,
    pub(super) sectors: u32,
}

/// The stretches of a session whose sectors lie on the disc as they come: tracks, with what of their pregaps was given.
pub(super) fn at_once(session: &DiscSession, start: Lba) -> Vec<Stretch> {
    let mut first = 0;
    let numbers = session.first_number()..;
    let stretches =
        numbers.zip(session.tracks().iter().enumerate()).filter_map(|(track, (index, layout))| {
            let held = session.held_pregap(index);
            first += layout.pregap - held;
            let lba = start.checked_add(first)?;
            let stretch = Stretch { track, lba, first, sectors: held + layout.sectors };
            first += stretch.sectors;
            Some(stretch)
        });
    stretches.collect()
}

/// What differs of the sessions of a disc.
#[derive(Default)]
pub(super) struct Differences {
    first: Option<Lba>,
    sectors: u64,
    tracks: BTreeSet<u8>,
}

impl Differences {
    /// Compares a session. Sound is compared byte by byte, and data without their codes; what lies in front of sector 0
    /// is not, for many drives do not read it.
    pub(super) fn look<T: Transport>(
        &mut self,
        (drive, name): (&mut Drive<T>, &str),
        (disc, session): (&AudioDisc, &DiscSession),
        stretches: &[Stretch],
        verification: Verification,
        control: &Control,
    ) -> Result<()> {
        let mut reader = Reader { drive, name, buffer: Vec::new(), differences: self };
        let mut position = 0;
        let looked = stream(disc, session, &verifying(control), |kind, run| {
            let end = position + (run.len() / kind.user_bytes()) as u32;
            for stretch in stretches {
                let samples = Samples::of(verification, 0, stretch.sectors);
                let from = position.max(stretch.first);
                let to = end.min(stretch.first + stretch.sectors);
                for at in (from..to).step_by(READ_BACK as usize) {
                    let sectors = (to - at).min(READ_BACK);
                    let offset = at - stretch.first;
                    let lba = stretch.lba.checked_add(offset).filter(|lba| *lba >= Lba::ZERO);
                    if let Some(lba) = lba.filter(|_| samples.hold(offset, sectors)) {
                        let part = (at - position) as usize * kind.user_bytes();
                        let part = &run[part..part + sectors as usize * kind.user_bytes()];
                        reader.compare(stretch.track, lba, kind, part)?;
                    }
                }
            }
            position = end;
            Ok(())
        });
        looked.map_err(|error| match error {
            Error::Cancelled { .. } => {
                Error::Cancelled { state: "the disc is written; it was not verified in full".to_owned() }
            }
            error => error,
        })
    }

    /// The error that names them.
    pub(super) fn told(self) -> Result<()> {
        let Some(first) = self.first else { return Ok(()) };
        Err(Error::VerifyFailed {
            sector: Sector::new(first.blocks_from_zero()),
            sectors: self.sectors,
            files: self.tracks.into_iter().map(|track| format!("track {track}")).collect(),
        })
    }

    fn note(&mut self, track: u8, lba: Lba) {
        self.first.get_or_insert(lba);
        self.sectors += 1;
        self.tracks.insert(track);
    }
}

struct Reader<'a, T> {
    drive: &'a mut Drive<T>,
    name: &'a str,
    buffer: Vec<u8>,
    differences: &'a mut Differences,
}

impl<T: Transport> Reader<'_, T> {
    /// Compares up to [`READ_BACK`] sectors. What cannot be read differs.
    fn compare(&mut self, track: u8, lba: Lba, kind: SectorType, expected: &[u8]) -> Result<()> {
        let each = kind.user_bytes();
        self.buffer.resize(expected.len() / each * RAW_BYTES, 0);
        let sectors = expected
            .chunks(each)
            .enumerate()
            .filter_map(|(index, sector)| Some((lba.checked_add(index as u32)?, sector)));
        match self.drive.read_cd(lba, WithSubchannel::None, &mut self.buffer) {
            Ok(()) => {
                for ((lba, expected), found) in sectors.zip(self.buffer.as_chunks().0) {
                    if !is_same(kind, expected, found) {
                        self.differences.note(track, lba);
                    }
                }
                Ok(())
            }
            Err(DriveError::ReadFailed { .. }) if expected.len() > each => {
                for (lba, expected) in sectors {
                    self.compare(track, lba, kind, expected)?;
                }
                Ok(())
            }
            Err(error @ DriveError::ReadFailed { .. }) => {
                crate::trace::event!(info, %lba, %error, "while verifying");
                self.differences.note(track, lba);
                Ok(())
            }
            Err(error) => Err(not_compared(self.name, error)),
        }
    }
}

/// Whether a sector on the disc has what was given for it. Headers and codes are the drive's own.
fn is_same(kind: SectorType, expected: &[u8], found: &[u8; RAW_BYTES]) -> bool {
    let (skip, len) = match kind {
        SectorType::Audio => (0, RAW_BYTES),
        SectorType::Mode2Form1 | SectorType::Mode2Form2 if expected.len() == 2336 => {
            let is_form_2 = expected[2] & FORM_2 != 0;
            (16, 8 + if is_form_2 { 2324 } else { 2048 })
        }
        SectorType::Mode2Form1 => (24, expected.len()),
        _ => (16, expected.len()),
    };
    expected.get(..len).is_some_and(|expected| found.get(skip..skip + len) == Some(expected))
}
