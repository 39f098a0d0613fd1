use super::client::Client;
use crate::record::{Blanking, FormatRequest};
use crate::{CancelToken, Result};

/// Blanks and formats media in a [`Recorder`](crate::Recorder)'s drive. Neither can be stopped once it has begun.
#[derive(Debug)]
pub struct Eraser(Client);

impl Eraser {
    pub(super) fn new(client: Client) -> Eraser {
        Eraser(client)
    }

    /// Makes an erasable medium blank.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), [`Error::Erase`](crate::Error::Erase).
    pub fn blank(&self, blanking: Blanking) -> Result<()> {
        self.0.write(&CancelToken::new())?.drive.blank(blanking)
    }

    /// Formats a medium, as [`OpenDrive::format`](crate::OpenDrive::format).
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), [`Error::Erase`](crate::Error::Erase).
    pub fn format(&self, request: &FormatRequest) -> Result<()> {
        self.0.write(&CancelToken::new())?.drive.format(request)
    }
}
