//! Blanking and formatting the medium in a drive.

use mmc_device::{Drive, DriveError, Medium, Profile, SessionRequest};
use sector_io::{Extent, SECTOR_SIZE};

use super::listening::heard;
use super::open_drive::AnyTransport;
use super::{Blanking, FormatRequest, OpenDrive};
use crate::address::lba;
use crate::disc::found_by;
use crate::{Control, Error, Result};

impl OpenDrive {
    /// Makes an erasable medium blank. No command ends what the drive has begun: the call is cancelled before that, or not
    /// at all.
    ///
    /// On DVD+RW, DVD-RAM and BD-RE what the sessions have of their own to be found by becomes zeros behind the head: where that is
    /// lost, nobody finds what was erased.
    ///
    /// # Errors
    /// [`Error::Erase`]; [`Error::Cancelled`], with the medium as it was.
    pub fn blank(&mut self, blanking: Blanking, control: &Control) -> Result<()> {
        crate::trace::span!("blank");
        let parts =
            match self.is_overwritable() && self.medium().profile != Profile::DVD_RW_RESTRICTED_OVERWRITE {
                true => self.disc().map(|disc| found_by(&disc)).unwrap_or_default(),
                false => Vec::new(),
            };
        self.erase(control, |drive| {
            let medium = mmc_device::blank(drive, blanking)?;
            match parts.is_empty() {
                true => Ok(medium),
                false => drive.unstopped(|drive| zero(drive, &medium, &parts)),
            }
        })
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

/// Writes zeros over parts of a medium on which every sector can be written again. What it is then.
fn zero(
    drive: &mut Drive<AnyTransport>,
    medium: &Medium,
    extents: &[Extent],
) -> std::result::Result<Medium, DriveError> {
    let blocks = extents.iter().map(|extent| extent.len.get()).sum();
    let mut recorder = mmc_device::recorder(drive, medium)?;
    let mut session = recorder.begin(&SessionRequest::new(blocks))?;
    for extent in extents {
        let Some(start) = lba(extent.start) else { continue };
        session.write(start, &vec![0; extent.len.get() as usize * SECTOR_SIZE])?;
    }
    session.close()?;
    drop(recorder);
    drive.medium()
}
