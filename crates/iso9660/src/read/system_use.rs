//! What the System Use field of a record says, continuation areas included.

use sector_io::{ReadSectors, SECTOR_SIZE, Sector};

use super::Encoding;
use super::entry::Times;
use super::entry_length::{Misfit, Taken, misfit};
use super::finding::{Findings, Place};
use super::volume::plain_name;
use crate::aaip::{AttributeList, AttributeListEntry, is_aaip};
use crate::directory::{PARENT_IDENTIFIER, SELF_IDENTIFIER};
use crate::rock_ridge::{
    AlternateName, ChildLink, DeviceNumber, NameFlags, ParentLink, PosixAttributes, RelocatedDirectory,
    RockRidgePresent, SparseFile, SymbolicLink, TargetDecoder, TimeFlags, TimeStamps, is_rock_ridge,
};
use crate::susp::{
    ContinuationArea, Entry, ExtensionSelector, ExtensionsReference, PaddingField, SharingProtocolIndicator,
    Signature, entries,
};
use crate::{Disagreement, LogicalBlock};

/// Continuation areas of one record that are read, and their bytes in all. A list of 64 KiB, the most
/// that the writers' systems attach to a file, fills 33 areas of a block each.
const MOST_AREAS: usize = 128;
const MOST_BYTES: u64 = 256 << 10;

/// Sectors read at a time: the areas of a directory's entries are neighbours.
const READ_AHEAD: u64 = 8;

const ZISOFS: Signature = Signature(*b"ZF");
const ZISOFS_2: Signature = Signature(*b"Z2");

/// Whether what an entry says is understood, so that writers of a new image make it anew. References to extensions
/// that are not are kept with their entries.
pub(super) fn is_understood(entry: &Entry<'_>) -> bool {
    if entry.signature == ExtensionsReference::SIGNATURE {
        return is_known_extension(entry.payload);
    }
    matches!(
        entry.signature,
        AlternateName::SIGNATURE
            | PosixAttributes::SIGNATURE
            | TimeStamps::SIGNATURE
            | SymbolicLink::SIGNATURE
            | DeviceNumber::SIGNATURE
            | ChildLink::SIGNATURE
            | ParentLink::SIGNATURE
            | RelocatedDirectory::SIGNATURE
            | RockRidgePresent::SIGNATURE
            | SharingProtocolIndicator::SIGNATURE
            | AttributeListEntry::SIGNATURE
            | ExtensionSelector::SIGNATURE
            | PaddingField::SIGNATURE
            | SparseFile::SIGNATURE
            | ZISOFS
            | ZISOFS_2
    )
}

/// Whether an `ER` entry is one that writers of a new image make anew.
fn is_known_extension(payload: &[u8]) -> bool {
    ExtensionsReference::parse(payload)
        .is_ok_and(|(_, reference)| is_rock_ridge(reference.identifier) || is_aaip(reference.identifier))
}

/// Where a `CL` or `PL` entry leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) location: LogicalBlock,
    /// The big-endian half, where it says otherwise.
    pub(super) other: Option<LogicalBlock>,
}

impl Link {
    fn new(location: LogicalBlock, mut disagreements: impl Iterator<Item = Disagreement>) -> Link {
        Link { location, other: disagreements.next().map(|differing| LogicalBlock::new(differing.big)) }
    }

    /// Where it may lead: both halves, where they differ.
    pub(super) fn locations(self) -> impl Iterator<Item = LogicalBlock> {
        [Some(self.location), self.other].into_iter().flatten()
    }
}

/// What a record's entries say, apart from the parts of variable length.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes {
    pub(super) posix: Option<PosixAttributes>,
    pub(super) times: Times,
    /// Stamps that are no date and time of day.
    pub(super) impossible_times: TimeFlags,
    /// Stamps whose offset from Greenwich is none.
    pub(super) impossible_offsets: TimeFlags,
    pub(super) device: Option<DeviceNumber>,
    pub(super) encoding: Encoding,
    /// Where the relocated directory is that this record stands for.
    pub(super) child: Option<Link>,
    /// Where the relocated directory comes from whose record of its parent this is.
    pub(super) parent: Option<Link>,
    pub(super) is_relocated: bool,
    pub(super) has_link: bool,
    /// Whether a name is given by a flag, as only the records of a directory itself and its parent may.
    pub(super) has_special_name: bool,
    /// Whether there is a sharing protocol indicator.
    pub(super) has_indicator: bool,
    /// Whether some entry is Rock Ridge's or announces it.
    pub(super) is_rock_ridge: bool,
}

/// Where continuation areas are read, and how much of them still may be, in bytes: sound volumes have no
/// area twice.
pub(super) struct Continuations<'a> {
    pub(super) source: &'a dyn ReadSectors,
    pub(super) findings: &'a Findings,
    pub(super) budget: u64,
}

impl<'a> Continuations<'a> {
    pub(super) fn new(source: &'a dyn ReadSectors, findings: &'a Findings) -> Continuations<'a> {
        Continuations { source, findings, budget: source.sectors().bytes() }
    }

    /// Takes `cost` bytes from the budget, or tells that the directory is a crafted one.
    pub(super) fn spend(&mut self, cost: u64) -> bool {
        match self.budget.checked_sub(cost) {
            Some(rest) => {
                self.budget = rest;
                true
            }
            None => false,
        }
    }
}

/// The parts of variable length, and buffers that are used again.
#[derive(Debug, Default)]
pub(super) struct SystemUse {
    pub(super) name: Vec<u8>,
    pub(super) target: Vec<u8>,
    pub(super) foreign: Vec<u8>,
    /// `AL` entries.
    pub(super) attribute_list: Vec<u8>,
    cache: Cache,
    /// First bytes of the areas of this record.
    visited: Vec<u64>,
}

impl SystemUse {
    /// Forgets sectors of another volume.
    pub(super) fn reset(&mut self) {
        self.cache.bytes.clear();
    }

    /// Reads the entries in `area`, which is of the record at `place` with that identifier, and in the areas that continue it.
    pub(super) fn collect(
        &mut self,
        area: &[u8],
        identifier: &[u8],
        place: Place,
        continuations: &mut Continuations<'_>,
    ) -> Attributes {
        let SystemUse { name, target, foreign, attribute_list, cache, visited } = self;
        name.clear();
        target.clear();
        foreign.clear();
        attribute_list.clear();
        visited.clear();
        let findings = continuations.findings;
        let mut collector = Collector {
            findings,
            identifier,
            place,
            misfits: Vec::new(),
            name,
            name_ended: false,
            target,
            decoder: TargetDecoder::new(),
            link_ended: false,
            foreign,
            stamps: 0,
            attribute_list,
            attributes: Attributes::default(),
        };
        let mut next = collector.take(area);
        let mut left = MOST_BYTES;
        while let Some(area) = next {
            let start = u64::from(area.location.get()) * SECTOR_SIZE as u64 + u64::from(area.offset);
            let length = u64::from(area.length);
            let refused = if length == 0 {
                break;
            } else if visited.contains(&start) {
                Some("a loop of continuation areas")
            } else if visited.len() == MOST_AREAS || length > left || !continuations.spend(length) {
                Some("more continuation areas than any writer makes")
            } else {
                None
            };
            if let Some(what) = refused {
                findings.damage(place, "SUSP 5.1", format_args!("{what}; what follows is left out"));
                break;
            }
            visited.push(start);
            left -= length;
            match cache.read(continuations.source, start, length) {
                Ok(bytes) => {
                    if Entry::parse(bytes).is_err() {
                        findings.damage(
                            place,
                            "SUSP 5.1",
                            format_args!("a continuation area without entries"),
                        );
                    }
                    next = collector.take(bytes);
                }
                Err(message) => {
                    let what = format_args!("a continuation area that cannot be read: {message}");
                    findings.damage(place, "SUSP 5.1", what);
                    break;
                }
            }
        }
        collector.finish();
        if !collector.attribute_list.is_empty() {
            AttributeList::decode(collector.attribute_list, &mut |what| collector.find("AAIP 2.0", what));
        }
        collector.attributes
    }
}

/// The sectors last read.
#[derive(Debug, Default)]
struct Cache {
    start: u64,
    bytes: Vec<u8>,
}

impl Cache {
    /// The `length` bytes from byte `start` of the image; `length` is at most [`MOST_BYTES`].
    fn read(&mut self, source: &dyn ReadSectors, start: u64, length: u64) -> Result<&[u8], String> {
        const SECTOR: u64 = SECTOR_SIZE as u64;
        let end = start + length;
        if start < self.start || end > self.start + self.bytes.len() as u64 {
            let image_end = source.sectors().bytes();
            if end > image_end {
                return Err(format!("it ends at byte {end}, behind the end of the image"));
            }
            let first = start / SECTOR;
            let needed = end.div_ceil(SECTOR) - first;
            let most = (image_end / SECTOR - first).min(READ_AHEAD).max(needed);
            self.start = first * SECTOR;
            for count in [most, needed] {
                self.bytes.resize((count * SECTOR) as usize, 0);
                // The end lies in the image, whose sectors 32 bits count.
                match source.read_sectors(Sector::new(first as u32), &mut self.bytes) {
                    Ok(()) => break,
                    Err(error) if count == needed => {
                        self.bytes.clear();
                        return Err(error.to_string());
                    }
                    Err(_) => {}
                }
            }
        }
        let from = (start - self.start) as usize;
        Ok(&self.bytes[from..from + length as usize])
    }
}

/// Gathers the entries of one record.
struct Collector<'a> {
    findings: &'a Findings,
    identifier: &'a [u8],
    place: Place,
    /// Entries whose lengths cannot be: clause, message, and whether it is damage.
    misfits: Vec<(&'static str, String, bool)>,
    name: &'a mut Vec<u8>,
    name_ended: bool,
    target: &'a mut Vec<u8>,
    decoder: TargetDecoder,
    link_ended: bool,
    foreign: &'a mut Vec<u8>,
    /// Bytes of `TF` entries at the start of `foreign`.
    stamps: usize,
    attribute_list: &'a mut Vec<u8>,
    attributes: Attributes,
}

impl Collector<'_> {
    fn find(&self, clause: &'static str, message: &str) {
        self.findings.odd(self.place, clause, format_args!("{message}"));
    }

    fn halves_differ(&self, clause: &'static str, signature: &str) {
        let message =
            format_args!("the halves of a number in a {signature} entry differ; the first is taken");
        self.findings.copy_lost(self.place, clause, message);
    }

    /// Tells what is missing when all entries are taken.
    fn finish(&self) {
        self.tell_misfits();
        let Attributes { posix, times, is_rock_ridge, has_link, .. } = &self.attributes;
        if posix.is_none() && (*is_rock_ridge || *has_link || *times != Times::default()) {
            self.find("RRIP 4.1.1", "no PX entry: mode, owner and links are not known");
        }
        if !self.name.is_empty() && !self.name_ended {
            self.find("RRIP 4.1.4", "a name that goes on in an entry that is not there");
        }
        if *has_link && !self.link_ended {
            self.find("RRIP 4.1.3", "a target of a symbolic link that goes on in an entry that is not there");
        }
    }

    /// Takes the entries of an area; gives the area that continues it.
    fn take(&mut self, area: &[u8]) -> Option<ContinuationArea> {
        let mut continuation = None;
        let mut left = entries(area);
        loop {
            if let Some(misfit) = (!left.terminated()).then(|| misfit(left.rest())).flatten() {
                self.note_misfit(&misfit);
                if let Taken::Right(entry, rest) = misfit.taken {
                    self.take_whole(&entry, &mut continuation);
                    left = entries(rest);
                    continue;
                }
            }
            let Some((_, whole)) = left.next_whole() else { break };
            self.take_whole(whole, &mut continuation);
        }
        if left.terminated() {
            return None;
        }
        if left.rest().len() >= 4 && left.rest().iter().any(|&byte| byte != 0) {
            self.find("SUSP 4.1", "bytes in a System Use field that are no entry, left out");
        }
        continuation
    }

    /// Keeps what is wrong with a length until the name is known.
    fn note_misfit(&mut self, misfit: &Misfit<'_>) {
        let Misfit { signature, clause, stated, taken } = misfit;
        let what = format!("a length of {stated} bytes in its {signature} entry, which cannot have it");
        let (message, is_damage) = match taken {
            Taken::Right(entry, _) => (format!("{what}; {} are taken", entry.len()), false),
            Taken::Stated => (what, false),
            Taken::Lost => (format!("{what}; what is behind it may be lost"), true),
        };
        self.misfits.push((clause, message, is_damage));
    }

    fn tell_misfits(&self) {
        let name = match (&self.name[..], self.identifier) {
            ([], SELF_IDENTIFIER) => &b"."[..],
            ([], PARENT_IDENTIFIER) => b"..",
            ([], identifier) => plain_name(identifier),
            (name, _) => name,
        };
        let name = String::from_utf8_lossy(name);
        for (clause, message, is_damage) in &self.misfits {
            let message = format_args!("'{name}': {message}");
            match is_damage {
                true => self.findings.damage(self.place, clause, message),
                false => self.findings.odd(self.place, clause, message),
            }
        }
    }

    /// Takes a whole entry, which may say which area continues this one.
    fn take_whole(&mut self, whole: &[u8], continuation: &mut Option<ContinuationArea>) {
        let Ok((_, entry)) = Entry::parse(whole) else { return };
        if entry.signature != ContinuationArea::SIGNATURE {
            if !self.take_entry(entry.signature, entry.payload, whole) {
                let signature = entry.signature;
                let message = format_args!("a damaged {signature} entry, kept as it is");
                self.findings.odd(self.place, "SUSP 4.1", message);
                self.foreign.extend_from_slice(whole);
            }
            return;
        }
        match ContinuationArea::parse(entry.payload) {
            Ok(_) if continuation.is_some() => {
                self.find("SUSP 5.1", "a second CE entry in one area, left out");
            }
            Ok((_, area)) => {
                if ContinuationArea::disagreements(entry.payload).next().is_some() {
                    self.halves_differ("SUSP 5.1", "CE");
                }
                *continuation = Some(area);
            }
            Err(_) => self.find("SUSP 5.1", "a CE entry that is too short, left out"),
        }
    }

    /// Whether the entry could be read.
    fn take_entry(&mut self, signature: Signature, payload: &[u8], whole: &[u8]) -> bool {
        let attributes = &mut self.attributes;
        match signature {
            AlternateName::SIGNATURE => {
                let Ok((_, part)) = AlternateName::parse(payload) else { return false };
                attributes.is_rock_ridge = true;
                if part.flags.intersects(NameFlags::CURRENT | NameFlags::PARENT | NameFlags::HOST) {
                    attributes.has_special_name = true;
                } else {
                    self.take_name(&part);
                }
            }
            PosixAttributes::SIGNATURE => {
                let Ok((_, posix)) = PosixAttributes::parse(payload) else { return false };
                attributes.is_rock_ridge = true;
                attributes.posix.get_or_insert(posix);
                if PosixAttributes::disagreements(payload).next().is_some() {
                    self.halves_differ("RRIP 4.1.1", "PX");
                }
            }
            TimeStamps::SIGNATURE => {
                let Ok((_, stamps)) = TimeStamps::parse(payload) else { return false };
                attributes.times.add(&stamps);
                attributes.impossible_times |= stamps.impossible();
                attributes.impossible_offsets |= stamps.impossible_offsets();
                if stamps.flags() != TimeFlags::MODIFY {
                    let at = self.stamps;
                    self.foreign.splice(at..at, whole.iter().copied());
                    self.stamps += whole.len();
                }
            }
            SymbolicLink::SIGNATURE => {
                let Ok((_, link)) = SymbolicLink::parse(payload) else { return false };
                attributes.has_link = true;
                self.take_link(&link);
            }
            DeviceNumber::SIGNATURE => {
                let Ok((_, device)) = DeviceNumber::parse(payload) else { return false };
                attributes.device.get_or_insert(device);
            }
            ChildLink::SIGNATURE => {
                let Ok((_, link)) = ChildLink::parse(payload) else { return false };
                let differing = ChildLink::disagreements(payload);
                attributes.child.get_or_insert_with(|| Link::new(link.location, differing));
            }
            ParentLink::SIGNATURE => {
                let Ok((_, link)) = ParentLink::parse(payload) else { return false };
                let differing = ParentLink::disagreements(payload);
                attributes.parent.get_or_insert_with(|| Link::new(link.location, differing));
            }
            RelocatedDirectory::SIGNATURE => attributes.is_relocated = true,
            RockRidgePresent::SIGNATURE => attributes.is_rock_ridge = true,
            SharingProtocolIndicator::SIGNATURE => attributes.has_indicator = true,
            ExtensionsReference::SIGNATURE => {
                let Ok((_, reference)) = ExtensionsReference::parse(payload) else { return false };
                attributes.is_rock_ridge |= is_rock_ridge(reference.identifier);
                if !is_known_extension(payload) {
                    self.foreign.extend_from_slice(whole);
                }
            }
            AttributeListEntry::SIGNATURE => self.attribute_list.extend_from_slice(whole),
            ExtensionSelector::SIGNATURE | PaddingField::SIGNATURE => {}
            _ => {
                if matches!(signature, ZISOFS | ZISOFS_2 | SparseFile::SIGNATURE) {
                    match (Encoding::of(whole), attributes.encoding) {
                        (Encoding::Plain, _) if signature == SparseFile::SIGNATURE => {
                            self.find("RRIP 4.1.7", "an SF entry that is too short");
                        }
                        (Encoding::Plain, _) => self.find("zisofs", "a ZF entry of an unknown form"),
                        (found, Encoding::Plain) => attributes.encoding = found,
                        (found, first) if found == first => {}
                        _ => self.find("RRIP 4.1.7", "a file encoded in two ways, of which the first counts"),
                    }
                }
                self.foreign.extend_from_slice(whole);
            }
        }
        true
    }

    fn take_name(&mut self, part: &AlternateName<'_>) {
        if self.name_ended {
            self.find("RRIP 4.1.4", "a second name, left out");
            return;
        }
        self.name.extend_from_slice(part.content);
        self.name_ended = !part.flags.contains(NameFlags::CONTINUE);
    }

    fn take_link(&mut self, link: &SymbolicLink<'_>) {
        if self.link_ended {
            self.find("RRIP 4.1.3", "a second target of a symbolic link, left out");
            return;
        }
        if !self.decoder.push(link, self.target) {
            self.find("RRIP 4.1.3.1", "a component of a symbolic link that is not understood");
        }
        self.link_ended = !link.flags.contains(crate::rock_ridge::LinkFlags::CONTINUE);
    }
}
