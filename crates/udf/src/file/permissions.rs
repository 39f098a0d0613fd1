use bitflags::bitflags;

bitflags! {
    /// Who may do what (ECMA-167 4/14.9.5): five bits for each of other, group and owner.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Permissions: u32 {
        /// Other: execute the file, or search the directory.
        const OTHER_EXECUTE = 1;
        /// Other: change the content.
        const OTHER_WRITE = 1 << 1;
        /// Other: read the content.
        const OTHER_READ = 1 << 2;
        /// Other: change the attributes.
        const OTHER_CHANGE_ATTRIBUTES = 1 << 3;
        /// Other: delete.
        const OTHER_DELETE = 1 << 4;
        /// Group: execute the file, or search the directory.
        const GROUP_EXECUTE = 1 << 5;
        /// Group: change the content.
        const GROUP_WRITE = 1 << 6;
        /// Group: read the content.
        const GROUP_READ = 1 << 7;
        /// Group: change the attributes.
        const GROUP_CHANGE_ATTRIBUTES = 1 << 8;
        /// Group: delete.
        const GROUP_DELETE = 1 << 9;
        /// Owner: execute the file, or search the directory.
        const OWNER_EXECUTE = 1 << 10;
        /// Owner: change the content.
        const OWNER_WRITE = 1 << 11;
        /// Owner: read the content.
        const OWNER_READ = 1 << 12;
        /// Owner: change the attributes.
        const OWNER_CHANGE_ATTRIBUTES = 1 << 13;
        /// Owner: delete.
        const OWNER_DELETE = 1 << 14;
    }
}

impl Permissions {
    /// For the nine bits `rwxrwxrwx` of a POSIX mode. Deletion follows writing, and only the owner may change
    /// attributes (UDF 3.3.3.3).
    #[must_use]
    pub const fn from_mode(mode: u32) -> Permissions {
        let bits = mode & 0o7 | (mode & 0o70) << 2 | (mode & 0o700) << 4;
        let delete = (mode & 0o2) << 3 | (mode & 0o20) << 5 | (mode & 0o200) << 7;
        Permissions::from_bits_retain(bits | delete | Permissions::OWNER_CHANGE_ATTRIBUTES.bits())
    }

    /// The nine bits `rwxrwxrwx` of a POSIX mode.
    #[must_use]
    pub const fn mode(self) -> u32 {
        let bits = self.bits();
        bits & 0o7 | bits >> 2 & 0o70 | bits >> 4 & 0o700
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn for_reading_only() {
        let read_only = Permissions::from_bits_retain(0x14a5);
        assert_eq!(read_only.mode(), 0o555);
        let all = Permissions::OWNER_READ
            | Permissions::OWNER_EXECUTE
            | Permissions::GROUP_READ
            | Permissions::GROUP_EXECUTE
            | Permissions::OTHER_READ
            | Permissions::OTHER_EXECUTE;
        assert_eq!(read_only, all);
    }

    #[test]
    fn deletion_follows_writing() {
        let expected = Permissions::OWNER_READ
            | Permissions::OWNER_WRITE
            | Permissions::OWNER_DELETE
            | Permissions::OWNER_CHANGE_ATTRIBUTES
            | Permissions::GROUP_READ
            | Permissions::OTHER_WRITE
            | Permissions::OTHER_DELETE;
        assert_eq!(Permissions::from_mode(0o642), expected);
    }

    proptest! {
        #[test]
        fn modes_survive(mode in 0..0o1000u32, above: u32) {
            prop_assert_eq!(Permissions::from_mode(mode | above << 9).mode(), mode);
        }
    }
}
