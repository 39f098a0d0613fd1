//! Another session in an image file that grows in place.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use multisession::{HEAD_SECTORS, Head, Medium, NextSession, START_ALIGNMENT, next_session};
use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use crate::disc::Disc;
use crate::emit::{write_all_at, write_file};
use crate::import::{ImportOptions, Imported, import};
use crate::plan::{LayoutPlan, Place, SYSTEM_AREA};
use crate::tree::FileSystems;
use crate::{Control, Error, Result};

/// An image file, opened for another session.
pub struct GrowingImage {
    file: File,
    path: PathBuf,
    disc: Disc,
    next: NextSession,
}

impl GrowingImage {
    /// Opens an image and finds where its next session goes. No other process may grow it meanwhile.
    ///
    /// # Errors
    /// [`Error::ImageOpen`], [`Error::NoFileSystem`], [`Error::Unsupported`] for UDF alone,
    /// [`Error::CannotAppend`].
    pub fn open(path: &Path) -> Result<GrowingImage> {
        let open_error = |source| Error::ImageOpen { path: path.to_owned(), source };
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(open_error)?;
        if !file.metadata().map_err(open_error)?.is_file() {
            return Err(Error::CannotAppend {
                reason: format!("{} is not a regular file; name a drive with burn --drive", path.display()),
            });
        }
        let mut state = path.as_os_str().to_owned();
        state.push(".medium");
        if Path::new(&state).exists() {
            return Err(Error::CannotAppend {
                reason: format!(
                    "{} is the medium of a simulated drive; record on it with burn --drive sim:{}",
                    path.display(),
                    path.display()
                ),
            });
        }
        lock(&file).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => {
                Error::CannotAppend { reason: format!("another program has {} in use", path.display()) }
            }
            _ => open_error(error),
        })?;
        let disc = Disc::open(path)?;
        if let Some(container) = disc.container() {
            return Err(Error::CannotAppend {
                reason: format!(
                    "{} is not an image of sectors one behind another ({}); it can be read, and a new image be \
                     made of what it holds",
                    path.display(),
                    container.format
                ),
            });
        }
        // Where there is none, the error says what is there instead.
        let newest = disc.session(None)?;
        if disc.growing_sessions().is_empty() {
            return Err(disc.no_session());
        }
        let there = Sector::new(disc.source().sectors().get());
        if let Some(end) = newest.end.filter(|&end| end > there) {
            return Err(Error::CannotAppend {
                reason: format!(
                    "{} has {there} sectors and its volume {end}: the image is cut short, and the missing data \
                     would become zeros",
                    path.display()
                ),
            });
        }
        let medium = Medium::image_file(disc.growing_sessions().clone());
        // What lies behind the volume (a partition table's backup, say) stays as well, unless it is padding.
        let end = match newest.end {
            Some(end) if is_room_gained(end, there) && disc.is_padding_from(end) => end,
            _ => there,
        };
        let next = next_session(&medium, Some(end))
            .map_err(|error| Error::CannotAppend { reason: error.to_string() })?;
        Ok(GrowingImage { file, path: path.to_owned(), disc, next })
    }

    /// The image as it is.
    pub fn disc(&self) -> &Disc {
        &self.disc
    }

    /// Imports the session that the new one builds on.
    ///
    /// # Errors
    /// As [`import`].
    pub fn import(&self, options: &ImportOptions, control: &Control) -> Result<Imported> {
        import(&self.disc, options, control)
    }

    /// Where the session goes, for [`PlanOptions::place`](crate::PlanOptions::place).
    pub fn place(&self) -> Place {
        place(&self.next)
    }

    /// Writes the planned session behind the others, and then the head, which makes it the newest. Until
    /// the head is written the image is what it was.
    ///
    /// # Errors
    /// [`Error::CannotAppend`] before anything is written, if the new head would overwrite what the first
    /// session needs; then as [`write_image`](crate::write_image).
    pub fn write(&self, plan: &LayoutPlan<'_>, control: &Control) -> Result<()> {
        let write_error = |source| Error::OutputWrite { path: self.path.clone(), source };
        let head = head_descriptors(plan, self.disc.source().as_ref())?;
        check_head(plan, &self.disc, &head, &self.next)?;
        let before = self.file.metadata().map_err(write_error)?.len();
        if let Err(error) = self.write_session(plan, before, control) {
            // The image ends where it ended, and padding that was overwritten is zeros again.
            let first = self.next.head_copy.unwrap_or(self.next.start);
            self.file.set_len(before.min(first.byte_offset())).map_err(write_error)?;
            self.file.set_len(before).map_err(write_error)?;
            return Err(match error {
                Error::Cancelled { .. } => {
                    Error::Cancelled { state: format!("{} is as it was", self.path.display()) }
                }
                error => error,
            });
        }
        self.file.sync_data().map_err(write_error)?;
        if self.next.head == Head::Rewrite {
            let at = Sector::ZERO.byte_offset() + SYSTEM_AREA.bytes();
            write_all_at(&self.file, &head, at).map_err(write_error)?;
            self.file.sync_data().map_err(write_error)?;
        }
        Ok(())
    }

    /// `before`: bytes of the image as it is. It never becomes shorter.
    fn write_session(&self, plan: &LayoutPlan<'_>, before: u64, control: &Control) -> Result<()> {
        let write_error = |source| Error::OutputWrite { path: self.path.clone(), source };
        let end = plan.extent().end().unwrap_or(plan.extent().start);
        self.file.set_len(end.byte_offset().max(before)).map_err(write_error)?;
        if let Some(copy) = self.next.head_copy {
            let head = read_head(self.disc.source().as_ref())?;
            write_all_at(&self.file, &head, copy.byte_offset()).map_err(write_error)?;
        }
        write_file(plan, &self.file, &self.path, control)
    }
}

/// Whether a session can begin earlier behind `end` than behind `there`.
fn is_room_gained(end: Sector, there: Sector) -> bool {
    end.align_up(START_ALIGNMENT) < there.align_up(START_ALIGNMENT)
}

/// The plan's part of where a session goes.
pub(crate) fn place(next: &NextSession) -> Place {
    Place {
        start: next.start,
        alignment: next.alignment,
        end_padding: next.end_padding,
        available: next.available,
    }
}

/// How the checksums of libisofs over system area and descriptors begin; the second is that of a head whose
/// first session is behind it.
const SUPERBLOCK_TAGS: [&[u8]; 2] = [b"libisofs_sb_checksum_tag", b"libisofs_rlsb32_checksum_tag"];

/// The descriptors of a plan as they are repeated in the head, up to the last sector that changes there.
///
/// libisofs keeps a checksum of the head behind its descriptors. It would vouch for what is no longer
/// there, and libisofs would refuse the image, so it becomes zeros.
pub(crate) fn head_descriptors(plan: &LayoutPlan<'_>, present: &dyn ReadSectors) -> Result<Vec<u8>> {
    let mut head = plan.head_descriptors()?.concat();
    let descriptors = SectorCount::for_bytes(head.len() as u64).unwrap_or_default();
    let first = SYSTEM_AREA.get() + descriptors.get();
    let mut behind = Vec::new();
    for at in first..HEAD_SECTORS.get() {
        let mut sector = [0; SECTOR_SIZE];
        if present.read_sectors(Sector::new(at), &mut sector).is_err() {
            break;
        }
        if SUPERBLOCK_TAGS.iter().any(|tag| sector.starts_with(tag)) {
            head.append(&mut behind);
            head.extend_from_slice(&[0; SECTOR_SIZE]);
        } else {
            behind.extend_from_slice(&sector);
        }
    }
    Ok(head)
}

/// Sectors 0 to 31 as they are; zeros behind the end of a shorter image.
pub(crate) fn read_head(source: &dyn ReadSectors) -> Result<Vec<u8>> {
    let mut head = vec![0; HEAD_SECTORS.bytes() as usize];
    let there = HEAD_SECTORS.min(source.sectors()).bytes() as usize;
    source.read_sectors(Sector::ZERO, &mut head[..there])?;
    Ok(head)
}

/// The new head must not reach what an older session keeps behind its own descriptors, and no file system
/// that is not continued may be left pointing at the old state.
pub(crate) fn check_head(plan: &LayoutPlan<'_>, disc: &Disc, head: &[u8], next: &NextSession) -> Result<()> {
    if next.head == Head::None || disc.growing_sessions().is_empty() {
        return Ok(());
    }
    if plan.options().file_systems.contains(FileSystems::UDF) {
        return Err(Error::CannotAppend {
            reason: "UDF in a further session on an overwritable medium or in an image file: this release repeats \
                     the head of ISO 9660 only, and readers of UDF would not find the new session"
                .to_owned(),
        });
    }
    let newest = disc.session(None)?;
    let set = disc.volume_set(&newest)?;
    if let Some(name) = udf_recognised(disc.source().as_ref(), set.end) {
        return Err(Error::CannotAppend {
            reason: format!(
                "the image holds UDF ({name}) besides ISO 9660; this release cannot continue it, and readers \
                 that prefer UDF would not see the new session"
            ),
        });
    }
    if next.head_copy.is_none() {
        return Ok(());
    }
    let descriptors = SectorCount::new((head.len() / SECTOR_SIZE) as u32);
    let head = Extent::new(Sector::new(SYSTEM_AREA.get()), descriptors);
    let fields = &set.primary.fields;
    let mut used = vec![fields.path_tables.type_l, fields.path_tables.type_m, fields.root.extent];
    for other in set.supplementary.iter().chain(&set.enhanced) {
        used.extend([
            other.fields.path_tables.type_l,
            other.fields.path_tables.type_m,
            other.fields.root.extent,
        ]);
    }
    match used.into_iter().map(crate::address::sector).find(|&at| head.contains(at)) {
        Some(at) => Err(Error::CannotAppend {
            reason: format!(
                "{descriptors} descriptors would overwrite sector {at}, which the first session needs; leave \
                 out file systems, or boot images, that it does not have"
            ),
        }),
        None => Ok(()),
    }
}

/// The name of a UDF recognition structure (ECMA-167 2/9.1) right behind the descriptors.
pub(crate) fn udf_recognised(source: &dyn ReadSectors, behind: Sector) -> Option<String> {
    let mut sector = [0; SECTOR_SIZE];
    // mkisofs has a sector of its own between the terminator and these.
    (0..4).map(|skip| behind.checked_add(SectorCount::new(skip))).find_map(|at| {
        source.read_sectors(at?, &mut sector).ok()?;
        let id = &sector[1..6];
        matches!(id, b"NSR02" | b"NSR03").then(|| String::from_utf8_lossy(id).into_owned())
    })
}

#[cfg(unix)]
fn lock(file: &File) -> io::Result<()> {
    use rustix::fs::{FlockOperation, flock};
    Ok(flock(file, FlockOperation::NonBlockingLockExclusive)?)
}

/// Windows refuses a second writer by itself when it matters; other systems have no lock to take.
#[cfg(not(unix))]
fn lock(_: &File) -> io::Result<()> {
    Ok(())
}
