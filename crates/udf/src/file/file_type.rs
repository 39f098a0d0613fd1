use std::fmt;

/// What a file is (ECMA-167 4/14.6.6, UDF 2.3.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileType(pub u8);

impl FileType {
    /// Not said; in UDF 1.50 also the virtual allocation table.
    pub const UNSPECIFIED: FileType = FileType(0);
    /// Unallocated space entry.
    pub const UNALLOCATED_SPACE: FileType = FileType(1);
    /// Partition integrity entry.
    pub const PARTITION_INTEGRITY: FileType = FileType(2);
    /// Indirect entry.
    pub const INDIRECT: FileType = FileType(3);
    /// Directory.
    pub const DIRECTORY: FileType = FileType(4);
    /// A sequence of bytes: an ordinary file.
    pub const BYTES: FileType = FileType(5);
    /// Block device.
    pub const BLOCK_DEVICE: FileType = FileType(6);
    /// Character device.
    pub const CHARACTER_DEVICE: FileType = FileType(7);
    /// Extended attributes, recorded as a file.
    pub const EXTENDED_ATTRIBUTES: FileType = FileType(8);
    /// FIFO.
    pub const FIFO: FileType = FileType(9);
    /// Socket.
    pub const SOCKET: FileType = FileType(10);
    /// Terminal entry.
    pub const TERMINAL: FileType = FileType(11);
    /// Symbolic link: the content is a path of components.
    pub const SYMBOLIC_LINK: FileType = FileType(12);
    /// Stream directory.
    pub const STREAM_DIRECTORY: FileType = FileType(13);
    /// Virtual allocation table, since UDF 2.00.
    pub const VIRTUAL_ALLOCATION_TABLE: FileType = FileType(248);
    /// Real-time file: one whose reading has to keep pace.
    pub const REAL_TIME: FileType = FileType(249);
    /// Metadata file, since UDF 2.50.
    pub const METADATA: FileType = FileType(250);
    /// Metadata mirror file, since UDF 2.50.
    pub const METADATA_MIRROR: FileType = FileType(251);
    /// Metadata bitmap file, since UDF 2.50.
    pub const METADATA_BITMAP: FileType = FileType(252);
}

impl fmt::Display for FileType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            FileType::UNSPECIFIED => "unspecified",
            FileType::UNALLOCATED_SPACE => "unallocated space entry",
            FileType::PARTITION_INTEGRITY => "partition integrity entry",
            FileType::INDIRECT => "indirect entry",
            FileType::DIRECTORY => "directory",
            FileType::BYTES => "file",
            FileType::BLOCK_DEVICE => "block device",
            FileType::CHARACTER_DEVICE => "character device",
            FileType::EXTENDED_ATTRIBUTES => "extended attributes",
            FileType::FIFO => "FIFO",
            FileType::SOCKET => "socket",
            FileType::TERMINAL => "terminal entry",
            FileType::SYMBOLIC_LINK => "symbolic link",
            FileType::STREAM_DIRECTORY => "stream directory",
            FileType::VIRTUAL_ALLOCATION_TABLE => "virtual allocation table",
            FileType::REAL_TIME => "real-time file",
            FileType::METADATA => "metadata file",
            FileType::METADATA_MIRROR => "metadata mirror file",
            FileType::METADATA_BITMAP => "metadata bitmap file",
            FileType(other) => return write!(f, "file type {other}"),
        };
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(FileType(4).to_string(), "directory");
        assert_eq!(FileType(252).to_string(), "metadata bitmap file");
        assert_eq!(FileType(14).to_string(), "file type 14");
    }
}
