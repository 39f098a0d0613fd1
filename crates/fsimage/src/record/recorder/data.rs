use super::client::Client;
use crate::import::{ImportOptions, Imported};
use crate::plan::{LayoutPlan, Place};
use crate::record::{BurnOptions, Burnt, ClosedTracks, GrowingDisc};
use crate::{CancelToken, Control, Result};

/// Writes sessions of data with a [`Recorder`](crate::Recorder)'s drive.
#[derive(Debug)]
pub struct DataWriter(Client);

impl DataWriter {
    pub(super) fn new(client: Client) -> DataWriter {
        DataWriter(client)
    }

    /// Where the next session goes, for [`PlanOptions::place`](crate::PlanOptions::place); provisional while a session is
    /// open, as [`GrowingDisc::place`] is.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), and those of [`GrowingDisc::open`].
    pub fn place(&self) -> Result<Place> {
        Ok(GrowingDisc::open(self.0.look()?)?.place())
    }

    /// Closes a session that was left open, so that the next one can be planned and recorded: what was imported before that is
    /// imported again. Without one, nothing is done.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), and those of [`GrowingDisc::close_open_session`].
    pub fn close_open_session(&self) -> Result<ClosedTracks> {
        let writing = self.0.write(&CancelToken::new())?;
        GrowingDisc::open(writing.drive.share())?.close_open_session().cloned()
    }

    /// Imports the session that the next one builds on.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), and those of [`GrowingDisc::import`].
    pub fn import(&self, options: &ImportOptions, control: &Control) -> Result<Imported> {
        GrowingDisc::open(self.0.look()?)?.import(options, control)
    }

    /// Records the planned session.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder), and those of [`GrowingDisc::write`].
    pub fn write(&self, plan: &LayoutPlan<'_>, options: &BurnOptions, control: &Control) -> Result<Burnt> {
        let writing = self.0.write(&control.cancel)?;
        GrowingDisc::open(writing.drive.share())?.write(plan, options, control)
    }

    /// Asks a [`DataWriter::write`] of another thread, or around this call, to stop at the next safe point.
    ///
    /// # Errors
    /// [`Error::Recorder`](crate::Error::Recorder) if it is not writing.
    pub fn cancel(&self) -> Result<()> {
        self.0.cancel()
    }
}
