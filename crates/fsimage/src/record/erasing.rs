//! Blanking and formatting the medium in a drive.

use mmc_device::{Drive, DriveError, Medium};

use super::listening::heard;
use super::open_drive::AnyTransport;
use super::{Blanking, FormatRequest, OpenDrive};
use crate::{Control, Error, Result};

impl OpenDrive {
    /// Makes an erasable medium blank. No command ends what the drive has begun: the call is cancelled before that, or not
    /// at all.
    ///
    /// # Errors
    /// [`Error::Erase`]; [`Error::Cancelled`], with the medium as it was.
    pub fn blank(&mut self, blanking: Blanking, control: &Control) -> Result<()> {
        crate::trace::span!("blank");
        self.erase(control, |drive| mmc_device::blank(drive, blanking))
    }

    /// Formats a medium: DVD+RW, DVD-RW, DVD-RAM, BD-RE; a blank BD-R, once. It is cancelled as
    /// [`blank`](OpenDrive::blank).
    ///
    /// # Errors
    /// [`Error::Erase`]; [`Error::Cancelled`], with the medium as it was.
    pub fn format(&mut self, request: &FormatRequest, control: &Control) -> Result<()> {
        crate::trace::span!("format");
        self.erase(control, |drive| mmc_device::format(drive, request))
    }

    fn erase(
        &mut self,
        control: &Control,
        act: impl FnOnce(&mut Drive<AnyTransport>) -> std::result::Result<Medium, DriveError>,
    ) -> Result<()> {
        control.check("the medium is as it was")?;
        let erased = heard(&mut self.sectors.drive(), control, act);
        self.put(erased.map_err(|source| match source {
            DriveError::Cancelled => Error::Cancelled { state: "the medium is as it was".to_owned() },
            source => Error::Erase { drive: self.name().to_owned(), source },
        })?);
        Ok(())
    }
}
