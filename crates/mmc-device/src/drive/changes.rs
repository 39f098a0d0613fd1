//! Commands that read, write and change the medium.

use super::{DEFAULT, Drive, IMMEDIATE, WAITING, WRITE, whole_blocks};
use crate::command::blank::BlankType;
use crate::command::close::CloseFunction;
use crate::command::format::FormatUnit;
use crate::command::{
    OperationCode, blank, close, opc, read, repair_track, reserve_track, synchronize, write,
};
use crate::sense::key;
use crate::{Data, DriveError, Lba, Operation, Outgoing, Transport};

/// Commands that read, write and change the medium.
impl<T: Transport> Drive<T> {
    /// READ(10): fills `into`, whose length is a multiple of 2048, from `lba` on.
    ///
    /// # Errors
    /// [`DriveError::ReadFailed`] with what the drive says; [`DriveError::BadReply`] if it sends less.
    pub fn read_10(&mut self, lba: Lba, into: &mut [u8]) -> Result<(), DriveError> {
        let blocks = whole_blocks(into.len())?;
        let len = into.len();
        let transferred = self.execute_at(&read::read_10(lba, blocks), Data::In(into), DEFAULT, Some(lba))?;
        if transferred == len {
            Ok(())
        } else {
            Err(DriveError::BadReply {
                operation: OperationCode::READ_10,
                problem: "fewer blocks than asked for",
            })
        }
    }

    /// WRITE(10): whole blocks from `lba` on. While the drive's buffer is full the same blocks are sent
    /// again; where it wants its buffer flushed first, that is done.
    ///
    /// # Errors
    /// [`DriveError::WriteFailed`], [`DriveError::LossOfStreaming`], [`DriveError::MediumChanged`]; a
    /// deferred error names the first block that may be lost.
    pub fn write_10(&mut self, lba: Lba, data: &[u8]) -> Result<(), DriveError> {
        self.write_run(lba, Outgoing::Bytes(data), false)
    }

    /// WRITE(12) with the streaming bit: as [`write_10`](Drive::write_10), without the drive's own verification on
    /// BD and DVD-RAM. Whole clusters of 32 blocks only.
    ///
    /// # Errors
    /// As [`write_10`](Drive::write_10).
    pub fn write_12_streaming(&mut self, lba: Lba, data: &[u8]) -> Result<(), DriveError> {
        self.write_run(lba, Outgoing::Bytes(data), true)
    }

    /// By WRITE(12) if it is part of a stream, else by WRITE(10).
    pub(crate) fn write_run(
        &mut self,
        lba: Lba,
        data: Outgoing<'_>,
        streaming: bool,
    ) -> Result<(), DriveError> {
        let blocks = whole_blocks(data.len())?;
        let cdb = match streaming {
            true => &write::write_12(lba, u32::from(blocks), true),
            false => &write::write_10(lba, blocks),
        };
        self.unflushed.get_or_insert(lba);
        match self.execute_at(cdb, data.into(), WRITE, Some(lba)) {
            Ok(_) => Ok(()),
            Err(error) if error.sense().is_some_and(|sense| sense.is(key::ILLEGAL_REQUEST, 0x2C, 0x00)) => {
                crate::trace::event!(debug, %lba, "flushing, since the drive finds the sequence of commands wrong");
                self.synchronize_cache()?;
                self.unflushed = Some(lba);
                self.execute_at(cdb, data.into(), WRITE, Some(lba)).map(drop)
            }
            Err(error) => Err(error),
        }
    }

    /// SYNCHRONIZE CACHE: once returning at once, with polling, so that progress is seen; once waiting, so
    /// that it is certain.
    ///
    /// # Errors
    /// [`DriveError::WriteFailed`] if blocks that were accepted did not get onto the medium.
    pub fn synchronize_cache(&mut self) -> Result<(), DriveError> {
        match self.command(&synchronize::cdb(true), IMMEDIATE) {
            Ok(()) => self.wait_for(Operation::Flushing)?,
            // Some drives know only the waiting variant.
            Err(error) if error.is_unsupported() => {}
            Err(error) => return Err(error),
        }
        self.command(&synchronize::cdb(false), WAITING)?;
        self.unflushed = None;
        Ok(())
    }

    /// SYNCHRONIZE CACHE, waiting for its end, as a disc recorded at once wants it: the drive writes lead-in and
    /// lead-out meanwhile.
    ///
    /// # Errors
    /// As [`synchronize_cache`](Drive::synchronize_cache).
    pub fn synchronize_cache_waiting(&mut self) -> Result<(), DriveError> {
        self.command(&synchronize::cdb(false), WAITING)?;
        self.unflushed = None;
        self.wait_for(Operation::Flushing)
    }

    /// CLOSE TRACK SESSION, and waits for its end.
    ///
    /// # Errors
    /// [`DriveError::CloseFailed`]; [`DriveError::NotSupported`] for a function that the medium has not.
    pub fn close_track_session(&mut self, function: CloseFunction, track: u16) -> Result<(), DriveError> {
        self.command(&close::cdb(function, track, true), IMMEDIATE)?;
        let operation = if function == CloseFunction::TRACK {
            Operation::ClosingTrack
        } else {
            Operation::ClosingSession
        };
        self.wait_for(operation)
    }

    /// RESERVE TRACK.
    ///
    /// # Errors
    /// What the drive says.
    pub fn reserve_track(&mut self, blocks: u32) -> Result<(), DriveError> {
        self.command(&reserve_track::cdb(blocks), DEFAULT)
    }

    /// SEND OPC INFORMATION: the drive calibrates its laser power. It may take minutes.
    ///
    /// # Errors
    /// What the drive says.
    pub fn calibrate_power(&mut self) -> Result<(), DriveError> {
        self.command(&opc::cdb(), IMMEDIATE)
    }

    /// REPAIR TRACK, and waits for its end.
    ///
    /// # Errors
    /// What the drive says.
    pub fn repair_track(&mut self, track: u16) -> Result<(), DriveError> {
        self.command(&repair_track::cdb(track, true), IMMEDIATE)?;
        self.wait_for(Operation::ClosingTrack)
    }

    /// FORMAT UNIT, and waits until the medium can be used. A DVD+RW then goes on formatting in the
    /// background.
    ///
    /// # Errors
    /// [`DriveError::EraseFailed`]; else what the drive says.
    pub fn format_unit(&mut self, format: &FormatUnit) -> Result<(), DriveError> {
        self.execute(&format.cdb(), Data::Out(&format.parameters()), IMMEDIATE)?;
        self.wait_for(Operation::Formatting)
    }

    /// BLANK, and waits for its end.
    ///
    /// # Errors
    /// [`DriveError::EraseFailed`]; else what the drive says.
    pub fn blank(&mut self, kind: BlankType) -> Result<(), DriveError> {
        self.command(&blank::cdb(kind, 0, true), IMMEDIATE)?;
        self.wait_for(Operation::Blanking)
    }
}
