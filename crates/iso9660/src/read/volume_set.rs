use std::cmp::Ordering;

use sector_io::{ReadError, ReadSectors, Sector, SectorCount};

use super::by_fields::{is_followed, is_no_terminator, name, type_by_fields};
use super::halves::{own_length, settle, told_halves};
use super::{Error, Finding};
use crate::Disagreement;
use crate::directory::{DirectoryRecord, FileFlags};
use crate::volume::{
    BootRecord, DESCRIPTOR_LEN, FIRST_DESCRIPTOR, PrimaryVolumeDescriptor, RootDirectory,
    SupplementaryVolumeDescriptor, VolumeDescriptorHeader, VolumeDescriptorType, VolumeFields,
    VolumePartitionDescriptor, VolumeTimes,
};

/// Descriptors that are looked at; real sets have a handful.
const MOST_DESCRIPTORS: u32 = 84;

/// Offset of the directory record of the root in a volume descriptor (8.4.18).
const ROOT_OFFSET: usize = 156;

/// The only block size that is read.
const BLOCK_SIZE: u16 = 2048;

/// The smallest block size of the standard (6.2.2).
const SMALLEST_BLOCK: u16 = 512;

/// The volume descriptors of one session (ECMA-119 6.7.1).
#[derive(Clone, Debug)]
pub struct VolumeSet {
    /// First sector of the session.
    pub session: Sector,
    /// The primary descriptor; of several, the first.
    pub primary: PrimaryVolumeDescriptor,
    /// Supplementary descriptors, in order: Joliet's is among these.
    pub supplementary: Vec<SupplementaryVolumeDescriptor>,
    /// The enhanced descriptor.
    pub enhanced: Option<SupplementaryVolumeDescriptor>,
    /// Boot records, in order.
    pub boot_records: Vec<BootRecord>,
    /// Volume partition descriptors, in order.
    pub partitions: Vec<VolumePartitionDescriptor>,
    /// The first sector behind the descriptors and their terminator.
    pub end: Sector,
    /// What deviates from the standard.
    pub findings: Vec<Finding>,
}

/// Reads the volume descriptors of the session that starts at sector `session`: from its 16th sector to
/// the terminator. Where that is missing, they end before the first sector that holds no descriptor.
///
/// # Errors
/// [`Error::NoVolume`]; [`Error::Unsupported`] for High Sierra discs and blocks of other sizes than 2048
/// bytes; [`Error::Corrupt`] without a usable primary descriptor; [`Error::Read`].
pub fn read_volume_set(source: &dyn ReadSectors, session: Sector) -> Result<VolumeSet, Error> {
    let first = session
        .checked_add(SectorCount::new(FIRST_DESCRIPTOR))
        .ok_or(Error::NoVolume { session, sector: session })?;
    let mut reader = SetReader::default();
    let mut sector = first;
    let mut bytes = [0; DESCRIPTOR_LEN];
    let mut terminated = false;
    for _ in 0..MOST_DESCRIPTORS {
        match source.read_sectors(sector, &mut bytes) {
            Ok(()) => {}
            Err(ReadError::OutOfRange { .. }) if sector == first => {
                return Err(Error::NoVolume { session, sector });
            }
            Err(error) if reader.primary.is_none() => return Err(error.into()),
            Err(_) => break,
        }
        let next = sector.checked_add(SectorCount::new(1));
        match VolumeDescriptorHeader::parse(&bytes) {
            Ok((_, header)) => terminated = reader.push(source, sector, header, &bytes)?,
            Err(_) if is_high_sierra(&bytes) && sector == first => return Err(high_sierra(sector)),
            Err(_) if is_followed(source, sector) => {
                let message = "no volume descriptor, and others follow: what it was is lost";
                reader.damage(sector, 0, "8.1.2", message);
            }
            Err(_) => break,
        }
        sector = next.unwrap_or(sector);
        if terminated || next.is_none() {
            break;
        }
    }
    let Some(primary) = reader.primary else {
        // A head that leads to no session has nothing but a terminator.
        if !reader.has_any && reader.findings.is_empty() {
            return Err(Error::NoVolume { session, sector: first });
        }
        let why = reader.findings.iter().find(|finding| finding.sector == first);
        let why = why.map_or(String::new(), |finding| format!(": {}", finding.message));
        return Err(Error::Corrupt {
            sector: first,
            structure: "primary volume descriptor (ECMA-119 8.4)",
            detail: format!("no usable primary volume descriptor{why}"),
        });
    };
    let mut findings = reader.findings;
    if !terminated {
        let message = "no terminator behind the volume descriptors".to_owned();
        findings.push(Finding {
            sector,
            offset: 0,
            clause: "8.3",
            message,
            is_damage: false,
            is_copy_lost: false,
        });
    }
    let size = primary.fields.volume_space_size;
    let there = source.sectors().get();
    if size > there {
        let message = format!("a volume of {size} sectors in an image of {there}: its end is missing");
        findings.push(Finding {
            sector: reader.primary_at.unwrap_or(first),
            offset: 80,
            clause: "8.4.8",
            message,
            is_damage: false,
            is_copy_lost: false,
        });
    }
    let SetReader { supplementary, enhanced, boot_records, partitions, .. } = reader;
    let end = sector;
    Ok(VolumeSet { session, primary, supplementary, enhanced, boot_records, partitions, end, findings })
}

fn is_high_sierra(bytes: &[u8]) -> bool {
    bytes.get(9..14) == Some(b"CDROM")
}

fn high_sierra(sector: Sector) -> Error {
    let what = "a High Sierra volume".to_owned();
    Error::Unsupported { sector, structure: "volume descriptor (ECMA-119 8.1)", what }
}

/// Whether a descriptor of a type may have the fields of another: one without escape sequences is supplementary as well.
fn may_have(kind: VolumeDescriptorType, by_fields: VolumeDescriptorType) -> bool {
    let is_hierarchy =
        |kind| matches!(kind, VolumeDescriptorType::PRIMARY | VolumeDescriptorType::SUPPLEMENTARY);
    kind == by_fields || (is_hierarchy(kind) && is_hierarchy(by_fields))
}

/// The fields of a descriptor with the root directory where it is: of halves that differ, those that can be, and its own
/// length where its record has none.
fn with_root(source: &dyn ReadSectors, bytes: &[u8], fields: VolumeFields) -> VolumeFields {
    let root = fields.root;
    let flags = root.flags | FileFlags::DIRECTORY;
    let mut record = DirectoryRecord { flags, ..root.as_record() };
    if let Some(recorded) = bytes.get(ROOT_OFFSET..ROOT_OFFSET + RootDirectory::LEN)
        && DirectoryRecord::disagreements(recorded).next().is_some()
    {
        settle(source, &mut record, recorded, None);
    }
    if record.data_length == 0 {
        record.data_length = own_length(source, &record).unwrap_or(0);
    }
    let DirectoryRecord { extent, data_length, .. } = record;
    VolumeFields { root: RootDirectory { extent, data_length, ..root }, ..fields }
}

/// A descriptor that was cut off has zeros there.
fn has_root(fields: &VolumeFields) -> bool {
    fields.root.data_length != 0 && fields.root.extent.get() != 0
}

#[derive(Default)]
struct SetReader {
    primary: Option<PrimaryVolumeDescriptor>,
    primary_at: Option<Sector>,
    supplementary: Vec<SupplementaryVolumeDescriptor>,
    enhanced: Option<SupplementaryVolumeDescriptor>,
    boot_records: Vec<BootRecord>,
    partitions: Vec<VolumePartitionDescriptor>,
    /// Whether anything but a terminator was there.
    has_any: bool,
    findings: Vec<Finding>,
}

impl SetReader {
    /// Of what is recorded twice, one is wrong.
    fn copy_lost(&mut self, sector: Sector, offset: u32, clause: &'static str, message: String) {
        let (is_damage, is_copy_lost) = (false, true);
        self.findings.push(Finding { sector, offset, clause, message, is_damage, is_copy_lost });
    }

    /// What a descriptor led to is lost.
    fn damage(&mut self, sector: Sector, offset: u32, clause: &'static str, message: impl Into<String>) {
        self.findings.push(Finding {
            sector,
            offset,
            clause,
            message: message.into(),
            is_damage: true,
            is_copy_lost: false,
        });
    }

    fn find(&mut self, sector: Sector, offset: u32, clause: &'static str, message: impl Into<String>) {
        self.findings.push(Finding {
            sector,
            offset,
            clause,
            message: message.into(),
            is_damage: false,
            is_copy_lost: false,
        });
    }

    fn disagree(&mut self, sector: Sector, disagreements: impl Iterator<Item = Disagreement>) {
        for Disagreement { offset, clause, little, big } in disagreements {
            let message = format!("the halves of a number differ: {little}, which is taken, and {big}");
            self.copy_lost(sector, offset as u32, clause, message);
        }
    }

    fn check_times(&mut self, sector: Sector, times: &VolumeTimes) {
        let VolumeTimes { creation, modification, expiration, effective } = times;
        for (time, offset, clause, what) in [
            (creation, 813, "8.4.26", "creation"),
            (modification, 830, "8.4.27", "modification"),
            (expiration, 847, "8.4.28", "expiration"),
            (effective, 864, "8.4.29", "effective"),
        ] {
            if time.is_impossible() {
                self.find(sector, offset, clause, format!("the {what} time is no date and time of day"));
            }
            if time.has_impossible_offset() {
                let message = format!("the {what} time has a zone that is none; it is read as UTC");
                self.find(sector, offset, clause, message);
            }
        }
    }

    /// What has one right value in the descriptor of a volume: other readers refuse it with another.
    fn check_primary_versions(&mut self, sector: Sector, descriptor: &PrimaryVolumeDescriptor) {
        let structure = descriptor.fields.file_structure_version;
        for (offset, clause, version, of) in [
            (6, "8.4.3", descriptor.version, "a primary volume descriptor"),
            (881, "8.4.30", structure, "directories and path tables"),
        ] {
            if version != 1 {
                self.copy_lost(sector, offset, clause, format!("version {version} of {of} instead of 1"));
            }
        }
    }

    /// Bytes that are to be zeros.
    fn check_reserved(&mut self, sector: Sector, bytes: &[u8; DESCRIPTOR_LEN]) {
        for (range, clause) in [
            (7..8, "8.4.4"),
            (72..80, "8.4.7"),
            (88..120, "8.4.9"),
            (882..883, "8.4.31"),
            (1395..DESCRIPTOR_LEN, "8.4.33"),
        ] {
            if bytes[range.clone()].iter().any(|&byte| byte != 0) {
                let message = "bytes of the primary volume descriptor that are to be zeros are not";
                self.find(sector, range.start as u32, clause, message);
            }
        }
    }

    /// A version of a structure that is none of the standard's. It is read all the same.
    fn check_version(&mut self, sector: Sector, version: u8, known: &[u8], clause: &'static str) {
        if !known.contains(&version) {
            let message = format!("a volume descriptor of version {version}, which there is none of");
            self.find(sector, 6, clause, message);
        }
    }

    /// The same of directories and path tables.
    fn check_file_structure_version(&mut self, sector: Sector, fields: &VolumeFields, known: u8) {
        let version = fields.file_structure_version;
        if version != known {
            let message = format!("version {version} of directories and path tables instead of {known}");
            self.find(sector, 881, "8.4.30", message);
        }
    }

    /// Tells of numbers whose halves differ, and of a root directory that has no bytes by its record and is read by its own.
    fn tell_root(&mut self, sector: Sector, bytes: &[u8], root: &RootDirectory) {
        for Disagreement { offset, clause, little, big } in VolumeFields::disagreements(bytes) {
            let taken = match offset.wrapping_sub(ROOT_OFFSET) {
                DirectoryRecord::EXTENT_OFFSET => root.extent.get(),
                DirectoryRecord::DATA_LENGTH_OFFSET => root.data_length,
                _ => little,
            };
            let message =
                format!("the halves (7.3.3) of a number differ: {}", told_halves(little, big, taken));
            self.copy_lost(sector, offset as u32, clause, message);
        }
        self.check_root_record(sector, &bytes[ROOT_OFFSET..][..RootDirectory::LEN]);
        let lengths = ROOT_OFFSET + DirectoryRecord::DATA_LENGTH_OFFSET;
        if bytes.get(lengths..lengths + 8).is_some_and(|halves| halves == [0; 8]) {
            let message = format!(
                "the record of the root directory says that it has no bytes; by its own record, which is taken, it has {}",
                root.data_length
            );
            let offset = ROOT_OFFSET as u32;
            self.findings.push(Finding {
                sector,
                offset,
                clause: "8.4.18",
                message,
                is_damage: true,
                is_copy_lost: false,
            });
        }
    }

    /// What has one right value in the record of a root directory. Writers exist that state the length of the directory's own
    /// record; a shorter one has lost something.
    fn check_root_record(&mut self, sector: Sector, record: &[u8]) {
        let at = |within: usize| (ROOT_OFFSET + within) as u32;
        let length = usize::from(record[0]);
        let message = format!("the record of the root directory has {length} bytes instead of 34");
        match length.cmp(&RootDirectory::LEN) {
            Ordering::Less => self.copy_lost(sector, at(0), "8.4.18", message),
            Ordering::Equal => {}
            Ordering::Greater => self.find(sector, at(0), "8.4.18", message),
        }
        if !FileFlags::from_bits_retain(record[25]).contains(FileFlags::DIRECTORY) {
            self.find(
                sector,
                at(25),
                "8.4.18",
                "the record of the root directory is not that of a directory",
            );
        }
        if record[32..] != [1, 0] {
            let message = "the record of the root directory has another identifier than 00";
            self.find(sector, at(32), "8.4.18", message);
        }
    }

    fn tell_type(&mut self, sector: Sector, kind: VolumeDescriptorType, by_fields: VolumeDescriptorType) {
        let (kind, other) = (kind.0, name(by_fields));
        let message = format!("a volume descriptor of type {kind} with the fields of {other}, left out");
        self.damage(sector, 0, "8.1.1", message);
    }

    /// Takes a descriptor; whether it ends the set.
    fn push(
        &mut self,
        source: &dyn ReadSectors,
        sector: Sector,
        header: VolumeDescriptorHeader,
        bytes: &[u8; DESCRIPTOR_LEN],
    ) -> Result<bool, Error> {
        let VolumeDescriptorHeader { kind, .. } = header;
        if let Some(other) = type_by_fields(bytes).filter(|&by_fields| !may_have(kind, by_fields)) {
            self.tell_type(sector, kind, other);
            return Ok(false);
        }
        if kind == VolumeDescriptorType::SET_TERMINATOR {
            if !is_no_terminator(source, sector, bytes) {
                return Ok(true);
            }
            let message =
                "a terminator with something in it, and another descriptor behind it: what it was is lost";
            self.damage(sector, 0, "8.3.4", message);
            return Ok(false);
        }
        self.has_any = true;
        match header.kind {
            VolumeDescriptorType::PRIMARY => self.push_primary(source, sector, bytes)?,
            VolumeDescriptorType::SUPPLEMENTARY => self.push_supplementary(source, sector, bytes),
            VolumeDescriptorType::BOOT_RECORD => match BootRecord::parse(bytes) {
                Ok((_, record)) => {
                    self.check_version(sector, header.version, &[1], "8.2.3");
                    self.boot_records.push(record);
                }
                Err(_) => self.find(sector, 0, "8.2", "a damaged boot record, left out"),
            },
            VolumeDescriptorType::PARTITION => match VolumePartitionDescriptor::parse(bytes) {
                Ok((_, partition)) => {
                    self.check_version(sector, header.version, &[1], "8.6.3");
                    self.disagree(sector, VolumePartitionDescriptor::disagreements(bytes));
                    self.partitions.push(partition);
                }
                Err(_) => self.find(sector, 0, "8.6", "a damaged volume partition descriptor, left out"),
            },
            VolumeDescriptorType(kind) => {
                let message = format!("a volume descriptor of the reserved type {kind}, left out");
                self.find(sector, 0, "8.1.1", message);
            }
        }
        Ok(false)
    }

    fn push_primary(
        &mut self,
        source: &dyn ReadSectors,
        sector: Sector,
        bytes: &[u8; DESCRIPTOR_LEN],
    ) -> Result<(), Error> {
        const STRUCTURE: &str = "primary volume descriptor (ECMA-119 8.4)";
        let descriptor = PrimaryVolumeDescriptor::parse(bytes).ok().map(|(_, descriptor)| {
            let fields = with_root(source, bytes, descriptor.fields);
            PrimaryVolumeDescriptor { fields, ..descriptor }
        });
        let Some(descriptor) = descriptor.filter(|descriptor| has_root(&descriptor.fields)) else {
            let message = "a primary volume descriptor without a root directory record, left out";
            self.find(sector, 156, "8.4.18", message);
            return Ok(());
        };
        if let Some(first) = &self.primary {
            if *first != descriptor {
                if type_by_fields(bytes) == Some(VolumeDescriptorType::SUPPLEMENTARY) {
                    let (kind, other) = (VolumeDescriptorType::PRIMARY, VolumeDescriptorType::SUPPLEMENTARY);
                    self.tell_type(sector, kind, other);
                    return Ok(());
                }
                let message = "a further primary volume descriptor that differs from the first, left out";
                self.find(sector, 0, "6.7.1.1", message);
            }
            return Ok(());
        }
        self.check_primary_versions(sector, &descriptor);
        self.check_reserved(sector, bytes);
        self.tell_root(sector, bytes, &descriptor.fields.root);
        let size = descriptor.fields.logical_block_size;
        if size != BLOCK_SIZE && size >= SMALLEST_BLOCK && size.is_power_of_two() {
            let what = format!("a volume with logical blocks of {size} bytes");
            return Err(Error::Unsupported { sector, structure: STRUCTURE, what });
        }
        if size != BLOCK_SIZE {
            let message = format!("logical blocks of {size} bytes, which cannot be; they are taken for 2048");
            self.find(sector, 128, "8.4.12", message);
        }
        self.check_times(sector, &descriptor.fields.times);
        self.primary = Some(descriptor);
        self.primary_at = Some(sector);
        Ok(())
    }

    fn push_supplementary(&mut self, source: &dyn ReadSectors, sector: Sector, bytes: &[u8]) {
        let descriptor = SupplementaryVolumeDescriptor::parse(bytes).ok().map(|(_, descriptor)| {
            let fields = with_root(source, bytes, descriptor.fields);
            SupplementaryVolumeDescriptor { fields, ..descriptor }
        });
        let Some(descriptor) = descriptor.filter(|descriptor| has_root(&descriptor.fields)) else {
            let message = "a supplementary volume descriptor without a root directory record, left out";
            self.damage(sector, 156, "8.5", message);
            return;
        };
        self.check_version(sector, descriptor.version, &[1, 2], "8.5.2");
        self.tell_root(sector, bytes, &descriptor.fields.root);
        self.check_times(sector, &descriptor.fields.times);
        let structure = if descriptor.is_enhanced() { 2 } else { 1 };
        self.check_file_structure_version(sector, &descriptor.fields, structure);
        let size = descriptor.fields.logical_block_size;
        if size != BLOCK_SIZE {
            let message = format!("a supplementary volume descriptor with blocks of {size} bytes, left out");
            self.find(sector, 128, "8.4.12", message);
        } else if !descriptor.is_enhanced() {
            self.supplementary.push(descriptor);
        } else if self.enhanced.is_none() {
            self.enhanced = Some(descriptor);
        } else {
            self.find(sector, 0, "8.5", "a further enhanced volume descriptor, left out");
        }
    }
}
