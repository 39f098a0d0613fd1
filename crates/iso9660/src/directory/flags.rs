use bitflags::bitflags;

bitflags! {
    /// File Flags of a directory record (ECMA-119 9.1.6). Bits 5 and 6 are reserved.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct FileFlags: u8 {
        /// Existence: the user need not be told of the file ("hidden").
        const EXISTENCE = 0x01;
        /// The record describes a directory.
        const DIRECTORY = 0x02;
        /// The file is an associated file: a companion of the file of the same identifier.
        const ASSOCIATED_FILE = 0x04;
        /// The structure of the file is told in its extended attribute record.
        const RECORD = 0x08;
        /// Owner, group and permissions are told in the extended attribute record.
        const PROTECTION = 0x10;
        /// More sections of the file follow in further records.
        const MULTI_EXTENT = 0x80;
    }
}
