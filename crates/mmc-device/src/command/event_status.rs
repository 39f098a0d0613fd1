//! GET EVENT STATUS NOTIFICATION (4Ah), polled, media class.

use nom::Parser;
use nom::number::complete::{be_u16, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Length of the reply.
pub const REPLY: usize = 8;

/// What happened to the medium since the last question. The report consumes the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaEvent {
    /// Nothing.
    None,
    /// The eject button was pressed.
    EjectRequest,
    /// A medium came in.
    NewMedium,
    /// The medium went out.
    Removed,
    /// The medium is another one.
    Changed,
    /// The background format is complete.
    BackgroundFormatComplete,
    /// The background format goes on again.
    BackgroundFormatRestarted,
    /// A code unknown here.
    Other(u8),
}

/// Answer of the media class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaStatus {
    /// What happened.
    pub event: MediaEvent,
    /// Whether the tray is open.
    pub tray_open: bool,
    /// Whether a medium is in.
    pub medium_present: bool,
}

/// The command.
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::GET_EVENT_STATUS_NOTIFICATION.0, 1, 0, 0, 0x10, 0, 0, 0, REPLY as u8, 0])
}

impl MediaStatus {
    /// Reads the reply; `None` if the drive has no event of the class.
    ///
    /// # Errors
    /// When the reply is shorter than it says.
    pub fn parse(reply: &[u8]) -> Result<Option<MediaStatus>, BadReply> {
        let short = |_| BadReply("shorter than its header");
        let (rest, (len, class, _)) = (be_u16::<_, Fail<'_>>, byte, byte).parse(reply).map_err(short)?;
        if class & 0x80 != 0 || class & 7 != 4 || len < 4 {
            return Ok(None);
        }
        let (_, (code, status)) =
            (byte::<_, Fail<'_>>, byte).parse(rest).map_err(|_| BadReply("shorter than it says"))?;
        let event = match code & 0x0F {
            0 => MediaEvent::None,
            1 => MediaEvent::EjectRequest,
            2 => MediaEvent::NewMedium,
            3 => MediaEvent::Removed,
            4 => MediaEvent::Changed,
            5 => MediaEvent::BackgroundFormatComplete,
            6 => MediaEvent::BackgroundFormatRestarted,
            other => MediaEvent::Other(other),
        };
        Ok(Some(MediaStatus { event, tray_open: status & 1 != 0, medium_present: status & 2 != 0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb().as_bytes(), [0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0]);
    }

    #[test]
    fn replies() {
        assert_eq!(
            MediaStatus::parse(&[0, 6, 4, 0x10, 0x02, 0x02, 0, 0]),
            Ok(Some(MediaStatus { event: MediaEvent::NewMedium, tray_open: false, medium_present: true }))
        );
        assert_eq!(MediaStatus::parse(&[0, 2, 0x80, 0x10]), Ok(None));
        assert!(MediaStatus::parse(&[0, 6, 4, 0x10]).is_err());
        assert!(MediaStatus::parse(&[0x87]).is_err());
    }
}
