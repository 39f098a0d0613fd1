use std::fmt;

use crate::tree::{FileSystem, Kind, Timestamp};

/// Something of the tree that a file system of the image cannot keep as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The name is recorded in another form. Case folding and the version number that ISO 9660 gives every
    /// name are not counted.
    Renamed {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
        /// The name as recorded there, as readers show it.
        recorded: String,
        /// Why: `case` of an imported identifier, `characters`, `dots`, `length`, `collision`, joined by commas.
        reasons: String,
    },
    /// A text of the volume descriptors, the volume's name among them, is recorded in another form.
    TextChanged {
        /// Which.
        text: &'static str,
        /// The text that was asked for.
        given: String,
        /// The file system.
        file_system: FileSystem,
        /// The text as recorded there.
        recorded: String,
        /// Why: `characters` or `length`.
        reasons: String,
    },
    /// A text of the volume descriptors names a file in the root (ECMA-119 8.4.20 to 8.4.25), and there is none of that
    /// name in the tree or in plain ISO 9660.
    NoSuchFile {
        /// The file system that alone has the text; `None` for one that all have.
        file_system: Option<FileSystem>,
        /// Which text.
        text: &'static str,
        /// The name.
        name: String,
    },
    /// The item is left out.
    Dropped {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
        /// What it is.
        kind: Kind,
    },
    /// The item is new, with all below it, in a directory of the imported session that the file system did not show there,
    /// and does not show now.
    HiddenWithDirectory {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
    },
    /// The file is a partition of its own before the volume of HFS+, which leaves it out: see
    /// [`PartitionContent::HfsPlus`](crate::PartitionContent::HfsPlus).
    LiesOutside {
        /// Path in the tree.
        path: String,
    },
    /// The file lies behind the partition of the GPT that can be mounted by itself
    /// ([`PlanOptions::partition_offset`](crate::PlanOptions::partition_offset)), which shows its name: there it cannot be
    /// read. The partitions of a GPT do not overlap (UEFI 5.3.1), so that none has a file that is a partition, too. Read from
    /// the beginning of the disk, the file is there, so this is no error in strict mode.
    BehindPartition {
        /// Path in the tree.
        path: String,
    },
    /// The directory is recorded elsewhere, and Rock Ridge readers see it in its place.
    Relocated {
        /// Path in the tree.
        path: String,
        /// Path of the record in the plain ISO 9660 tree.
        recorded: String,
    },
    /// The target of a symbolic link is recorded in another form.
    TargetChanged {
        /// Path in the tree.
        path: String,
        /// The target; bytes that are not UTF-8 are replaced.
        target: String,
        /// The file system.
        file_system: FileSystem,
        /// The target as readers show it.
        recorded: String,
    },
    /// Rock Ridge holds the name in full, but Linux shows a name of 254 bytes or more only up to byte 250, and of
    /// several that begin so just one. Nothing is lost, so this is no error in strict mode.
    CutByLinux {
        /// Path in the tree.
        path: String,
    },
    /// Linux shows another device number than Rock Ridge (RRIP 4.1.2) has, because the minor number is over 255 and the
    /// major number is 0. Nothing is lost, so this is no error in strict mode.
    DeviceNumber {
        /// Path in the tree.
        path: String,
    },
    /// Of the names of two items, Linux shows the same part, and so just one of the items. No error in strict mode
    /// either.
    SameInLinux {
        /// Path in the tree.
        path: String,
        /// That of the other.
        other: String,
    },
    /// Named streams of the item are left out: UDF holds those of files and directories from revision 2.00 on,
    /// Rock Ridge up to 48 KiB for each item, Joliet and plain ISO 9660 none.
    StreamsDropped {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
        /// How many.
        count: u64,
    },
    /// The access control lists of the item are left out: only Rock Ridge holds them.
    AclDropped {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
    },
    /// The file is a real-time file, which only UDF from revision 2.01 on can say.
    RealTimeDropped {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
    },
    /// The file is stored compressed (zisofs), or with tables instead of its holes (SF), which only Rock Ridge can say:
    /// here it is shown as it is stored.
    ShownEncoded {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
    },
    /// The item is one of several names of a symbolic link, device, pipe or socket, and an item of its own here: HFS+
    /// has hard links of files.
    LinkParted {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
        /// What it is.
        kind: Kind,
    },
    /// The imported session has this already, and it stays so: a name in the same form, an item that the file system does not
    /// show. Nothing is lost by what is planned, so this is no error in strict mode.
    AsBefore(Box<Notice>),
    /// The volume of HFS or HFS+ of an imported image is made anew. It is not read: the types and creators that its files may
    /// have are lost.
    TypesDropped,
    /// UDF holds symbolic links, devices, pipes or sockets, as it may; but some programs refuse the whole
    /// volume for them, 7-Zip among these. Nothing is lost, so this is no error in strict mode.
    UdfSpecials {
        /// How many.
        count: u64,
    },
    /// The modification time lies outside the years 1900 to 2155, which ISO 9660 can say, or another time that
    /// is recorded outside those that Rock Ridge can; or one lies outside the years 1 to 9999, which UDF can. It
    /// is recorded as the nearest.
    TimeClamped {
        /// Path in the tree.
        path: String,
        /// The file system.
        file_system: FileSystem,
        /// The time that it has in the tree: that of modification, if it is this one.
        given: Timestamp,
        /// The time that is recorded.
        recorded: Timestamp,
    },
}

impl Notice {
    /// Of a text of the volume descriptors, unless it is recorded as it is.
    pub(super) fn of_text(
        text: &'static str,
        given: &str,
        file_system: FileSystem,
        recorded: String,
    ) -> Option<Notice> {
        (recorded != given.trim_end()).then(|| Notice::TextChanged {
            text,
            given: given.to_owned(),
            file_system,
            reasons: super::descriptors::why_changed(given, &recorded),
            recorded,
        })
    }

    /// Path in the tree; the root's for what concerns the volume.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Notice::AsBefore(notice) => notice.path(),
            Notice::Renamed { path, .. }
            | Notice::Dropped { path, .. }
            | Notice::HiddenWithDirectory { path, .. }
            | Notice::Relocated { path, .. }
            | Notice::TargetChanged { path, .. }
            | Notice::StreamsDropped { path, .. }
            | Notice::AclDropped { path, .. }
            | Notice::RealTimeDropped { path, .. }
            | Notice::ShownEncoded { path, .. }
            | Notice::LinkParted { path, .. }
            | Notice::LiesOutside { path }
            | Notice::BehindPartition { path }
            | Notice::CutByLinux { path }
            | Notice::DeviceNumber { path }
            | Notice::SameInLinux { path, .. }
            | Notice::TimeClamped { path, .. } => path,
            Notice::TextChanged { .. }
            | Notice::NoSuchFile { .. }
            | Notice::TypesDropped
            | Notice::UdfSpecials { .. } => "/",
        }
    }

    /// Whether the image holds something else than what was asked for, or points at what is not there, which is an
    /// error in strict mode. Otherwise the imported session has the same, or it is about the limits of other programs.
    #[must_use]
    pub fn is_change(&self) -> bool {
        !matches!(
            self,
            Notice::AsBefore(_)
                | Notice::BehindPartition { .. }
                | Notice::CutByLinux { .. }
                | Notice::SameInLinux { .. }
                | Notice::DeviceNumber { .. }
                | Notice::UdfSpecials { .. }
        )
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Renamed { path, file_system, recorded, reasons } => {
                write!(f, "{path}: {file_system} records it as {recorded:?} ({reasons})")
            }
            Notice::TextChanged { text, given, file_system, recorded, reasons } => {
                write!(f, "{text} {given:?}: {file_system} records it as {recorded:?} ({reasons})")
            }
            Notice::NoSuchFile { file_system, text, name } => {
                let of = file_system.map_or(String::new(), |file_system| format!(" of {file_system}"));
                write!(f, "{text} {name:?}{of}: there is no file of that name in the root")
            }
            Notice::Dropped { path, file_system, kind } => {
                write!(f, "{path}: {file_system} cannot hold a {kind}; it is left out there")
            }
            Notice::HiddenWithDirectory { path, file_system } => {
                write!(
                    f,
                    "{path}: {file_system} does not show the directory that it is in, nor did it before"
                )
            }
            Notice::LiesOutside { path } => {
                let file_system = FileSystem::HfsPlus;
                write!(f, "{path}: a partition outside of the volume of {file_system}; it is left out there")
            }
            Notice::Relocated { path, recorded } => {
                write!(f, "{path}: deeper than 8 levels; ISO 9660 records it as {recorded}")
            }
            Notice::TargetChanged { path, file_system, recorded, .. } => {
                write!(f, "{path}: {file_system} records its target as {recorded:?}")
            }
            Notice::StreamsDropped { path, file_system, count } => {
                let (are, them) = if *count == 1 { ("is", "it") } else { ("are", "them") };
                write!(
                    f,
                    "{path}: {count} of its named streams {are} left out in {file_system}, which cannot hold {them}"
                )
            }
            Notice::AclDropped { path, file_system } => {
                write!(f, "{path}: {file_system} cannot hold its access control lists")
            }
            Notice::RealTimeDropped { path, file_system } => {
                write!(f, "{path}: {file_system} cannot say that it is a real-time file")
            }
            Notice::ShownEncoded { path, file_system } => {
                write!(
                    f,
                    "{path}: {file_system} shows it as it is stored: compressed, or with tables instead of its holes"
                )
            }
            Notice::LinkParted { path, file_system, kind } => {
                write!(
                    f,
                    "{path}: {file_system} has no hard links of a {kind}; it is an item of its own there"
                )
            }
            Notice::CutByLinux { path } => {
                write!(f, "{path}: Rock Ridge records the name in full, Linux shows its first 250 bytes")
            }
            Notice::BehindPartition { path } => {
                write!(
                    f,
                    "{path}: it lies behind the partition of the GPT that can be mounted by itself, which shows its name \
                     and cannot read it"
                )
            }
            Notice::DeviceNumber { path } => {
                write!(f, "{path}: Linux shows another device number: the major one is 0 and the minor one over 255")
            }
            Notice::SameInLinux { path, other } => {
                write!(
                    f,
                    "{path}: Linux shows the same part of this name and of {other}, and one of the two only"
                )
            }
            Notice::AsBefore(notice) => write!(f, "{notice}, as before"),
            Notice::TypesDropped => f.write_str(
                "HFS+: types and creators of the imported volume's files are not kept; --hfsplus-type gives them again",
            ),
            Notice::UdfSpecials { count } => {
                write!(
                    f,
                    "UDF holds {count} symbolic links, devices, pipes or sockets; some programs, as 7-Zip, refuse \
                     a volume with any"
                )
            }
            Notice::TimeClamped { path, file_system, given, recorded } => write!(
                f,
                "{path}: {file_system} cannot record a time of it, {given}, and has the nearest that it can, {recorded}"
            ),
        }
    }
}

/// How many notices of each kind a plan has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeCounts {
    /// [`Notice::Renamed`].
    pub renamed: u64,
    /// [`Notice::TextChanged`].
    pub texts_changed: u64,
    /// [`Notice::NoSuchFile`].
    pub no_such_files: u64,
    /// [`Notice::Dropped`], [`Notice::HiddenWithDirectory`] and [`Notice::LiesOutside`].
    pub dropped: u64,
    /// [`Notice::Relocated`].
    pub relocated: u64,
    /// [`Notice::TimeClamped`].
    pub time_clamped: u64,
    /// [`Notice::TargetChanged`].
    pub target_changed: u64,
    /// Items that [`Notice::StreamsDropped`] tells of, for each file system.
    pub streams_dropped: u64,
    /// [`Notice::AclDropped`].
    pub acl_dropped: u64,
    /// [`Notice::RealTimeDropped`].
    pub real_time_dropped: u64,
    /// [`Notice::ShownEncoded`].
    pub shown_encoded: u64,
    /// [`Notice::LinkParted`].
    pub links_parted: u64,
    /// [`Notice::TypesDropped`].
    pub types_dropped: u64,
    /// [`Notice::AsBefore`].
    pub as_before: u64,
    /// [`Notice::BehindPartition`].
    pub behind_partition: u64,
    /// [`Notice::CutByLinux`].
    pub cut_by_linux: u64,
    /// [`Notice::DeviceNumber`].
    pub device_numbers: u64,
    /// [`Notice::SameInLinux`].
    pub same_in_linux: u64,
    /// Items that [`Notice::UdfSpecials`] tells of.
    pub udf_specials: u64,
}

impl NoticeCounts {
    /// All that tell of a change or a loss: those that strict mode makes an error.
    #[must_use]
    pub fn total(self) -> u64 {
        self.renamed
            + self.texts_changed
            + self.no_such_files
            + self.dropped
            + self.relocated
            + self.time_clamped
            + self.target_changed
            + self.streams_dropped
            + self.acl_dropped
            + self.real_time_dropped
            + self.shown_encoded
            + self.links_parted
            + self.types_dropped
    }

    /// The sum of two.
    pub(crate) fn and(self, other: NoticeCounts) -> NoticeCounts {
        NoticeCounts {
            renamed: self.renamed + other.renamed,
            texts_changed: self.texts_changed + other.texts_changed,
            no_such_files: self.no_such_files + other.no_such_files,
            dropped: self.dropped + other.dropped,
            relocated: self.relocated + other.relocated,
            time_clamped: self.time_clamped + other.time_clamped,
            target_changed: self.target_changed + other.target_changed,
            streams_dropped: self.streams_dropped + other.streams_dropped,
            acl_dropped: self.acl_dropped + other.acl_dropped,
            real_time_dropped: self.real_time_dropped + other.real_time_dropped,
            shown_encoded: self.shown_encoded + other.shown_encoded,
            links_parted: self.links_parted + other.links_parted,
            types_dropped: self.types_dropped + other.types_dropped,
            as_before: self.as_before + other.as_before,
            behind_partition: self.behind_partition + other.behind_partition,
            cut_by_linux: self.cut_by_linux + other.cut_by_linux,
            device_numbers: self.device_numbers + other.device_numbers,
            same_in_linux: self.same_in_linux + other.same_in_linux,
            udf_specials: self.udf_specials + other.udf_specials,
        }
    }
}
