use crate::command::mode::{MultiSession, WriteParameters};
use crate::{Closing, Drive, DriveError, Transport};

/// Selects write parameters: the drive's own with a change, or, where it has or takes none such, new ones.
pub(crate) fn select<T: Transport>(
    drive: &mut Drive<T>,
    change: impl Fn(&mut WriteParameters),
) -> Result<(), DriveError> {
    if let Ok(mut parameters) = drive.write_parameters() {
        change(&mut parameters);
        match drive.select_mode_page(parameters.as_bytes()) {
            Err(DriveError::InvalidModeParameters { .. }) => {}
            result => return result,
        }
    }
    let mut parameters = WriteParameters::zeroed();
    change(&mut parameters);
    drive.select_mode_page(parameters.as_bytes())
}

/// What the write parameters say about the session behind this one.
pub(crate) fn multi_session(closing: Closing) -> MultiSession {
    match closing {
        Closing::KeepAppendable => MultiSession::NEXT_ALLOWED,
        Closing::Finalise => MultiSession::FINAL,
    }
}
