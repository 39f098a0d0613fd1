use super::client::Client;
use crate::record::{Blanking, FormatRequest};
use crate::{Control, Result};

/// Blanks and formats media in a [`Recorder`](crate::Recorder)'s drive. Neither can be stopped once it has begun.
#[derive(Debug)]
pub struct Eraser(Client);

impl Eraser {
    pub(super) fn new(client: Client) -> Eraser {
        Eraser(client)
    }

    /// Makes an erasable medium blank, as [`OpenDrive::blank`](crate::OpenDrive::blank).
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), and those of that call.
    pub fn blank(&self, blanking: Blanking, control: &Control) -> Result<()> {
        self.0.write(&control.cancel)?.drive.blank(blanking, control)
    }

    /// Formats a medium, as [`OpenDrive::format`](crate::OpenDrive::format).
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), and those of that call.
    pub fn format(&self, request: &FormatRequest, control: &Control) -> Result<()> {
        self.0.write(&control.cancel)?.drive.format(request, control)
    }
}
