use std::fmt;

use bitflags::bitflags;

bitflags! {
    /// What an entry grants (AAIP 2.0, ACL entry, BP 1).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    pub struct AclPermissions: u8 {
        /// To execute, or to search a directory.
        const EXECUTE = 1;
        /// To write.
        const WRITE = 2;
        /// To read.
        const READ = 4;
    }
}

/// Whom an entry is about. The order is that of POSIX systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum AclTag {
    /// The owner.
    UserObj,
    /// The user of that number.
    User(u32),
    /// The group of the file.
    GroupObj,
    /// The group of that number.
    Group(u32),
    /// What all but the owner and others can be granted at most.
    Mask,
    /// Everybody else.
    Other,
}

/// An entry of an access control list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AccessControlEntry {
    /// Whom it is about.
    pub tag: AclTag,
    /// What it grants.
    pub permissions: AclPermissions,
}

/// The access control lists of a file as POSIX.1e (withdrawn draft) has them, in their recorded form (AAIP 2.0:
/// the value of the attribute without a name).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AccessControlLists {
    /// Who may do what with the file; empty where its permission bits say all.
    pub access: Vec<AccessControlEntry>,
    /// Of a directory: what new files in it are given; empty for none.
    pub default: Vec<AccessControlEntry>,
}

/// Marks of entries that are of no user or group.
const USER_OBJ: u8 = 1;
const GROUP_OBJ: u8 = 3;
const MASK: u8 = 5;
const OTHER: u8 = 6;
const SWITCH: u8 = 8;
const USER: u8 = 10;
const GROUP: u8 = 12;
const FUTURE_VERSION: u8 = 15;

/// Bit of an entry that qualifier records follow.
const QUALIFIER: u8 = 8;

/// Bit of a qualifier record's head: the qualifier goes on in the next record.
const CONTINUED: u8 = 0x80;

impl AccessControlLists {
    /// Whether there is neither of the lists.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.access.is_empty() && self.default.is_empty()
    }

    /// Whether each list is empty or one that systems take: owner, group and others once each, the mask where
    /// somebody is named, and nobody named twice.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        is_valid(&self.access) && is_valid(&self.default)
    }

    /// The permission bits of the file, where the access list says them.
    #[must_use]
    pub fn permissions(&self) -> Option<u16> {
        let of = |tag| permissions_of(&self.access, tag);
        let group = of(AclTag::Mask).or(of(AclTag::GroupObj))?;
        let bits = |permissions: AclPermissions| u16::from(permissions.bits());
        Some(bits(of(AclTag::UserObj)?) << 6 | bits(group) << 3 | bits(of(AclTag::Other)?))
    }

    /// The permission bits of the file for a system that knows no such lists: the group's are those that it is
    /// granted, and not those that anyone named may be.
    #[must_use]
    pub fn permissions_without(&self) -> Option<u16> {
        let group = permissions_of(&self.access, AclTag::GroupObj)?;
        let mask = permissions_of(&self.access, AclTag::Mask).unwrap_or(AclPermissions::all());
        Some(self.permissions()? & !0o070 | u16::from((group & mask).bits()) << 3)
    }

    /// Has the access list say these permission bits, as a change of the bits does.
    pub fn set_permissions(&mut self, bits: u16) {
        let has_mask = permissions_of(&self.access, AclTag::Mask).is_some();
        for entry in &mut self.access {
            let shift = match entry.tag {
                AclTag::UserObj => 6,
                AclTag::Mask => 3,
                AclTag::GroupObj if !has_mask => 3,
                AclTag::Other => 0,
                _ => continue,
            };
            entry.permissions = AclPermissions::from_bits_truncate((bits >> shift) as u8);
        }
    }

    /// Reads the recorded form. Maps of names to numbers, and entries of kinds that are not known, are passed
    /// over. `None` where it ends inside an entry, or says that it is of another version.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<AccessControlLists> {
        let mut lists = AccessControlLists::default();
        let mut in_default = false;
        let mut rest = value;
        while let Some((&head, behind)) = rest.split_first() {
            rest = behind;
            let qualifier = match head & QUALIFIER {
                0 => None,
                _ => Some(parse_qualifier(&mut rest)?),
            };
            let tag = match (head >> 4, qualifier) {
                (SWITCH, _) => {
                    in_default = true;
                    continue;
                }
                (USER_OBJ, None) => AclTag::UserObj,
                (GROUP_OBJ, None) => AclTag::GroupObj,
                (MASK, None) => AclTag::Mask,
                (OTHER, None) => AclTag::Other,
                (USER, number) => AclTag::User(number??),
                (GROUP, number) => AclTag::Group(number??),
                (USER_OBJ | GROUP_OBJ | MASK | OTHER | FUTURE_VERSION, _) => return None,
                _ => continue,
            };
            let entry = AccessControlEntry { tag, permissions: AclPermissions::from_bits_truncate(head & 7) };
            if in_default { &mut lists.default } else { &mut lists.access }.push(entry);
        }
        Some(lists)
    }

    /// Appends the recorded form.
    pub fn encode(&self, out: &mut Vec<u8>) {
        self.access.iter().for_each(|entry| encode_entry(entry, out));
        if !self.default.is_empty() {
            out.push(SWITCH << 4 | AclPermissions::EXECUTE.bits());
            self.default.iter().for_each(|entry| encode_entry(entry, out));
        }
    }
}

/// A number of up to 4 bytes; `Some(None)` for a qualifier that is none.
fn parse_qualifier(rest: &mut &[u8]) -> Option<Option<u32>> {
    let mut number = Some(0u32);
    let mut length = 0;
    loop {
        let (&head, behind) = rest.split_first()?;
        let (bytes, behind) = behind.split_at_checked(usize::from(head & !CONTINUED))?;
        *rest = behind;
        for &byte in bytes {
            length += 1;
            number = number.filter(|_| length <= 4).map(|number| number << 8 | u32::from(byte));
        }
        if head & CONTINUED == 0 {
            return Some(number.filter(|_| length > 0));
        }
    }
}

fn encode_entry(entry: &AccessControlEntry, out: &mut Vec<u8>) {
    let (mark, number) = match entry.tag {
        AclTag::UserObj => (USER_OBJ, None),
        AclTag::User(number) => (USER, Some(number)),
        AclTag::GroupObj => (GROUP_OBJ, None),
        AclTag::Group(number) => (GROUP, Some(number)),
        AclTag::Mask => (MASK, None),
        AclTag::Other => (OTHER, None),
    };
    let head = mark << 4 | entry.permissions.bits();
    match number {
        None => out.push(head),
        Some(number) => {
            let bytes = number.to_be_bytes();
            let zeros = (number.leading_zeros() / 8).min(3) as usize;
            out.extend([head | QUALIFIER, (4 - zeros) as u8]);
            out.extend_from_slice(&bytes[zeros..]);
        }
    }
}

fn permissions_of(list: &[AccessControlEntry], tag: AclTag) -> Option<AclPermissions> {
    list.iter().find(|entry| entry.tag == tag).map(|entry| entry.permissions)
}

fn is_valid(list: &[AccessControlEntry]) -> bool {
    let mut tags: Vec<AclTag> = list.iter().map(|entry| entry.tag).collect();
    tags.sort_unstable();
    let is_twice = tags.windows(2).any(|pair| pair[0] == pair[1]);
    let names_somebody = tags.iter().any(|tag| matches!(tag, AclTag::User(_) | AclTag::Group(_)));
    let needed = [AclTag::UserObj, AclTag::GroupObj, AclTag::Other];
    let has = |tag: &AclTag| tags.binary_search(tag).is_ok();
    list.is_empty() || !is_twice && needed.iter().all(has) && (!names_somebody || has(&AclTag::Mask))
}

/// The short text form, numbers for names: `u::rw-,u:123:r--,g::r--,m::r--,o::---`, and `d:` before each entry of
/// the default list.
impl fmt::Display for AccessControlLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [("", &self.access), ("d:", &self.default)];
        let entries = lists.into_iter().flat_map(|(of, list)| list.iter().map(move |entry| (of, entry)));
        for (number, (of, entry)) in entries.enumerate() {
            let comma = if number > 0 { "," } else { "" };
            write!(f, "{comma}{of}{entry}")?;
        }
        Ok(())
    }
}

impl fmt::Display for AccessControlEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tag {
            AclTag::UserObj => f.write_str("u::")?,
            AclTag::User(number) => write!(f, "u:{number}:")?,
            AclTag::GroupObj => f.write_str("g::")?,
            AclTag::Group(number) => write!(f, "g:{number}:")?,
            AclTag::Mask => f.write_str("m::")?,
            AclTag::Other => f.write_str("o::")?,
        }
        let letters =
            [(AclPermissions::READ, 'r'), (AclPermissions::WRITE, 'w'), (AclPermissions::EXECUTE, 'x')];
        letters.iter().try_for_each(|(permission, letter)| {
            let is_granted = self.permissions.contains(*permission);
            write!(f, "{}", if is_granted { *letter } else { '-' })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(lists: &AccessControlLists) -> Vec<u8> {
        let mut out = Vec::new();
        lists.encode(&mut out);
        out
    }

    #[test]
    fn bytes_of_the_specification() {
        let value = [0x16, 0xAE, 1, 123, 0x34, 0xCE, 2, 255, 254, 0x54, 0x64];
        let lists = AccessControlLists::parse(&value).unwrap();
        assert_eq!(lists.to_string(), "u::rw-,u:123:rw-,g::r--,g:65534:rw-,m::r--,o::r--");
        assert_eq!(encoded(&lists), value);
        assert!(lists.is_valid());
        assert_eq!((lists.permissions(), lists.permissions_without()), (Some(0o644), Some(0o644)));

        let value = [0x17, 0x35, 0x65, 0x81, 0x17, 0x35, 0x57, 0x65, 0xAF, 1, 123];
        let lists = AccessControlLists::parse(&value).unwrap();
        assert_eq!(lists.access.len(), 3);
        assert_eq!(lists.default[4].tag, AclTag::User(123));
        assert_eq!(encoded(&lists), value);
    }

    /// The map of names is no entry of the list.
    #[test]
    fn maps_and_unknown_entries_are_passed_over() {
        let value = [&[0x08, 13, 0, 123, 0, 0, 0, 0, 0, 0, 123][..], b"lisa", &[0x16, 0x27, 0x60]].concat();
        assert_eq!(AccessControlLists::parse(&value).unwrap().to_string(), "u::rw-,o::---");
        assert!(!AccessControlLists::parse(&value).unwrap().is_valid());
    }

    #[test]
    fn what_is_no_list() {
        let cases: [&[u8]; 8] = [
            &[0xAE],
            &[0xAE, 2, 1],
            &[0xAE, 0x81, 1],
            &[0xAE, 0],
            &[0xAE, 5, 0, 0, 0, 0, 1],
            &[0xA6],
            &[0x1E, 1, 1],
            &[0xF0],
        ];
        for case in cases {
            assert_eq!(AccessControlLists::parse(case), None, "{case:x?}");
        }
        assert_eq!(AccessControlLists::parse(&[0xAE, 0x81, 1, 1, 0]).unwrap().to_string(), "u:256:rw-");
    }

    #[test]
    fn the_mask_is_the_group_bits() {
        let mut lists = AccessControlLists::parse(&[0x16, 0xAF, 1, 9, 0x34, 0x57, 0x60]).unwrap();
        assert_eq!((lists.permissions(), lists.permissions_without()), (Some(0o670), Some(0o640)));
        lists.set_permissions(0o751);
        assert_eq!(lists.to_string(), "u::rwx,u:9:rwx,g::r--,m::r-x,o::--x");
        assert_eq!(AccessControlLists::default().permissions(), None);
    }

    fn list() -> impl Strategy<Value = Vec<AccessControlEntry>> {
        let tag = prop_oneof![
            Just(AclTag::UserObj),
            any::<u32>().prop_map(AclTag::User),
            Just(AclTag::GroupObj),
            (0u32..300).prop_map(AclTag::Group),
            Just(AclTag::Mask),
            Just(AclTag::Other),
        ];
        let entry = (tag, 0u8..8).prop_map(|(tag, bits)| AccessControlEntry {
            tag,
            permissions: AclPermissions::from_bits_truncate(bits),
        });
        proptest::collection::vec(entry, 0..20)
    }

    proptest! {
        #[test]
        fn round_trip(access in list(), default in list()) {
            let lists = AccessControlLists { access, default };
            prop_assert_eq!(AccessControlLists::parse(&encoded(&lists)), Some(lists));
        }

        #[test]
        fn any_bytes(value in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some(lists) = AccessControlLists::parse(&value) {
                let again = AccessControlLists::parse(&encoded(&lists));
                prop_assert_eq!(again, Some(lists));
            }
        }
    }
}
