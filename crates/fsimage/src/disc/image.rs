use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use iso9660::read::{DirectoryBuffer, Encoding, Entry, Volume};
use iso9660::rock_ridge::TimeFlags;
use multisession::Session;
use sector_io::{FileSectors, ReadSectors, SECTOR_SIZE, Sector};
use udf::read::Stretch;

use super::entry::{Data, Identity, ImageEntry, first_beyond};
use super::file_reader::{FileReader, error_at};
use super::raw_sectors::{self, Form};
use super::udf::{UdfVolume, image_entry};
use super::{Disc, read_error, udf as udf_disc};
use super::{LostFileSystem, PassedOver};
use crate::tree::{Attributes, FileSystem, Kind, Section, Timestamp, UdfFlags};
use crate::{Error, Result};

/// One file system of one session, read where it lies. Nothing is kept but what a call asks for.
pub struct Image {
    pub(super) volume: AnyVolume,
    source: Arc<dyn ReadSectors>,
    /// The file behind `source`, where its bytes are the sectors.
    pub(super) file: Option<Arc<FileSectors>>,
    /// As [`Disc::files`].
    pub(crate) files: Vec<PathBuf>,
    file_system: FileSystem,
    /// Whether the session has a Joliet tree as well that would have come first, with nothing in it.
    pub(super) instead_of_joliet: bool,
    /// As [`Image::lost_file_systems`].
    lost_file_systems: Vec<LostFileSystem>,
    /// Whether the recording of the session stopped early.
    is_interrupted: bool,
    /// The sessions that were passed over for this one.
    passed_over: Vec<PassedOver>,
    /// As [`Disc::cut_sector`].
    pub(super) cut_sector: Option<(Sector, u64)>,
    /// As [`Disc::lost_descriptors`].
    pub(super) lost_descriptors: Vec<(Sector, String)>,
    /// As [`Image::damaged_head`].
    damaged_head: Vec<String>,
}

/// A volume of either kind.
pub(crate) enum AnyVolume {
    Iso9660(Volume<Arc<dyn ReadSectors>>),
    Udf(Box<UdfVolume>),
}

/// Memory for reading one directory after the other.
#[derive(Default)]
pub(super) struct Buffers {
    iso9660: DirectoryBuffer,
    udf: udf::read::DirectoryBuffer,
}

/// Is given an entry's name, and what makes the entry.
pub(super) type Visit<'v> = dyn FnMut(&[u8], &mut dyn FnMut() -> ImageEntry) -> ControlFlow<()> + 'v;

impl Image {
    pub(super) fn new(disc: &Disc, session: &Session, volume: AnyVolume, file_system: FileSystem) -> Image {
        let (source, file) = (disc.source.clone(), disc.file.clone());
        let is_interrupted = disc.is_incomplete(session);
        Image {
            volume,
            source,
            file,
            files: disc.files.clone(),
            file_system,
            instead_of_joliet: false,
            lost_file_systems: Vec::new(),
            is_interrupted,
            passed_over: Vec::new(),
            cut_sector: disc.cut_sector(session),
            lost_descriptors: disc.lost_descriptors(session),
            damaged_head: disc.damage_of_head(session),
        }
    }

    /// What of the head of the medium cannot be read, in words, where it is this session that others find by it.
    /// Nothing of the session is lost with that.
    pub fn damaged_head(&self) -> &[String] {
        &self.damaged_head
    }

    /// The same, with the finding that a Joliet tree was passed over.
    pub(super) fn instead_of_joliet(self) -> Image {
        Image { instead_of_joliet: true, ..self }
    }

    /// The same, in the place of those.
    pub(super) fn instead_of(self, lost_file_systems: Vec<LostFileSystem>) -> Image {
        Image { lost_file_systems, ..self }
    }

    /// File systems that [`Disc::image`] was asked for, came to first, and cannot read: this one is shown in their place,
    /// and may have less of names, attributes and items.
    pub fn lost_file_systems(&self) -> &[LostFileSystem] {
        &self.lost_file_systems
    }

    /// Whether the recording of the session stopped early: where data are missing, something else may lie in their place.
    pub fn is_interrupted(&self) -> bool {
        self.is_interrupted
    }

    /// Of an image of the session that is meant by default, as [`Disc::passed_over`]: what only those sessions have is not there.
    pub fn passed_over(&self) -> &[PassedOver] {
        &self.passed_over
    }

    /// The same, of the session that is meant by default.
    pub(super) fn passing_over(self, passed_over: Vec<PassedOver>) -> Image {
        Image { passed_over, ..self }
    }

    /// Which file system of the session this is.
    pub fn file_system(&self) -> FileSystem {
        self.file_system
    }

    pub(crate) fn volume(&self) -> &AnyVolume {
        &self.volume
    }

    /// The root directory.
    ///
    /// # Errors
    /// Its sectors cannot be read.
    pub fn root(&self) -> Result<ImageEntry> {
        let mut root = None;
        let volume = match &self.volume {
            AnyVolume::Iso9660(volume) => volume,
            AnyVolume::Udf(volume) => {
                volume
                    .root_entry(&mut udf::read::DirectoryBuffer::new(), &mut |entry| {
                        root = Some(image_entry(&entry));
                    })
                    .map_err(udf_disc::read_error)?;
                return root.ok_or_else(|| Error::NotFound { path: "/".to_owned(), wanted: None });
            }
        };
        volume
            .root_entry(&mut DirectoryBuffer::new(), &mut |entry| root = Some(ImageEntry::of(&entry)))
            .map_err(read_error)?;
        let mut root = root.unwrap_or_else(|| {
            let directory = volume.root_directory();
            ImageEntry {
                name: Vec::new(),
                kind: Kind::Directory,
                attributes: Attributes { permissions: 0o555, uid: 0, gid: 0 },
                links: 1,
                modified: Timestamp::default(),
                times: None,
                len: u64::from(directory.len()),
                link_target: Vec::new(),
                device: None,
                data: Data::Directory(directory),
                real_time: false,
                is_concealed: false,
                udf_flags: UdfFlags::empty(),
                has_version: false,
                has_joliet_version: false,
                is_owner_open: false,
                streams: None,
                attribute_list: None,
                impossible_times: TimeFlags::empty(),
                impossible_offsets: TimeFlags::empty(),
                serial: None,
            }
        });
        root.name.clear();
        Ok(root)
    }

    /// The entry, with the length that its sectors give it.
    fn entry(&self, entry: &Entry<'_>) -> ImageEntry {
        let mut entry = ImageEntry::of(entry);
        if let Data::File(sections, Encoding::Plain) = &entry.data
            && raw_sectors::form_of(self.source.as_ref(), sections) == Form::Two
        {
            entry.len = sections.iter().map(|section| u64::from(Form::Two.len(section.len))).sum();
        }
        entry
    }

    /// Visits a directory's entries in the order of their recording, until `visit` breaks off.
    pub(super) fn visit(
        &self,
        directory: &ImageEntry,
        buffers: &mut Buffers,
        visit: &mut Visit<'_>,
    ) -> Result<()> {
        match (&self.volume, &directory.data) {
            (AnyVolume::Iso9660(volume), Data::Directory(extent)) => volume
                .read_directory(extent, &mut buffers.iso9660, &mut |entry| {
                    visit(entry.name, &mut || self.entry(&entry))
                })
                .map_err(read_error),
            (AnyVolume::Udf(volume), Data::UdfDirectory(icb)) => volume
                .read_directory(icb, &mut buffers.udf, &mut |entry| {
                    visit(entry.name, &mut || image_entry(&entry))
                })
                .map_err(udf_disc::read_error),
            _ => Err(not_a_directory(directory)),
        }
    }

    /// A directory's entries in the order of their names' bytes.
    ///
    /// # Errors
    /// [`Error::NotADirectory`]; its sectors cannot be read.
    pub fn read_dir(&self, directory: &ImageEntry) -> Result<Vec<ImageEntry>> {
        self.read_dir_with(directory, &mut Buffers::default())
    }

    pub(super) fn read_dir_with(
        &self,
        directory: &ImageEntry,
        buffers: &mut Buffers,
    ) -> Result<Vec<ImageEntry>> {
        let mut entries = Vec::new();
        self.visit(directory, buffers, &mut |_, entry| {
            entries.push(entry());
            ControlFlow::Continue(())
        })?;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// A directory's entries in the order of their names' bytes, as far as they can be had, and why others, or parts of these,
    /// cannot. Nothing else may be read of the structures of the image meanwhile, or its damage is told here.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn read_dir_readable(&self, directory: &ImageEntry) -> (Vec<ImageEntry>, Option<String>) {
        let (before, _) = self.damage_met();
        let mut entries = Vec::new();
        let read = self.visit(directory, &mut Buffers::default(), &mut |_, entry| {
            entries.push(entry());
            ControlFlow::Continue(())
        });
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let is_cut = |sector| directory.records().is_some_and(|(start, end)| (start..end).contains(&sector));
        let lost = match (read, self.damage_met()) {
            (Err(error), _) => Some(error.to_string()),
            (Ok(()), (met, Some(last))) if met > before => Some(last),
            _ => self
                .cut_sector
                .filter(|(sector, _)| is_cut(*sector))
                .map(|(sector, _)| format!("the image ends within sector {sector}, which it lies in")),
        };
        (entries, lost)
    }

    /// How often damage was met, and the last in words.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    fn damage_met(&self) -> (u64, Option<String>) {
        match &self.volume {
            AnyVolume::Iso9660(volume) => {
                let (met, last) = volume.damage_met();
                (met, last.map(|last| last.to_string()))
            }
            AnyVolume::Udf(volume) => {
                let (met, last) = volume.damage_met();
                (met, last.map(|last| last.to_string()))
            }
        }
    }

    /// Sectors of the medium.
    #[cfg(all(feature = "fuse", target_os = "linux"))]
    pub(crate) fn sectors(&self) -> sector_io::SectorCount {
        self.source.sectors()
    }

    /// The entry of that name.
    ///
    /// # Errors
    /// As [`Image::read_dir`].
    pub fn child(&self, directory: &ImageEntry, name: &[u8]) -> Result<Option<ImageEntry>> {
        let mut found = None;
        if let (AnyVolume::Udf(volume), Data::UdfDirectory(icb)) = (&self.volume, &directory.data) {
            volume
                .find(icb, name, &mut udf::read::DirectoryBuffer::new(), &mut |entry| {
                    found = Some(image_entry(&entry));
                    ControlFlow::Break(())
                })
                .map_err(udf_disc::read_error)?;
            return Ok(found);
        }
        self.visit(directory, &mut Buffers::default(), &mut |recorded, entry| {
            if recorded != name {
                return ControlFlow::Continue(());
            }
            found = Some(entry());
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// The item at a path; only the directories on the way are read.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotADirectory`].
    pub fn lookup(&self, path: impl AsRef<[u8]>) -> Result<ImageEntry> {
        let path = path.as_ref();
        let shown = || String::from_utf8_lossy(path).into_owned();
        let mut at = self.root()?;
        for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
            let child = self.child(&at, name)?;
            at = child.ok_or_else(|| Error::NotFound { path: shown(), wanted: None })?;
        }
        Ok(at)
    }

    /// First sector and length of a file's data, where they lie in sectors.
    pub(super) fn data_identity(&self, entry: &ImageEntry) -> Option<Identity> {
        match (&self.volume, &entry.data) {
            (AnyVolume::Udf(volume), Data::UdfFile(icb)) => {
                let udf::read::Content::Extents(stretches) = volume.content(*icb).ok()? else {
                    return entry.identity();
                };
                let position = stretches.first()?.position?;
                let first = u32::try_from(position / SECTOR_SIZE as u64).ok()?;
                let is_whole = position.is_multiple_of(SECTOR_SIZE as u64);
                is_whole.then_some(Identity::Data(Sector::new(first), entry.len))
            }
            _ => entry.identity(),
        }
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// [`Error::NotAFile`]; [`Error::Corrupt`] for a compressed file with a wrong header, or a sparse file with wrong tables.
    pub fn open(&self, entry: &ImageEntry) -> Result<FileReader> {
        match (&self.volume, &entry.data) {
            (AnyVolume::Udf(volume), Data::UdfFile(icb)) => {
                let content = volume.content(*icb).map_err(udf_disc::read_error)?;
                Ok(FileReader::udf(self.source.clone(), content, entry.len))
            }
            (_, Data::Bytes(value)) => {
                let content = udf::read::Content::Embedded(value.to_vec());
                Ok(FileReader::udf(self.source.clone(), content, entry.len))
            }
            (_, Data::File(sections, encoding)) => {
                let first = sections.first().map_or(Sector::ZERO, |section| section.start);
                FileReader::new(self.source.clone(), sections.clone(), encoding)
                    .map_err(|error| error_at(first, error))
            }
            _ => Err(Error::NotAFile {
                // The root has no name.
                path: super::finding::shown(&entry.name),
                kind: entry.kind,
            }),
        }
    }

    /// Where a file's data begin; `None` for those that are no sectors of their own.
    pub(crate) fn first_sector(&self, entry: &ImageEntry) -> Option<u32> {
        if let Some(first) = entry.sections().first() {
            return Some(first.start.get());
        }
        let (start, _) = *self.ranges(entry)?.first()?;
        u32::try_from(start / sector_io::SECTOR_SIZE as u64).ok()
    }

    /// Where a file's bytes lie in the image: positions and lengths. `None` if some are not there as they
    /// are.
    pub(crate) fn ranges(&self, entry: &ImageEntry) -> Option<Vec<(u64, u64)>> {
        match (&self.volume, &entry.data) {
            (_, Data::File(sections, Encoding::Plain)) => {
                let range = |section: &Section| (section.start.byte_offset(), u64::from(section.len));
                Some(sections.iter().map(range).collect())
            }
            (AnyVolume::Udf(volume), Data::UdfFile(icb)) => match volume.content(*icb).ok()? {
                content if content.len() != entry.len => None,
                udf::read::Content::Extents(stretches) => {
                    stretches.iter().map(|Stretch { position, len }| Some(((*position)?, *len))).collect()
                }
                udf::read::Content::Embedded(_) => None,
            },
            _ => None,
        }
    }

    /// Where data of a file begin that pass the end of the medium, if some do: they cannot be read.
    pub fn beyond_end(&self, entry: &ImageEntry) -> Option<Sector> {
        let end = self.source.sectors();
        match &self.volume {
            AnyVolume::Iso9660(_) => first_beyond(entry.sections().iter().copied(), end),
            // An ICB is read once more only where some may lead there.
            AnyVolume::Udf(volume) => {
                let ends = volume.partitions().iter().map(|one| u64::from(one.start) + u64::from(one.length));
                if ends.max().unwrap_or(0) * u64::from(volume.block_size()) <= end.bytes() {
                    return None;
                }
                let passes = |&(at, len): &(u64, u64)| at.saturating_add(len) > end.bytes();
                let (at, _) = self.ranges(entry)?.into_iter().find(passes)?;
                u32::try_from(at / SECTOR_SIZE as u64).ok().map(Sector::new)
            }
        }
    }
}

fn not_a_directory(entry: &ImageEntry) -> Error {
    Error::NotADirectory { path: String::from_utf8_lossy(&entry.name).into_owned(), kind: entry.kind }
}
