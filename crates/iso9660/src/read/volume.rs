use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use sector_io::{ReadError, ReadSectors, SECTOR_SIZE};

use super::directory::Located;
use super::entry::Directory;
use super::finding::{Finding, Findings, Place};
use super::links::Links;
use super::system_use::{Continuations, SystemUse};
use super::{Error, VolumeSet};
use crate::LogicalBlock;
use crate::directory::{DirectoryRecord, PARENT_IDENTIFIER, SELF_IDENTIFIER};
use crate::susp::SharingProtocolIndicator;
use crate::volume::RootDirectory;

/// Bytes at the start of System Use in which the sharing protocol indicator is looked for: it stands
/// behind the 14 bytes of CD-ROM XA, and a byte of padding, on discs that have these.
const INDICATOR_WITHIN: usize = 16;

/// Appends the name that a recorded identifier stands for, in UTF-8 and without version; tells what is wrong
/// with it, if something is.
pub type DecodeName = fn(&[u8], &mut Vec<u8>) -> Option<&'static str>;

/// One directory hierarchy of a volume, ready to be read.
///
/// Directories are read when they are asked for; nothing is kept of them, so that volumes of any size
/// take the same memory, and several threads may read at once with a [`DirectoryBuffer`](super::DirectoryBuffer) each.
#[derive(Debug)]
pub struct Volume<R> {
    pub(super) source: R,
    pub(super) root: RootDirectory,
    pub(super) naming: Naming,
    pub(super) findings: Findings,
    /// What is known of `CL` entries.
    pub(super) links: Mutex<Links>,
    /// Whether an item with an `NM` entry was met. Some writers make none.
    pub(super) has_names: AtomicBool,
}

/// Where names and attributes come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Naming {
    Identifiers,
    Decoded(DecodeName),
    /// Bytes to skip in every System Use field but that of the root's own record; and in that one.
    RockRidge {
        skip: usize,
        skip_in_root: usize,
        /// Whether nothing is taken of it but where directories belong.
        places_only: bool,
    },
}

impl Naming {
    /// An identifier in words.
    pub(super) fn shown(self, identifier: &[u8]) -> String {
        let mut name = Vec::new();
        match (identifier, self) {
            (SELF_IDENTIFIER, _) => name.push(b'.'),
            (PARENT_IDENTIFIER, _) => name.extend_from_slice(b".."),
            (_, Naming::Decoded(decode)) => {
                // What is wrong with it is told where it is read.
                let _ = decode(identifier, &mut name);
            }
            (_, Naming::Identifiers | Naming::RockRidge { .. }) => name.extend_from_slice(identifier),
        }
        String::from_utf8_lossy(&name).into_owned()
    }
}

impl<R: ReadSectors> Volume<R> {
    /// The primary hierarchy without its extensions.
    ///
    /// # Errors
    /// None at present: directories are read when asked for.
    pub fn plain(source: R, set: &VolumeSet) -> Result<Volume<R>, Error> {
        Ok(Volume::new(source, set.primary.fields.root, Naming::Identifiers))
    }

    /// The primary hierarchy as Rock Ridge shows it; `None` when it has no Rock Ridge, or its root
    /// directory lies behind the end of the image.
    ///
    /// # Errors
    /// [`Error::Read`] when the root directory cannot be read; [`Error::Corrupt`] where it does not begin with its own
    /// record: that would tell whether Rock Ridge is there.
    pub fn rock_ridge(source: R, set: &VolumeSet) -> Result<Option<Volume<R>>, Error> {
        let naming = Naming::RockRidge { skip: 0, skip_in_root: 0, places_only: false };
        let mut volume = Volume::new(source, set.primary.fields.root, naming);
        let mut sector = Vec::new();
        let directory = volume.root_directory();
        match volume.read_own_record(directory.extent, &mut sector) {
            Err(Error::Read(ReadError::OutOfRange { .. })) => return Ok(None),
            Err(error) => return Err(error),
            Ok(()) => {}
        }
        let own = own_record(&sector, directory.extent).ok_or_else(|| Error::Corrupt {
            sector: directory.extent.sector(),
            structure: "root directory (ECMA-119 6.8.2.2)",
            detail: "the directory does not begin with its own record".to_owned(),
        })?;
        let indicator = find_indicator(own.record.system_use);
        let (skip_in_root, skip) = indicator.unwrap_or((0, 0));
        let area = own.record.system_use.get(skip_in_root..).unwrap_or_default();
        let mut continuations = Continuations::new(&volume.source, &volume.findings);
        let attributes = SystemUse::default().collect(area, SELF_IDENTIFIER, own.place, &mut continuations);
        if !attributes.is_rock_ridge {
            return Ok(None);
        }
        if !attributes.has_indicator {
            let message = format_args!("Rock Ridge entries without an SP entry that announces them");
            volume.findings.odd(own.place, "SUSP 5.3", message);
        }
        volume.naming = Naming::RockRidge { skip, skip_in_root, places_only: false };
        Ok(Some(volume))
    }

    /// The primary hierarchy with the directories that Rock Ridge has relocated where they belong (RRIP 4.1.5), and nothing
    /// else of it: names are those of [`Volume::plain`], and what is no directory is a file. `None` when it has no Rock Ridge.
    ///
    /// # Errors
    /// As [`Volume::rock_ridge`].
    pub fn plain_in_place(source: R, set: &VolumeSet) -> Result<Option<Volume<R>>, Error> {
        let mut volume = Volume::rock_ridge(source, set)?;
        if let Some(Volume { naming: Naming::RockRidge { places_only, .. }, .. }) = &mut volume {
            *places_only = true;
        }
        Ok(volume)
    }

    /// Whether the root directory of this hierarchy announces entries of the System Use Sharing Protocol (SUSP 5.3). `false`
    /// where it cannot be read.
    pub fn announces_own_system_use(&self) -> bool {
        let extent = self.root_directory().extent;
        let mut sector = Vec::new();
        self.read_own_record(extent, &mut sector).is_ok()
            && own_record(&sector, extent).is_some_and(|own| find_indicator(own.record.system_use).is_some())
    }

    /// Whether the root directory has an entry that announces those of the System Use Sharing Protocol (SUSP 5.3), or
    /// what is left of it.
    pub fn announces_system_use(source: R, set: &VolumeSet) -> bool {
        let volume = Volume::new(source, set.primary.fields.root, Naming::Identifiers);
        let extent = volume.root_directory().extent;
        let mut sector = Vec::new();
        volume.read_own_record(extent, &mut sector).is_ok()
            && own_record(&sector, extent).is_some_and(|own| {
                let pairs = own.record.system_use.windows(2);
                pairs.take(INDICATOR_WITHIN + 5).any(|pair| pair == b"SP" || pair == [0xbe, 0xef])
            })
    }

    /// The hierarchy of the enhanced descriptor (ISO 9660:1999), its names as recorded; `None` when there is none. It has no
    /// version numbers, but the descriptor may lead to records that the primary one leads to as well: those that are there
    /// are left out, as elsewhere.
    pub fn enhanced(source: R, set: &VolumeSet) -> Option<Volume<R>> {
        let descriptor = set.enhanced.as_ref()?;
        Some(Volume::with_names(source, &descriptor.fields.root, |identifier, name| {
            name.extend_from_slice(enhanced_name(identifier));
            None
        }))
    }

    /// The hierarchy of another descriptor, such as that of Joliet.
    pub fn with_names(source: R, root: &RootDirectory, decode: DecodeName) -> Volume<R> {
        Volume::new(source, *root, Naming::Decoded(decode))
    }

    fn new(source: R, root: RootDirectory, naming: Naming) -> Volume<R> {
        Volume {
            source,
            root,
            naming,
            findings: Findings::default(),
            links: Mutex::default(),
            has_names: AtomicBool::new(false),
        }
    }

    /// What the volume is read from.
    pub fn source(&self) -> &R {
        &self.source
    }

    /// The root directory.
    pub fn root_directory(&self) -> Directory {
        Directory::from(&self.root)
    }

    /// The findings so far, from all that was read; 1000 at most, and one that counts the rest.
    pub fn findings(&self) -> Vec<Finding> {
        self.findings.to_vec()
    }

    /// How often something was met so far that was recorded and cannot be had, and the last that was. What is met once more
    /// counts once more: it tells whether what was just read is whole.
    pub fn damage_met(&self) -> (u64, Option<Finding>) {
        self.findings.damage_met()
    }

    /// Reads the sector in which a directory begins.
    pub(super) fn read_own_record(&self, extent: LogicalBlock, sector: &mut Vec<u8>) -> Result<(), Error> {
        sector.resize(SECTOR_SIZE, 0);
        Ok(self.source.read_sectors(extent.sector(), sector)?)
    }
}

/// The first record of a directory's first sector, if it is the directory's own.
pub(super) fn own_record(sector: &[u8], extent: LogicalBlock) -> Option<Located<'_>> {
    let (rest, record) = DirectoryRecord::parse(sector).ok()?;
    let bytes = &sector[..sector.len() - rest.len()];
    let place = Place { sector: extent.sector(), offset: 0 };
    (record.identifier == SELF_IDENTIFIER).then_some(Located { record, bytes, place })
}

/// Where in a System Use field the sharing protocol indicator stands, and the bytes that it says to skip.
fn find_indicator(system_use: &[u8]) -> Option<(usize, usize)> {
    (0..=INDICATOR_WITHIN).find_map(|at| {
        let (_, entry) = crate::susp::Entry::parse(system_use.get(at..)?).ok()?;
        let is_indicator = entry.signature == SharingProtocolIndicator::SIGNATURE;
        let (_, indicator) = SharingProtocolIndicator::parse(entry.payload).ok()?;
        is_indicator.then_some((at, usize::from(indicator.bytes_skipped)))
    })
}

/// The identifier without `;` and version, and without the dot of an empty extension.
pub(super) fn plain_name(identifier: &[u8]) -> &[u8] {
    without_dot(without_version(identifier).unwrap_or(identifier))
}

/// The name that an identifier in the hierarchy of an enhanced descriptor stands for: the same, or, where it ends with a
/// version number all the same, what is in front of that, without the dot of an empty extension.
pub fn enhanced_name(identifier: &[u8]) -> &[u8] {
    without_version(identifier).map_or(identifier, without_dot)
}

fn without_version(identifier: &[u8]) -> Option<&[u8]> {
    let digits = identifier.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    match identifier[..identifier.len() - digits].split_last() {
        Some((b';', stem)) => Some(stem),
        _ => None,
    }
}

fn without_dot(stem: &[u8]) -> &[u8] {
    match stem.split_last() {
        Some((b'.', name)) if !name.is_empty() => name,
        _ => stem,
    }
}
