//! Another session in an image file that grows in place.

use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use multisession::{FIRST_START, Growth, Head, Medium, NextSession, START_ALIGNMENT, Session, next_session};
use sector_io::{Extent, FileSectors, ReadError, Sector, SectorCount};

use crate::disc::{Disc, DiscIdentifier};
use crate::emit::{PlannedImage, write_all_at, write_file};
use crate::head::{Beside, NewHead};
use crate::image_file::not_opened_for_writing;
use crate::import::{ImportOptions, Imported, import_all};
use crate::plan::{LayoutPlan, Place};
use crate::record::{DriveName, is_simulated_medium};
use crate::tree::FileIdentity;
use crate::view::udf::VirtualVolume;
use crate::{Control, Error, Result};

/// An image file, opened for another session.
pub struct GrowingImage {
    file: LockedFile,
    path: PathBuf,
    disc: Disc,
    next: NextSession,
    /// Of the disc as it was when it was opened.
    identifier: DiscIdentifier,
    /// What the image stands for is written once, and ends with a virtual allocation table.
    virtual_volume: Option<VirtualVolume>,
}

impl GrowingImage {
    /// Opens an image and finds where its next session goes. No other process may grow it meanwhile.
    ///
    /// # Errors
    /// [`Error::ImageOpen`], [`Error::OutputWrite`], [`Error::NoFileSystem`], [`Error::NotGrowable`], [`Error::CannotAppend`],
    /// [`Error::NoFurtherSession`]; [`Error::Corrupt`], also for an image that is cut short.
    pub fn open(path: &Path) -> Result<GrowingImage> {
        let open_error = |source| Error::ImageOpen { path: path.to_owned(), source };
        let file = OpenOptions::new().read(true).write(true).open(path);
        let file = file.map_err(|source| match path.to_str().map(str::parse) {
            Some(Ok(drive @ DriveName::Simulated { .. })) if source.kind() == io::ErrorKind::NotFound => {
                Error::NotGrowable {
                    reason: format!(
                        "{drive} is a simulated drive; record on its medium with burn --drive {drive}"
                    ),
                }
            }
            _ => not_opened_for_writing(path, source),
        })?;
        if !file.metadata().map_err(open_error)?.is_file() {
            return Err(Error::NotGrowable {
                reason: format!("{} is not a regular file; name a drive with burn --drive", path.display()),
            });
        }
        if is_simulated_medium(path) {
            return Err(Error::NotGrowable {
                reason: format!(
                    "{} is the medium of a simulated drive; record on it with burn --drive sim:{}",
                    path.display(),
                    path.display()
                ),
            });
        }
        let file = LockedFile::new(file).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => {
                Error::CannotAppend { reason: format!("another program has {} in use", path.display()) }
            }
            _ => open_error(error),
        })?;
        let (disc, next, virtual_volume) = look(path)?;
        let identifier = disc.identifier();
        Ok(GrowingImage { file, path: path.to_owned(), disc, next, identifier, virtual_volume })
    }

    /// The image as it is.
    #[must_use]
    pub fn disc(&self) -> &Disc {
        &self.disc
    }

    /// Imports the session that the new one builds on, and what its hierarchies hide
    /// ([`Imported::keep_visibility`]).
    ///
    /// # Errors As [`import`](crate::import); [`Error::SessionsUnreadable`] where a descriptor of the newest session
    /// cannot be read, and no session is asked for.
    pub fn import(&self, options: &ImportOptions, control: &Control) -> Result<Imported> {
        if options.session.is_none()
            && let Some((error, advice)) = lost_descriptor(&self.disc)
        {
            let (drive, source) = (self.disc.name().to_owned(), Arc::new(error));
            return Err(Error::SessionsUnreadable { drive, source, advice });
        }
        import_all(&self.disc, options, control)
    }

    /// Where the session goes, for [`PlanOptions::place`](crate::PlanOptions::place).
    #[must_use]
    pub fn place(&self) -> Place {
        place(&self.next)
    }

    /// That the image is the one that was opened and imported, in the same state: nothing keeps others from writing to
    /// it, or from putting another in its place, but a lock that not all of them look at.
    fn check_identity(&self, plan: &LayoutPlan<'_>) -> Result<()> {
        let other = || Error::DiscMismatch { medium: self.path.display().to_string() };
        let (disc, next, _) = continuable(look(&self.path))?.ok_or_else(other)?;
        let found = disc.identifier();
        let is_same_file = match (self.file.metadata(), std::fs::metadata(&self.path)) {
            (Ok(open), Ok(named)) => FileIdentity::of(&open) == FileIdentity::of(&named),
            _ => false,
        };
        let is_same = found == self.identifier && plan.options().disc.is_none_or(|disc| disc == found);
        if is_same_file && is_same && next == self.next {
            return Ok(());
        }
        Err(other())
    }

    /// The image as it is after [`write`](GrowingImage::write), which can be read without being written.
    ///
    /// # Errors
    /// [`Error::CannotAppend`] if the new head would overwrite what the first session needs, [`Error::ImportRead`].
    pub fn image<'p>(&self, plan: &'p LayoutPlan<'p>) -> Result<PlannedImage<'p>> {
        Ok(PlannedImage::new(plan, self.beside(plan)?.overlays()))
    }

    /// The ranges of the image that [`write`](GrowingImage::write) changes, in the order of writing: for a caller that
    /// copies them from [`image`](GrowingImage::image) to where the image is kept. Each range is written when all before it
    /// has reached its place; then what is there is the old state until the new one is. Where the last ranges lie in
    /// front of the session, they are the head.
    ///
    /// # Errors
    /// As [`image`](GrowingImage::image).
    pub fn modified(&self, plan: &LayoutPlan<'_>) -> Result<Vec<Extent>> {
        Ok(self.beside(plan)?.ranges(plan, &[]))
    }

    /// Looks at all that [`write`](GrowingImage::write) refuses, and writes nothing.
    ///
    /// # Errors
    /// Those of that call before anything is written.
    pub fn check(&self, plan: &LayoutPlan<'_>) -> Result<()> {
        self.checked(plan).map(drop)
    }

    fn checked(&self, plan: &LayoutPlan<'_>) -> Result<Beside> {
        self.check_identity(plan)?;
        let planned = plan.extent().start;
        if planned != self.next.start {
            return Err(Error::WrongPlace { planned, next: self.next.start });
        }
        self.check_virtual(plan)?;
        self.beside(plan)
    }

    fn beside(&self, plan: &LayoutPlan<'_>) -> Result<Beside> {
        let head = NewHead::new(plan, &self.disc, &self.next)?;
        let steps = head.steps().map(|(at, sectors)| (at, sectors.to_vec())).collect();
        Beside::new(&self.disc, &self.next, plan.extent().end(), steps)
    }

    /// Writes the planned session behind the others, and then the head, which makes it the newest. Until
    /// the head is written the image is what it was. A volume that grows by virtual allocation tables has its table
    /// written last instead, and the image ends there.
    ///
    /// # Errors
    /// Before anything is written: [`Error::DiscMismatch`] where the image is no longer what was opened, or not what
    /// the plan's tree was imported from; [`Error::WrongPlace`] for a plan made for another place; [`Error::CannotAppend`] if the new head would overwrite what the first
    /// session needs. Then as [`write_image`](crate::write_image).
    pub fn write(&self, plan: &LayoutPlan<'_>, control: &Control) -> Result<()> {
        crate::trace::span!("append");
        let write_error = |source| Error::OutputWrite { path: self.path.clone(), source };
        let Beside { before, head } = self.checked(plan)?;
        let len = self.file.metadata().map_err(write_error)?.len();
        if let Err(error) = self.write_session(plan, &before, len, control) {
            // The image ends where it ended, and padding that was overwritten is zeros again.
            let first = self.next.head_copy.unwrap_or(self.next.start);
            let cut = self.file.set_len(len.min(first.byte_offset()));
            let restored = cut.and_then(|()| self.file.set_len(len));
            return Err(match (error, restored) {
                (error, Err(_)) => with_state(error, "what it holds behind its sessions is of no use"),
                (Error::Cancelled { .. }, Ok(())) => {
                    Error::Cancelled { state: format!("{} is as it was", self.path.display()) }
                }
                (error, Ok(())) => with_state(error, "it is as it was"),
            });
        }
        for (at, sectors) in &head {
            self.write_and_flush(*at, sectors).map_err(|error| {
                let torn = "its head may be torn, which 'fsimage recover' tells and mends";
                with_state(write_error(error), torn)
            })?;
        }
        Ok(())
    }

    fn write_and_flush(&self, at: Sector, sectors: &[u8]) -> io::Result<()> {
        write_all_at(&self.file, sectors, at.byte_offset())?;
        self.file.sync_data()
    }

    /// The plan of a volume that grows by virtual allocation tables has to continue this one, and nothing but that is
    /// found in an image that ends with such a table.
    fn check_virtual(&self, plan: &LayoutPlan<'_>) -> Result<()> {
        let refused = |reason: String| Err(Error::CannotAppend { reason });
        let continued = plan.options().continued_volume();
        match (&self.virtual_volume, continued) {
            (None, None) => Ok(()),
            (Some(there), Some(planned)) if there.vat_sector() == planned.vat_sector() => {
                let (_, end) = there.partition();
                let needed = plan.extent().end().unwrap_or(plan.extent().start);
                if u64::from(needed.get()) > end {
                    return refused(format!(
                        "the partition of its UDF ends at sector {end}, and the session at {needed}: build a new image, \
                         or record it on a disc and let the session follow there"
                    ));
                }
                Ok(())
            }
            (Some(_), None) => refused(
                "its UDF grows by virtual allocation tables, and readers find no other session here; leave out --fs \
                 and --udf-access"
                    .to_owned(),
            ),
            (_, Some(_)) => refused("it is not the volume whose virtual allocation table is continued".to_owned()),
        }
    }

    /// `before` is written first; `len` are the bytes of the image as it is. It never becomes shorter.
    fn write_session(
        &self,
        plan: &LayoutPlan<'_>,
        before: &[(Sector, Vec<u8>)],
        len: u64,
        control: &Control,
    ) -> Result<()> {
        let write_error = |source| Error::OutputWrite { path: self.path.clone(), source };
        let end = plan.extent().end().unwrap_or(plan.extent().start);
        self.file.set_len(end.byte_offset().max(len)).map_err(write_error)?;
        for (at, block) in before {
            self.write_and_flush(*at, block).map_err(write_error)?;
        }
        write_file(plan, &self.file, &self.path, control)?;
        self.file.sync_data().map_err(write_error)?;
        if self.virtual_volume.is_some() {
            // Readers look for the table in the last sector; behind it are zeros, if anything.
            self.file.set_len(end.byte_offset()).map_err(write_error)?;
        }
        Ok(())
    }
}

/// Where the first of several sessions goes in a new image file: what is in front of it becomes the head.
pub(crate) fn first_place() -> Place {
    Place { start: FIRST_START, owns_head: true, ..Place::default() }
}

/// Writes that session into a new file, and its head.
///
/// # Errors
/// [`Error::OutputWrite`], and as [`write_file`].
pub(crate) fn write_first(plan: &LayoutPlan<'_>, path: &Path, control: &Control) -> Result<()> {
    let write_error = |source| Error::OutputWrite { path: path.to_owned(), source };
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path);
    let file = file.map_err(write_error)?;
    let empty = FileSectors::new(file.try_clone().map_err(write_error)?).map_err(write_error)?;
    let head = NewHead::first(plan, &empty)?;
    let end = plan.extent().end().unwrap_or(plan.extent().start);
    file.set_len(end.byte_offset()).map_err(write_error)?;
    write_file(plan, &file, path, control)?;
    for (at, sectors) in head.steps() {
        write_all_at(&file, sectors, at.byte_offset()).map_err(write_error)?;
    }
    Ok(())
}

/// An error of writing that says in what state the image was left.
fn with_state(error: Error, state: &str) -> Error {
    match error {
        Error::OutputWrite { path, source } => {
            let source = io::Error::new(source.kind(), format!("{source}; {state}"));
            Error::OutputWrite { path, source }
        }
        error => error,
    }
}

/// What there is to continue; `None` where it could be continued once and cannot any more, so that it is another.
pub(crate) fn continuable<T>(looked: Result<T>) -> Result<Option<T>> {
    match looked {
        Ok(found) => Ok(Some(found)),
        Err(
            Error::CannotAppend { .. }
            | Error::NoFurtherSession { .. }
            | Error::NotGrowable { .. }
            | Error::MediumNotAllowed { .. }
            | Error::NoFileSystem { .. }
            | Error::EmptyMedium { .. }
            | Error::Corrupt { .. },
        ) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The error of a medium or image that has no place for a further session.
pub(crate) fn no_next_session(error: &multisession::Error, medium: &str) -> Error {
    use multisession::Error as Place;
    match error {
        Place::Closed | Place::Full { .. } | Place::NoReplacements { .. } | Place::AddressSpace { .. } => {
            Error::NoFurtherSession { medium: medium.to_owned(), reason: error.to_string() }
        }
        _ => Error::CannotAppend { reason: format!("{medium}: {error}") },
    }
}

/// The image as it is, where its next session goes, and the volume that it continues if that grows by virtual
/// allocation tables.
fn look(path: &Path) -> Result<(Disc, NextSession, Option<VirtualVolume>)> {
    let disc = Disc::open(path)?;
    if let Some(container) = disc.container() {
        return Err(Error::NotGrowable {
            reason: format!(
                "{} is not an image of sectors one behind another ({}); it can be read, and a new image be \
                 made of what it holds",
                path.display(),
                container.format
            ),
        });
    }
    // Where there is none, or none that can be read, the error says what is there instead.
    let newest = disc.session(None)?;
    disc.describe(Some(newest.number))?;
    let there = Sector::new(disc.source().sectors().get());
    let whole = disc.cut_sector(&newest).map_or(there, |(sector, _)| sector);
    let missing = newest.end.filter(|&end| end > whole);
    if let Some(end) = missing.filter(|_| !disc.misses_padding_alone(&newest, whole)) {
        return Err(Error::Corrupt {
            sector: whole,
            structure: "end of the image",
            detail: format!(
                "{} has {whole} sectors and its volume {end}: the image is cut short, and nothing is appended, for the \
                 missing data would become zeros; 'fsimage copy' makes an image of what is whole",
                path.display()
            ),
        });
    }
    let medium = Medium::image_file(disc.sessions().clone());
    if let Some(volume) = virtual_volume(&disc, &newest) {
        let next_writable = after_table(&disc, &volume).ok_or_else(|| Error::CannotAppend {
            reason: format!(
                "{} goes on behind the virtual allocation table in sector {}, which has to be the last that is written: \
                 'fsimage recover' cuts off what is there",
                path.display(),
                volume.vat_sector()
            ),
        })?;
        let growth = Growth::Sequential { next_writable };
        let next = next_session(&Medium { growth, ..medium }, None)
            .map_err(|error| no_next_session(&error, &path.display().to_string()))?;
        return Ok((disc, next, Some(volume)));
    }
    // What lies behind the volume (a partition table's backup, say) stays as well, unless it is padding.
    let end = match newest.end {
        Some(end) if is_room_gained(end, there) && disc.is_padding_from(end) => end,
        _ => missing.unwrap_or(there),
    };
    let next = next_session(&medium, Some(end))
        .map_err(|error| no_next_session(&error, &path.display().to_string()))?;
    Ok((disc, next, None))
}

/// The volume of a session, if it grows by virtual allocation tables and is all that the session has.
fn virtual_volume(disc: &Disc, session: &Session) -> Option<VirtualVolume> {
    let udf = disc.udf_volume(session).ok().flatten().filter(|_| disc.volume_set(session).is_err());
    udf.and_then(VirtualVolume::new)?.ok()
}

/// The first sector behind the newest virtual allocation table of an image file, where anything but zeros follows: what
/// was begun there never came to its own table.
pub(crate) fn begun_behind_table(disc: &Disc) -> Option<Sector> {
    let newest = disc.newest_complete()?;
    // What is in front of a table came to it, whatever was lost since.
    if disc.udf_volume(&newest).ok()??.passed_over_table().is_some() {
        return None;
    }
    let volume = virtual_volume(disc, &newest)?;
    match after_table(disc, &volume) {
        None => Sector::new(volume.vat_sector()).checked_add(SectorCount::new(1)),
        Some(_) => None,
    }
}

/// Where a session can begin behind the newest virtual allocation table, if nothing but zeros follows that.
fn after_table(disc: &Disc, volume: &VirtualVolume) -> Option<Sector> {
    let end = Sector::new(volume.vat_sector().checked_add(1)?);
    disc.is_zero_from(end).then(|| end.align_up(START_ALIGNMENT)).flatten()
}

/// Whether a session can begin earlier behind `end` than behind `there`.
fn is_room_gained(end: Sector, there: Sector) -> bool {
    end.align_up(START_ALIGNMENT) < there.align_up(START_ALIGNMENT)
}

/// The error of a descriptor of the newest session that cannot be read, be it of a volume of UDF, and what is said to it: the
/// next session would lose what it leads to.
pub(crate) fn lost_descriptor(disc: &Disc) -> Option<(ReadError, &'static str)> {
    let newest = disc.newest_complete()?;
    let advice = match newest.number {
        1 => {
            "the session would lose what that descriptor leads to, so nothing was written; another drive may read it, \
             and '--session 1' goes on without"
        }
        _ => {
            "the session would lose what that descriptor leads to, so nothing was written; another drive may read it, \
             and '--session' with its number goes on without"
        }
    };
    let of_udf = || match disc.udf_volume(&newest) {
        Err(Error::ImportRead(error)) => Some(error),
        _ => None,
    };
    Some((disc.unreadable_descriptor(&newest).or_else(of_udf)?, advice))
}

/// The plan's part of where a session goes.
pub(crate) fn place(next: &NextSession) -> Place {
    Place {
        start: next.start,
        alignment: next.alignment,
        end_padding: next.end_padding,
        // The plan's own padding counts here, which is taken off there.
        available: next.available.and_then(|data| data.checked_add(next.end_padding)),
        space_from_zero: next.head == Head::None,
        end_mark: false,
        owns_head: next.head == Head::Rewrite && next.start == FIRST_START,
    }
}

/// An image file that no other process grows meanwhile.
struct LockedFile(File);

impl Deref for LockedFile {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl LockedFile {
    #[cfg(unix)]
    fn new(file: File) -> io::Result<LockedFile> {
        use rustix::fs::{FlockOperation, flock};

        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        Ok(LockedFile(file))
    }

    /// Windows refuses a second writer by itself when it matters; other systems have no lock to take.
    #[cfg(not(unix))]
    fn new(file: File) -> io::Result<LockedFile> {
        Ok(LockedFile(file))
    }
}

/// A program that is started meanwhile has all files of this one for a moment, and would hold the lock as well.
#[cfg(unix)]
impl Drop for LockedFile {
    fn drop(&mut self) {
        use rustix::fs::{FlockOperation, flock};

        // What cannot be unlocked is unlocked when the file is closed.
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}

#[cfg(test)]
mod tests {
    use sector_io::ReadSectors;

    use super::*;
    use crate::{Item, ItemOptions, PlanOptions, Tree, write_image};

    /// A file of which the host cannot read one sector.
    struct Failing(Arc<dyn ReadSectors>, Sector);

    impl ReadSectors for Failing {
        fn read_sectors(&self, start: Sector, into: &mut [u8]) -> std::result::Result<(), ReadError> {
            let len = SectorCount::for_bytes(into.len() as u64).unwrap_or_default();
            match Extent::new(start, len).contains(self.1) {
                true => Err(ReadError::Io { start: self.1, source: io::Error::other("damaged") }),
                false => self.0.read_sectors(start, into),
            }
        }

        fn sectors(&self) -> SectorCount {
            self.0.sectors()
        }
    }

    #[test]
    fn a_descriptor_that_cannot_be_read_is_not_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("image");
        let mut tree = Tree::new();
        tree.add("/first", Item::Bytes(b"first".as_slice().into()), &ItemOptions::default()).unwrap();
        let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
        write_image(&plan, &path, &Control::default()).unwrap();
        let mut growing = GrowingImage::open(&path).unwrap();
        let source = Arc::new(Failing(growing.disc.source().clone(), Sector::new(17)));
        growing.disc = Disc::from_source(source, "image").unwrap();
        let error = growing.import(&ImportOptions::default(), &Control::default()).unwrap_err();
        assert!(matches!(error, Error::SessionsUnreadable { .. }), "{error:?}");
        assert!(error.to_string().contains("sector 17"), "{error}");
        let asked = ImportOptions { session: Some(1), ..ImportOptions::default() };
        assert!(growing.import(&asked, &Control::default()).is_ok());
    }
}
