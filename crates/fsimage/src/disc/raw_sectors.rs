//! Whole sectors of a CD, where an image has them: files in sectors of mode 2 form 2, and the codes behind the data.

use std::io;

use mmc_device::cd::{BadSector, RAW_BYTES, RawSector, SectorForm};
use sector_io::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::Disc;
use super::Finding;
use crate::progress::Stage;
use crate::tree::Section;
use crate::{Control, Result};

/// Bytes of user data in a sector of mode 2 form 2.
const FORM_2_SIZE: usize = 2324;

/// Sectors that are read at a time.
const BATCH: usize = 64;

/// How much of its sectors a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// 2048 bytes, as the lengths of ISO 9660 count.
    One,
    /// 2324 bytes: video and sound of CD-ROM XA. The length of such a file counts 2048 for each sector.
    Two,
}

/// The form of a file, which is that of its first sector.
pub(super) fn form_of(source: &dyn ReadSectors, sections: &[Section]) -> Form {
    let Some(first) = sections.first().filter(|section| section.len > 0) else { return Form::One };
    let mut raw = [0; RAW_BYTES];
    // One that is not there is told when the file is read.
    let there = source.read_raw(first.start, &mut raw).unwrap_or(false);
    if there && form_2_data(&raw).is_some() { Form::Two } else { Form::One }
}

fn form_2_data(raw: &[u8; RAW_BYTES]) -> Option<&[u8]> {
    let sector = RawSector::parse(raw).ok()?;
    matches!(sector.form, SectorForm::Mode2Form2(_)).then(|| sector.user_data())
}

impl Form {
    /// Bytes of a file in a sector.
    pub(super) fn sector_size(self) -> usize {
        match self {
            Form::One => SECTOR_SIZE,
            Form::Two => FORM_2_SIZE,
        }
    }

    /// Bytes in a section whose length is recorded as `len`.
    pub(super) fn len(self, len: u32) -> u32 {
        match self {
            Form::One => len,
            Form::Two => len.div_ceil(SECTOR_SIZE as u32).saturating_mul(FORM_2_SIZE as u32),
        }
    }

    /// Reads whole sectors, of which `into` has [`sector_size`](Form::sector_size) bytes for each.
    pub(super) fn read(
        self,
        source: &dyn ReadSectors,
        start: Sector,
        into: &mut [u8],
    ) -> Result<(), ReadError> {
        match self {
            Form::One => source.read_sectors(start, into),
            Form::Two => read_form_2(source, start, into),
        }
    }
}

fn read_form_2(source: &dyn ReadSectors, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
    let mut raw = vec![0; RAW_BYTES * BATCH.min(into.len() / FORM_2_SIZE)];
    let mut at = start;
    for batch in into.chunks_mut(BATCH * FORM_2_SIZE) {
        let raw = &mut raw[..batch.len() / FORM_2_SIZE * RAW_BYTES];
        let there = source.read_raw(at, raw)?;
        for (raw, into) in raw.as_chunks().0.iter().zip(batch.chunks_exact_mut(FORM_2_SIZE)) {
            match form_2_data(raw).filter(|_| there) {
                Some(data) => into.copy_from_slice(data),
                None => {
                    let what = "not a sector of mode 2 form 2, as the file's first is";
                    let source = io::Error::new(io::ErrorKind::InvalidData, what);
                    return Err(ReadError::Io { start: at, source });
                }
            }
            at = at.checked_add(SectorCount::new(1)).unwrap_or(at);
        }
    }
    Ok(())
}

/// Sectors that are named one by one; of more their number is told.
const MOST_NAMED: u64 = 100;

impl Disc {
    /// Compares the error detection and correction codes of all sectors with their data, where the image has whole
    /// sectors.
    pub(super) fn check_raw_sectors(&self, session: u16, control: &Control) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        let mut wrong = 0u64;
        let tracks = self.container().map_or(&[][..], |container| &container.tracks[..]);
        let all = [(0, self.source().sectors().get())];
        let of_tracks: Vec<(u32, u32)> = tracks
            .iter()
            .filter(|track| !track.is_audio && track.session == session)
            .map(|track| (track.start, track.end()))
            .collect();
        let (stretches, may_be_sound) =
            if tracks.is_empty() { (&all[..], true) } else { (&of_tracks[..], false) };
        let total = stretches.iter().map(|(start, end)| u64::from(end.saturating_sub(*start))).sum();
        let mut raw = vec![0; BATCH * RAW_BYTES];
        let mut done = 0;
        for &(start, end) in stretches {
            for first in (start..end).step_by(BATCH) {
                control.check("the check is incomplete")?;
                let count = (end - first).min(BATCH as u32) as usize;
                let raw = &mut raw[..count * RAW_BYTES];
                // What is not there, or cannot be read, is told of the files in it.
                if !self.source().read_raw(Sector::new(first), raw).unwrap_or(false) {
                    break;
                }
                for (at, raw) in (first..).zip(raw.as_chunks().0) {
                    match RawSector::parse(raw).and_then(|sector| sector.check()) {
                        Ok(()) => {}
                        Err(BadSector::NoSync) if may_be_sound => {}
                        Err(error) => {
                            wrong += 1;
                            let is_damage = error != BadSector::Ecc;
                            let finding = Finding {
                                path: None,
                                message: format!("sector {at}: {error}"),
                                sectors: vec![(at, 1)],
                                clause: None,
                                is_damage,
                            };
                            found.extend((wrong <= MOST_NAMED).then_some(finding));
                        }
                    }
                }
                done += count as u64;
                control.report(Stage::Verifying, done, total);
            }
        }
        if let Some(more) = wrong.checked_sub(MOST_NAMED).filter(|&more| more > 0) {
            let message = format!("{more} more sectors whose codes are not those of their data");
            found.push(Finding { path: None, message, sectors: Vec::new(), clause: None, is_damage: true });
        }
        Ok(found)
    }
}
