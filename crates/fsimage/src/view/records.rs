use iso9660::aaip;
use iso9660::directory::{DirectoryRecord, FileFlags, PARENT_IDENTIFIER, SELF_IDENTIFIER, sections};
use iso9660::layout::{DirectoryWriter, RecordSink};
use iso9660::rock_ridge::{
    ChildLink, DeviceNumber, EXTENSION, ParentLink, PosixAttributes, RelocatedDirectory, Stamps, TimeFlags,
    TimeStamps, nm, sl,
};
use iso9660::susp::{ExtensionSelector, SharingProtocolIndicator};
use iso9660::{LogicalBlock, RecordingTime, VolumeTime};

use super::{ContentAddresses, Links, Listing, Member, Role, View, ViewDirectory, internal};
use crate::plan::RockRidgeTimes;
use crate::tree::{
    Attributes, Content, ContentId, FileSystem, Kind, NodeId, NodeKind, Times, Timestamp, Tree, Values,
    carried_stamps,
};
use crate::{Error, Result};

/// Makes a directory's records, the same way for counting and for writing; only addresses differ.
pub(super) struct RecordSource<'a> {
    pub(super) view: &'a View,
    pub(super) tree: &'a Tree,
    pub(super) addresses: &'a dyn ContentAddresses,
    /// Whether values of extended attributes matter already, or their lengths only.
    pub(super) values: Values,
}

/// Whether a directory record can hold the time: years 1900 to 2155 (ECMA-119 9.1.5).
pub(crate) fn is_recordable(time: Timestamp) -> bool {
    const YEAR_1900: i64 = -2_208_988_800;
    const YEAR_2156: i64 = 5_869_584_000;
    (YEAR_1900..YEAR_2156).contains(&time.seconds)
}

/// Whether the long form of a `TF` entry can hold the time: years 1 to 9999.
fn is_recordable_in_long_form(time: Timestamp) -> bool {
    const YEAR_1: i64 = -62_135_596_800;
    const YEAR_10000: i64 = 253_402_300_800;
    (YEAR_1..YEAR_10000).contains(&time.seconds)
}

/// The time of modification, if a directory record cannot hold it, and the nearest that it can.
pub(super) fn clamped_in_record(time: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let nearest =
        || Timestamp::from_unix(RecordingTime::from_unix(time.seconds).to_unix().unwrap_or_default());
    (!is_recordable(time)).then(|| (time, nearest()))
}

/// The time, if a `TF` entry cannot hold it, and the nearest that it can.
pub(super) fn clamped_in_stamp(time: Timestamp, form: RockRidgeTimes) -> Option<(Timestamp, Timestamp)> {
    if form == RockRidgeTimes::Short {
        return clamped_in_record(time);
    }
    clamped_in_volume(time)
}

/// The time, if a volume descriptor cannot hold it, and the nearest that it can.
pub(crate) fn clamped_in_volume(time: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let nearest = || Timestamp::of_volume(VolumeTime::from(time)).unwrap_or_default();
    (!is_recordable_in_long_form(time)).then(|| (time, nearest()))
}

/// The first of the other times of a node of which that is so.
pub(super) fn clamped_in_stamps(times: &Times, form: RockRidgeTimes) -> Option<(Timestamp, Timestamp)> {
    times.iter().find_map(|time| clamped_in_stamp(time, form))
}

/// Appends the `TF` entries of a node: one, or one of each form. Linux does not know the long one, so what fits
/// into the short one is there.
fn push_stamps(modified: Option<Timestamp>, times: &Times, form: RockRidgeTimes, use_area: &mut Vec<u8>) {
    let is_short = |time: &Timestamp| match form {
        RockRidgeTimes::Fitting => is_recordable(*time),
        RockRidgeTimes::Short => true,
        RockRidgeTimes::Long => false,
    };
    let short =
        stamps(modified, times, |time| is_short(&time).then(|| RecordingTime::from_unix(time.seconds)));
    let long = stamps(modified, times, |time| {
        let hundredths = (time.nanoseconds / 10_000_000).min(99) as u8;
        (!is_short(&time)).then(|| VolumeTime::from_unix(time.seconds, hundredths))
    });
    for entry in [TimeStamps::Short(short), TimeStamps::Long(long)] {
        if entry.flags() - TimeFlags::LONG_FORM != TimeFlags::empty() {
            entry.encode(use_area);
        }
    }
}

fn stamps<T>(
    modified: Option<Timestamp>,
    times: &Times,
    stamp: impl Fn(Timestamp) -> Option<T>,
) -> Stamps<T> {
    Stamps {
        creation: times.creation.and_then(&stamp),
        modify: modified.and_then(&stamp),
        access: times.access.and_then(&stamp),
        attributes: times.attributes.and_then(&stamp),
        backup: times.backup.and_then(&stamp),
        expiration: times.expiration.and_then(&stamp),
        effective: times.effective.and_then(&stamp),
    }
}

impl RecordSource<'_> {
    /// The records and the continuation area, each padded to whole sectors.
    pub(super) fn render<'w>(
        &self,
        place: usize,
        listing: &Listing,
        writer: &'w mut DirectoryWriter,
    ) -> Result<(&'w [u8], &'w [u8])> {
        let directory = &self.view.directories[place];
        let continuation = directory.start.checked_add(directory.records).unwrap_or(directory.start);
        writer.begin(self.view.block(continuation));
        let mut use_area = Vec::with_capacity(512);
        self.push_self(place, writer, &mut use_area)?;
        self.push_parent(place, writer, &mut use_area)?;
        for (&index, serial) in listing.order.iter().zip(directory.first_serial..) {
            let member = listing.members[index as usize];
            let identifier = listing.names.identifier(index as usize);
            self.push_member(member, serial, identifier, writer, &mut use_area)?;
        }
        Ok(writer.finish())
    }

    pub(super) fn push_self(
        &self,
        place: usize,
        writer: &mut impl RecordSink,
        use_area: &mut Vec<u8>,
    ) -> Result<()> {
        let directory = &self.view.directories[place];
        use_area.clear();
        if self.view.rock_ridge {
            if place == 0 {
                SharingProtocolIndicator { bytes_skipped: 0 }.encode(use_area);
            }
            self.push_posix(directory.node, directory.serial, use_area);
            if place == 0 {
                EXTENSION.encode(use_area).map_err(|error| internal(&error))?;
                if self.view.has_attribute_lists {
                    aaip::EXTENSION.encode(use_area).map_err(|error| internal(&error))?;
                }
            }
            if let Some(node) = directory.node {
                use_area.extend_from_slice(self.tree.own_entries(node).0);
                // What is further known of other directories stands in their parents' records only; readers that bring a
                // relocated directory back look here.
                if place == 0 || self.view.relocation.contains(node) {
                    self.push_further(node, use_area)?;
                }
            }
        }
        self.push_directory_record(place, SELF_IDENTIFIER, directory.node, writer, use_area)
    }

    pub(super) fn push_parent(
        &self,
        place: usize,
        writer: &mut impl RecordSink,
        use_area: &mut Vec<u8>,
    ) -> Result<()> {
        let directory = &self.view.directories[place];
        let parent = directory.parent as usize;
        let ViewDirectory { node: parent_node, serial, .. } = self.view.directories[parent];
        use_area.clear();
        if self.view.rock_ridge {
            self.push_posix(parent_node, serial, use_area);
            if let Some(node) = directory.node
                && self.view.relocation.contains(node)
            {
                let true_parent = self.place_of(self.tree.parent(node)).unwrap_or(parent);
                ParentLink { location: self.block_of(true_parent) }.encode(use_area);
            }
            if let Some(node) = directory.node {
                use_area.extend_from_slice(self.tree.own_entries(node).1);
            }
        }
        self.push_directory_record(parent, PARENT_IDENTIFIER, parent_node, writer, use_area)
    }

    pub(super) fn push_member(
        &self,
        member: Member,
        serial: u32,
        identifier: &[u8],
        writer: &mut impl RecordSink,
        use_area: &mut Vec<u8>,
    ) -> Result<()> {
        use_area.clear();
        if self.view.rock_ridge {
            self.push_posix(member.node, self.serial_of(member, serial), use_area);
            let name = match member.node {
                Some(node) => self.tree.name_in(node, FileSystem::RockRidge),
                None => self.view.relocation.base_name(),
            };
            nm::encode(name, use_area);
            if member.role == Role::Relocated {
                RelocatedDirectory.encode(use_area);
            }
        }
        let Some(node) = member.node else {
            let place = self.view.directories.iter().position(|directory| directory.node.is_none());
            return self.push_directory_record(place.unwrap_or(0), identifier, None, writer, use_area);
        };
        let kind = self.tree.kind(node);
        if member.role == Role::Placeholder {
            let place = self.place_of(node);
            let location = place.map_or(LogicalBlock::new(0), |place| self.block_of(place));
            ChildLink { location }.encode(use_area);
            return self.push_record(
                node,
                identifier,
                LogicalBlock::new(0),
                0,
                FileFlags::empty(),
                writer,
                use_area,
            );
        }
        match kind {
            NodeKind::Directory(_) => {
                self.push_further(node, use_area)?;
                let place = self.place_of(node).unwrap_or(0);
                let known = self.view.directories.get(place).is_some_and(|found| found.node == Some(node));
                let place = if known { Some(place) } else { None };
                self.push_directory_at(place, identifier, Some(node), writer, use_area)
            }
            NodeKind::File(content) => {
                if let (true, Some(encoding)) = (self.view.rock_ridge, self.tree.encoding(content)) {
                    encoding.encode(use_area);
                }
                self.push_further(node, use_area)?;
                self.push_file(node, content, identifier, writer, use_area)
            }
            NodeKind::Symlink(target) => {
                sl::encode(self.tree.link_target(target), use_area);
                self.push_further(node, use_area)?;
                self.push_special(node, identifier, writer, use_area)
            }
            NodeKind::CharacterDevice(number) | NodeKind::BlockDevice(number) => {
                DeviceNumber::new(number.major(), number.minor()).encode(use_area);
                if number.minor() > 0xff && number.major() > 0 {
                    DeviceNumber::encode_for_linux(number.major(), number.minor(), use_area);
                }
                self.push_further(node, use_area)?;
                self.push_special(node, identifier, writer, use_area)
            }
            NodeKind::Fifo | NodeKind::Socket => {
                self.push_further(node, use_area)?;
                self.push_special(node, identifier, writer, use_area)
            }
        }
    }

    fn push_special(
        &self,
        node: NodeId,
        identifier: &[u8],
        writer: &mut impl RecordSink,
        use_area: &[u8],
    ) -> Result<()> {
        self.push_record(node, identifier, LogicalBlock::new(0), 0, FileFlags::empty(), writer, use_area)
    }

    /// One record for each section (ECMA-119 6.5.1); all carry the same attributes.
    fn push_file(
        &self,
        node: NodeId,
        content: ContentId,
        identifier: &[u8],
        writer: &mut impl RecordSink,
        use_area: &[u8],
    ) -> Result<()> {
        let more = FileFlags::MULTI_EXTENT;
        let start = self.addresses.start_of(content);
        match (start, self.tree.content(content)) {
            (None, Content::Imported { start, len }) => {
                let extent = self.view.block(*start);
                self.push_record(node, identifier, extent, *len, FileFlags::empty(), writer, use_area)
            }
            (None, Content::ImportedSections { sections, .. }) => {
                let last = sections.len().saturating_sub(1);
                sections.iter().enumerate().try_for_each(|(number, section)| {
                    let flags = if number < last { more } else { FileFlags::empty() };
                    self.push_record(
                        node,
                        identifier,
                        self.view.block(section.start),
                        section.len,
                        flags,
                        writer,
                        use_area,
                    )
                })
            }
            (start, placed) => {
                let mut at = start.unwrap_or_default();
                let mut rest = sections(placed.len()).peekable();
                while let Some(len) = rest.next() {
                    let flags = if rest.peek().is_some() { more } else { FileFlags::empty() };
                    let extent = self.view.block(at);
                    self.push_record(node, identifier, extent, len, flags, writer, use_area)?;
                    let ahead = sector_io::SectorCount::for_bytes(u64::from(len)).unwrap_or_default();
                    at =
                        at.checked_add(ahead).ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })?;
                }
                Ok(())
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of a directory record")]
    fn push_record(
        &self,
        node: NodeId,
        identifier: &[u8],
        extent: LogicalBlock,
        data_length: u32,
        flags: FileFlags,
        writer: &mut impl RecordSink,
        use_area: &[u8],
    ) -> Result<()> {
        let mut flags = flags;
        flags.set(FileFlags::EXISTENCE, self.view.is_concealed(self.tree, node));
        let record = DirectoryRecord {
            extent,
            data_length,
            recorded: self.view.recorded(self.tree, node),
            flags,
            identifier,
            ..DirectoryRecord::default()
        };
        writer.push(&record, use_area).map_err(|error| internal(&error))
    }

    fn push_directory_record(
        &self,
        place: usize,
        identifier: &[u8],
        node: Option<NodeId>,
        writer: &mut impl RecordSink,
        use_area: &[u8],
    ) -> Result<()> {
        self.push_directory_at(Some(place), identifier, node, writer, use_area)
    }

    /// `place` is `None` while directories are still being found.
    fn push_directory_at(
        &self,
        place: Option<usize>,
        identifier: &[u8],
        node: Option<NodeId>,
        writer: &mut impl RecordSink,
        use_area: &[u8],
    ) -> Result<()> {
        let bytes = place.map_or(0, |place| self.view.directories[place].records.bytes());
        let data_length =
            u32::try_from(bytes).map_err(|_| Error::TreeTooLarge { what: "a directory of over 4 GiB" })?;
        let recorded = match (node, self.view.relocation.recorded()) {
            (Some(node), _) => self.view.recorded(self.tree, node),
            (None, Some(recorded)) => RecordingTime::from_unix(recorded.modified.seconds),
            (None, None) => RecordingTime::from_unix(self.view.undated.seconds),
        };
        // Of the root there are no others.
        let is_own = [SELF_IDENTIFIER, PARENT_IDENTIFIER].contains(&identifier) && node != Some(NodeId::ROOT);
        let is_concealed = !is_own && node.is_some_and(|node| self.view.is_concealed(self.tree, node));
        let mut flags = FileFlags::DIRECTORY;
        flags.set(FileFlags::EXISTENCE, is_concealed);
        let record = DirectoryRecord {
            extent: place.map_or(LogicalBlock::new(0), |place| self.block_of(place)),
            data_length,
            recorded,
            flags,
            identifier,
            ..DirectoryRecord::default()
        };
        writer.push(&record, use_area).map_err(|error| internal(&error))
    }

    fn block_of(&self, place: usize) -> LogicalBlock {
        self.view.block(self.view.directories[place].start)
    }

    fn place_of(&self, node: NodeId) -> Option<usize> {
        let NodeKind::Directory(directory) = self.tree.kind(node) else { return None };
        let place = *self.view.places.get(directory.0 as usize)?;
        (place != super::NOWHERE).then_some(place as usize)
    }

    /// The file serial number of a member whose place in its directory has the number `own`: names of one
    /// item share one, and so do a relocated directory and the record that stands for it. Final once all
    /// directories are placed.
    fn serial_of(&self, member: Member, own: u32) -> u32 {
        let Some(node) = member.node else { return own };
        let shared = match self.tree.kind(node) {
            NodeKind::Directory(_) => self.place_of(node).map(|place| self.view.directories[place].serial),
            _ => self.links_of(node).map(|links| links.serial),
        };
        shared.unwrap_or(own)
    }

    fn links_of(&self, node: NodeId) -> Option<&Links> {
        self.view.links.get(&self.tree.linked_content(node)?)
    }

    /// PX and TF; the latter as it is carried, if it is.
    pub(super) fn push_posix(&self, node: Option<NodeId>, serial: u32, use_area: &mut Vec<u8>) {
        let Some(node) = node else {
            let recorded = self.view.relocation.recorded();
            let Attributes { permissions, uid, gid } =
                recorded.map_or(Attributes::DIRECTORY, |recorded| recorded.attributes);
            PosixAttributes {
                mode: file_type(Kind::Directory) | u32::from(permissions),
                links: 2 + self.view.relocation.directories().len() as u32,
                user: uid,
                group: gid,
                serial: Some(serial),
            }
            .encode(use_area);
            if let Some(recorded) = recorded.filter(|recorded| recorded.is_stamped) {
                push_stamps(Some(recorded.modified), &recorded.times, self.view.rock_ridge_times, use_area);
            }
            return;
        };
        let kind = self.tree.kind(node);
        let Attributes { permissions, uid, gid } = self.tree.attributes(node);
        let links = match kind {
            NodeKind::Directory(directory) => {
                2 + self.view.subdirectories.get(directory.0 as usize).copied().unwrap_or(0)
            }
            _ => self.links_of(node).map_or(1, |links| links.count),
        };
        PosixAttributes {
            mode: file_type(kind.kind()) | u32::from(permissions),
            links,
            user: uid,
            group: gid,
            serial: Some(serial),
        }
        .encode(use_area);
        match self.carried(node) {
            ([], _) => {
                let form = self.view.rock_ridge_times;
                let modified = self.view.modified(self.tree, node);
                let modified = (!self.tree.has_no_modification(node)).then_some(modified);
                push_stamps(modified, &self.tree.times(node), form, use_area);
            }
            (stamps, _) => use_area.extend_from_slice(stamps),
        }
    }

    /// What an import carried along beside times, and the attribute list.
    fn push_further(&self, node: NodeId, use_area: &mut Vec<u8>) -> Result<()> {
        if self.view.rock_ridge {
            use_area.extend_from_slice(self.carried(node).1);
        }
        self.push_attribute_list(node, use_area)
    }

    /// The `AL` entries behind the selector of their extension (SUSP 5.6), which stays for all entries that
    /// follow: they come last.
    fn push_attribute_list(&self, node: NodeId, use_area: &mut Vec<u8>) -> Result<()> {
        /// AAIP's `ER` entry stands behind Rock Ridge's, which has the number 0.
        const SELECTOR: ExtensionSelector = ExtensionSelector { sequence: 1 };
        if !self.view.has_attribute_lists {
            return Ok(());
        }
        let before = use_area.len();
        SELECTOR.encode(use_area);
        let start = use_area.len();
        let sums = self.view.md5.as_ref().and_then(|md5| match self.tree.kind(node) {
            _ if node == NodeId::ROOT => Some(md5.of_root()),
            NodeKind::File(content) => md5.of_file(content),
            _ => None,
        });
        self.tree.append_attribute_list(node, self.values, sums.as_ref(), use_area)?;
        if use_area.len() == start {
            use_area.truncate(before);
        }
        Ok(())
    }

    /// The `TF` entries that an import carried along, and the others.
    fn carried(&self, node: NodeId) -> (&[u8], &[u8]) {
        let carried = self.tree.carried_entries(node);
        carried.split_at(carried_stamps(carried))
    }
}

/// The file type bits of `st_mode`.
pub(crate) fn file_type(kind: Kind) -> u32 {
    match kind {
        Kind::Socket => 0o140_000,
        Kind::Symlink => 0o120_000,
        Kind::File => 0o100_000,
        Kind::BlockDevice => 0o060_000,
        Kind::Directory => 0o040_000,
        Kind::CharacterDevice => 0o020_000,
        Kind::Fifo => 0o010_000,
    }
}
