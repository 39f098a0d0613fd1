//! Commands that only CDs have.

use super::{DEFAULT, Drive, WRITE, bad};
use crate::cd::{CdText, Isrc, MediaCatalogNumber, PACK_BYTES};
use crate::command::read_cd::WithSubchannel;
use crate::command::toc::TocFormat;
use crate::command::{OperationCode, cue_sheet, read_cd, sub_channel, toc, write};
use crate::{Data, DriveError, Lba, Transport};

/// Bytes in front of the packs.
const HEADER: usize = 4;
/// Bytes of the longest CD-TEXT: eight blocks of 256 packs, and the header.
const LONGEST_CD_TEXT: usize = HEADER + 8 * 256 * PACK_BYTES;

/// Commands that only CDs have.
impl<T: Transport> Drive<T> {
    /// WRITE(10) of `blocks` sectors of any size, whatever the write parameters or the cue sheet say it is.
    ///
    /// # Errors
    /// As [`write_10`](Drive::write_10).
    pub fn write_sectors(&mut self, lba: Lba, blocks: u16, data: &[u8]) -> Result<(), DriveError> {
        self.unflushed.get_or_insert(lba);
        self.execute_at(&write::write_10(lba, blocks), Data::Out(data), WRITE, Some(lba)).map(drop)
    }

    /// SEND CUE SHEET.
    ///
    /// # Errors
    /// What the drive says.
    pub fn send_cue_sheet(&mut self, sheet: &[u8]) -> Result<(), DriveError> {
        let len = u32::try_from(sheet.len()).unwrap_or(u32::MAX);
        self.execute(&cue_sheet::cdb(len), Data::Out(sheet), WRITE).map(drop)
    }

    /// READ CD: whole sectors of 2352 bytes from `lba` on, with subchannels behind each.
    ///
    /// # Errors
    /// [`DriveError::ReadFailed`] with what the drive says; [`DriveError::BadReply`] if it sends less.
    pub fn read_cd(
        &mut self,
        lba: Lba,
        subchannel: WithSubchannel,
        into: &mut [u8],
    ) -> Result<(), DriveError> {
        let len = into.len();
        let blocks = u32::try_from(len / subchannel.sector_bytes()).unwrap_or(u32::MAX);
        let transferred =
            self.execute_at(&read_cd::cdb(lba, blocks, subchannel), Data::In(into), DEFAULT, Some(lba))?;
        let (operation, problem) = (OperationCode::READ_CD, "fewer sectors than asked for");
        if transferred == len { Ok(()) } else { Err(DriveError::BadReply { operation, problem }) }
    }

    /// The disc's CD-TEXT; `None` where it has none.
    ///
    /// # Errors
    /// What the drive says; [`DriveError::BadReply`] for packs that are damaged.
    pub fn cd_text(&mut self) -> Result<Option<CdText>, DriveError> {
        let header = match self.query(&toc::cdb(TocFormat::CdText, 0, 4), 4) {
            Err(error) if error.is_unsupported() => return Ok(None),
            header => header?,
        };
        let announced = header.first_chunk().map_or(0, |len| usize::from(u16::from_be_bytes(*len)) + 2);
        if announced <= HEADER {
            return Ok(None);
        }
        let len = announced.min(LONGEST_CD_TEXT);
        let reply = self.query(&toc::cdb(TocFormat::CdText, 0, len as u16), len)?;
        let problem = "its packs of CD-TEXT are damaged";
        CdText::parse(reply.get(HEADER..).unwrap_or_default())
            .map(Some)
            .map_err(|_| DriveError::BadReply { operation: OperationCode::READ_TOC, problem })
    }

    /// The disc's catalog number, as its subchannel tells; `None` where it has none.
    ///
    /// # Errors
    /// What the drive says.
    pub fn catalog(&mut self) -> Result<Option<MediaCatalogNumber>, DriveError> {
        let reply = self.query(&sub_channel::catalog(), sub_channel::REPLY)?;
        let code = sub_channel::code(&reply, 13).map_err(bad(OperationCode::READ_SUB_CHANNEL))?;
        let digits = |text: &str| -> Option<[u8; 13]> {
            let digits: Vec<u8> = text.bytes().map(|byte| byte.wrapping_sub(b'0')).collect();
            digits.try_into().ok()
        };
        Ok(code.and_then(digits).and_then(MediaCatalogNumber::from_digits))
    }

    /// A track's recording code, as its subchannel tells; `None` where it has none.
    ///
    /// # Errors
    /// What the drive says.
    pub fn isrc(&mut self, track: u8) -> Result<Option<Isrc>, DriveError> {
        let reply = self.query(&sub_channel::isrc(track), sub_channel::REPLY)?;
        let code = sub_channel::code(&reply, 12).map_err(bad(OperationCode::READ_SUB_CHANNEL))?;
        Ok(code.and_then(|code| code.parse().ok()))
    }
}
