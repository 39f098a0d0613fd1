//! A disc with several sessions, copied as one, or session by session.

mod sessions;

pub use sessions::{CopiedSession, SessionCopies};

use crate::boot::{BootLoss, Losses};
use crate::disc::Disc;
use crate::import::{ImportOptions, ImportWarning, Imported, ImportedTrees, RecordedChecksums, import};
use crate::plan::{LayoutPlan, Medium, Place, PlanOptions, UdfOptions};
use crate::{Control, Result};

/// What becomes of what cannot be copied as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyOptions {
    /// Of what boots.
    pub losses: Losses,
    /// Make the first change of a name or an item an error: [`PlanOptions::strict`].
    pub strict: bool,
    /// Record no digests, and compare nothing with those that the disc has: a damaged file is copied as it is.
    pub without_digests: bool,
}

/// What a session of a disc shows, which is the merged content of those before it as well, as a first session of its own:
/// no data lie there that no item leads to. All its file systems are imported, so each shows what it showed.
#[derive(Debug)]
pub struct MergedCopy {
    imported: Imported,
    options: PlanOptions,
    boot_losses: Vec<BootLoss>,
}

impl MergedCopy {
    /// Imports a session, the newest if none is named, with what boots. Names, attributes and times, volume names and texts
    /// are kept.
    ///
    /// # Errors
    /// As [`import`]; [`Error::BootLost`](crate::Error::BootLost) for what boots and cannot follow, if that is refused.
    pub fn of(
        disc: &Disc,
        session: Option<u16>,
        options: CopyOptions,
        control: &Control,
    ) -> Result<MergedCopy> {
        let import_options = ImportOptions { session, trees: ImportedTrees::All, ..ImportOptions::default() };
        let mut imported = import(disc, &import_options, control)?;
        imported.warnings.extend(ImportWarning::of_tracks(disc, session));
        MergedCopy::of_imported(imported, options)
    }

    fn of_imported(mut imported: Imported, asked: CopyOptions) -> Result<MergedCopy> {
        let mut options = PlanOptions { strict: asked.strict, ..imported.new_image_options() };
        if asked.without_digests {
            imported.digests = None;
            options.md5_tags = false;
        }
        let boot_losses = imported.boot.put_into(&mut imported.tree, &mut options, asked.losses)?;
        if options.md5_tags && options.md5_obstacle().is_some() {
            options.md5_tags = false;
            imported.warnings.push(ImportWarning::Checksums(RecordedChecksums::Xorriso));
        }
        let mut copy = MergedCopy { imported, options, boot_losses };
        copy.record_digests()?;
        Ok(copy)
    }

    /// The same on a medium: where the session begins, and the form of UDF that is usual there, of the same revision.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`](crate::Error::TreeTooLarge).
    pub fn onto(mut self, medium: Medium, place: Place) -> Result<MergedCopy> {
        let udf = UdfOptions::for_medium(medium);
        self.options.udf = UdfOptions { revision: self.options.udf.revision, ..udf };
        self.options.place = place;
        self.record_digests()?;
        Ok(self)
    }

    /// Goes on with what the session has recorded of its files.
    fn record_digests(&mut self) -> Result<()> {
        let Some(algorithm) = self.imported.digests else { return Ok(()) };
        self.imported.tree.record_digests(algorithm, &self.options).map(drop)
    }

    /// Whether its system area holds anything.
    fn has_system_area(&self) -> bool {
        self.options.system_area.as_ref().is_some_and(|area| !area.is_empty())
    }

    /// What was imported, with what could not be kept.
    #[must_use]
    pub fn imported(&self) -> &Imported {
        &self.imported
    }

    /// What of the boot set-up is not kept, where that was accepted.
    #[must_use]
    pub fn boot_losses(&self) -> &[BootLoss] {
        &self.boot_losses
    }

    /// Where everything comes to lie.
    ///
    /// # Errors
    /// As [`LayoutPlan::new`].
    pub fn plan(&self) -> Result<LayoutPlan<'_>> {
        LayoutPlan::new(&self.imported.tree, self.options.clone())
    }
}
