//! A session in a drive as what a plan is written to: what tells of it is kept back until all else is on the medium.

use std::fs::File;

use mmc_device::{FileStretch, Lba, OpenSession, Outgoing};
use sector_io::{SECTOR_SIZE, Sector, SectorCount};

use super::drive_error;
use crate::address::lba;
use crate::emit::SectorSink;
use crate::head::Telling;
use crate::{Error, Result};

pub(super) struct RecorderSink<'a> {
    session: Box<dyn OpenSession + 'a>,
    takes_files: bool,
    name: &'a str,
    /// What is kept back, in ascending order, as far as it has come.
    kept_back: Vec<(Telling, Vec<u8>)>,
}

impl<'a> RecorderSink<'a> {
    /// `telling` is kept back, in ascending order.
    pub(super) fn new(
        session: Box<dyn OpenSession + 'a>,
        takes_files: bool,
        name: &'a str,
        telling: &[Telling],
    ) -> RecorderSink<'a> {
        let kept_back = telling.iter().map(|&one| (one, Vec::new())).collect();
        RecorderSink { session, takes_files, name, kept_back }
    }

    pub(super) fn into_session(self) -> Box<dyn OpenSession + 'a> {
        self.session
    }

    fn write_at(&mut self, start: Sector, data: &[u8]) -> Result<()> {
        let start = drive_address(start)?;
        self.session.write(start, data).map_err(|error| drive_error(self.name, error))
    }

    fn flush(&mut self) -> Result<()> {
        self.session.flush().map_err(|error| drive_error(self.name, error))
    }

    /// What tells that the session is not finished, or that what comes behind it is none of its successors, reaches the medium
    /// before anything of it does.
    pub(super) fn prelude(&mut self, blocks: &[(Sector, Vec<u8>)]) -> Result<()> {
        for (at, block) in blocks {
            self.write_at(*at, block)?;
            self.flush()?;
        }
        Ok(())
    }

    /// What was kept back, the last of it first, and then the head, each block only when all before it has reached the medium.
    pub(super) fn write_telling(&mut self, head: &[(Sector, Vec<u8>)]) -> Result<()> {
        let kept_back = std::mem::take(&mut self.kept_back);
        for (telling, bytes) in kept_back.iter().rev() {
            let (start, last) = (telling.block.start, telling.last(bytes));
            if telling.hidden != last {
                self.flush()?;
                self.write_at(start, &Telling::without(last, start, bytes))?;
            }
            self.flush()?;
            self.write_at(start, bytes)?;
        }
        for (at, block) in head {
            self.flush()?;
            self.write_at(*at, block)?;
        }
        Ok(())
    }

    /// Sectors from `start` on that are not kept back.
    fn free_from(&self, start: Sector) -> Option<SectorCount> {
        let next = self.kept_back.iter().map(|(telling, _)| telling.block);
        let next = next
            .filter(|extent| extent.end().is_some_and(|end| end > start))
            .min_by_key(|extent| extent.start);
        next.map(|extent| extent.start.since(start).unwrap_or_default())
    }

    /// Writes a block that is kept back, as far as `data` reach, with zeros in place of what tells; says how many bytes that were.
    /// What was on the medium there is gone before anything behind it is.
    fn keep_back(&mut self, at: Sector, data: &[u8]) -> Result<usize> {
        let kept_back = self.kept_back.iter_mut().find(|(telling, _)| telling.block.contains(at));
        let Some((Telling { block, hidden, .. }, bytes)) = kept_back else { return Ok(0) };
        let left = block.len.bytes() as usize - bytes.len();
        let len = left.min(data.len());
        bytes.extend_from_slice(&data[..len]);
        let shown = Telling::without(*hidden, at, &data[..len]);
        self.write_at(at, &shown)?;
        if len == left {
            self.flush()?;
        }
        Ok(len)
    }
}

impl SectorSink for RecorderSink<'_> {
    fn write(&mut self, start: Sector, data: &[u8]) -> Result<()> {
        let (mut at, mut rest) = (start, data);
        while !rest.is_empty() {
            let free = self.free_from(at).map_or(rest.len(), |free| rest.len().min(free.bytes() as usize));
            let len = match free {
                0 => self.keep_back(at, rest)?,
                free => {
                    self.write_at(at, &rest[..free])?;
                    free
                }
            };
            let sectors = SectorCount::new((len / SECTOR_SIZE) as u32);
            at = at.checked_add(sectors).ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })?;
            rest = &rest[len..];
        }
        Ok(())
    }

    fn transfers(&self) -> bool {
        self.takes_files
    }

    fn transfer(&mut self, start: Sector, file: &File, offset: u64, len: u64) -> Result<u64> {
        // The last sector of a file seldom is a whole one.
        let whole = usize::try_from(len).unwrap_or(usize::MAX) / SECTOR_SIZE * SECTOR_SIZE;
        let whole = self.free_from(start).map_or(whole, |free| whole.min(free.bytes() as usize));
        if whole == 0 {
            return Ok(0);
        }
        let stretch = Outgoing::File(FileStretch { file, offset, len: whole });
        let taken = self.session.take(drive_address(start)?, stretch);
        taken
            .map(|blocks| u64::from(blocks) * SECTOR_SIZE as u64)
            .map_err(|error| drive_error(self.name, error))
    }

    fn buffer_fill(&mut self) -> Option<u8> {
        self.session.buffer_fill()
    }
}

pub(super) fn drive_address(sector: Sector) -> Result<Lba> {
    lba(sector).ok_or(Error::TreeTooLarge { what: "an address beyond 4 TiB" })
}
