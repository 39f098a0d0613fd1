use mmc_device::{DriveError, MediumState, NotWritable};

use super::client::Client;
use crate::audio::AudioDisc;
use crate::record::audio::failed;
use crate::record::{AudioBurnt, AudioMode, AudioOptions, Closing, RawSectorType, burn_audio};
use crate::{Control, Result};

/// Writes whole discs of sound raw, with a [`Recorder`](crate::Recorder)'s drive.
#[derive(Debug)]
pub struct RawWriter(Client);

impl RawWriter {
    pub(super) fn new(client: Client) -> RawWriter {
        RawWriter(client)
    }

    /// Keeps the drive, with a blank CD in it, for this writer.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder); [`Error::AudioDrive`](crate::Error::AudioDrive) if there is no blank CD in it.
    pub fn prepare(&self) -> Result<()> {
        let drive = self.0.prepare()?;
        let (profile, state) = (drive.medium().profile, drive.medium().state);
        let failed = failed(drive.name(), AudioMode::Raw(RawSectorType::Raw));
        if let Err(error) = drive.medium().check_told() {
            self.0.vacate();
            return Err(failed(error));
        }
        let reason = match state {
            _ if !profile.is_cd() => NotWritable::NoSound,
            MediumState::Blank => return Ok(()),
            MediumState::Complete => NotWritable::Complete,
            _ => NotWritable::NotBlank,
        };
        self.0.vacate();
        Err(failed(DriveError::NotWritable { profile, reason }))
    }

    /// Records a disc, which then is complete.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), and those of [`burn_audio`].
    pub fn write(&self, disc: &AudioDisc, kind: RawSectorType, control: &Control) -> Result<AudioBurnt> {
        let mut writing = self.0.write_prepared(&control.cancel)?;
        writing.drive.look_again()?;
        let closing = Closing::Finalise;
        let options = AudioOptions { mode: AudioMode::Raw(kind), closing, ..AudioOptions::default() };
        burn_audio(&mut writing.drive, disc, &options, control)
    }

    /// Asks a [`RawWriter::write`] to stop at the next safe point.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder) if it is not writing.
    pub fn cancel(&self) -> Result<()> {
        self.0.cancel()
    }

    /// Gives the drive to others.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder) if it is not prepared, or writing.
    pub fn release(&self) -> Result<()> {
        self.0.check_prepared()?;
        self.0.vacate();
        Ok(())
    }
}

impl Drop for RawWriter {
    fn drop(&mut self) {
        self.0.vacate();
    }
}
