use super::name::{contract, expand};
use super::{AccessControlLists, AttributeListEntry, AttributeListFlags};
use crate::susp::entries;

/// Bytes before the component area of an `AL` entry: signature, length, version and flags.
const ENTRY_HEADER: usize = 5;

/// Bytes before the content of a component record: flags and length.
const RECORD_HEADER: usize = 2;

/// Most content of a component record.
const MAX_CONTENT: usize = 255;

/// Component flag: the next record continues the component.
const CONTINUE: u8 = 1;

/// What the `AL` entries of a file say. The name of an attribute is given in full; one without a name is the
/// file's access control lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeList {
    /// Names and values, end to end.
    bytes: Vec<u8>,
    /// Ends of name and value of each attribute in `bytes`.
    ends: Vec<(u32, u32)>,
    /// Access control lists; empty for none.
    pub acl: AccessControlLists,
}

impl AttributeList {
    /// The attributes in recorded order, as names and values.
    pub fn attributes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut start = 0;
        self.ends.iter().map(move |&(name_end, value_end)| {
            let (name_end, value_end) = (name_end as usize, value_end as usize);
            let attribute = (&self.bytes[start..name_end], &self.bytes[name_end..value_end]);
            start = value_end;
            attribute
        })
    }

    /// Reads entries that stand one behind another; those of other signatures are passed over. What is wrong is
    /// told to `find`, and left out.
    pub fn decode(area: &[u8], find: &mut dyn FnMut(&'static str)) -> AttributeList {
        let stream = component_records(area, find);
        let mut list = AttributeList::default();
        let mut components = Components { rest: &stream };
        let (mut name, mut value) = (Vec::new(), Vec::new());
        loop {
            match components.next(&mut name) {
                Next::End => return list,
                Next::Cut => break,
                Next::Complete => {}
            }
            match components.next(&mut value) {
                Next::End => {
                    find("a name without a value at the end of an attribute list, left out");
                    return list;
                }
                Next::Cut => break,
                Next::Complete => list.take(&name, &value, find),
            }
        }
        find("an attribute list that ends inside a component, which is left out");
        list
    }

    fn take(&mut self, recorded: &[u8], value: &[u8], find: &mut dyn FnMut(&'static str)) {
        if recorded.is_empty() {
            match AccessControlLists::parse(value) {
                _ if self.acl != AccessControlLists::default() => {
                    find("a second access control list, left out");
                }
                Some(acl) => self.acl = acl,
                None => find("a damaged access control list, left out"),
            }
            return;
        }
        let Some((prefix, rest)) = expand(recorded) else {
            return find("an attribute name of an unknown namespace, left out");
        };
        if rest.contains(&0) || (prefix.is_empty() && rest.is_empty()) {
            return find("an attribute name that is none, left out");
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(prefix);
        self.bytes.extend_from_slice(rest);
        let name_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        // Lists of 4 GiB do not reach this.
        let end = |end: usize| u32::try_from(end).ok();
        match (end(name_end), end(self.bytes.len())) {
            (Some(name_end), Some(value_end)) => self.ends.push((name_end, value_end)),
            _ => self.bytes.truncate(start),
        }
    }
}

/// The component records of a list.
fn component_records(area: &[u8], find: &mut dyn FnMut(&'static str)) -> Vec<u8> {
    let mut stream = Vec::with_capacity(area.len());
    let mut ended = false;
    for entry in entries(area).filter(|entry| entry.signature == AttributeListEntry::SIGNATURE) {
        let Ok((_, piece)) = AttributeListEntry::parse(entry.payload) else {
            find("an AL entry without flags, left out");
            continue;
        };
        if ended {
            find("AL entries behind the end of the attribute list, left out");
            break;
        }
        stream.extend_from_slice(piece.components);
        ended = !piece.flags.contains(AttributeListFlags::CONTINUE);
    }
    if !ended {
        find("an attribute list without its end");
    }
    stream
}

/// The components of a list, record by record.
struct Components<'a> {
    rest: &'a [u8],
}

enum Next {
    /// A component is complete.
    Complete,
    /// There are no more.
    End,
    /// The list ends inside a component.
    Cut,
}

impl Components<'_> {
    fn next(&mut self, component: &mut Vec<u8>) -> Next {
        component.clear();
        if self.rest.is_empty() {
            return Next::End;
        }
        loop {
            let [flags, length, rest @ ..] = self.rest else { return Next::Cut };
            let Some((content, rest)) = rest.split_at_checked(usize::from(*length)) else {
                return Next::Cut;
            };
            component.extend_from_slice(content);
            self.rest = rest;
            if flags & CONTINUE == 0 {
                return Next::Complete;
            }
        }
    }
}

/// Bytes that a name or value of `len` bytes takes in component records.
#[must_use]
pub const fn component_len(len: usize) -> usize {
    let records = if len == 0 { 1 } else { len.div_ceil(MAX_CONTENT) };
    len + records * RECORD_HEADER
}

/// Bytes of the `AL` entries of a list whose component records have `len` bytes.
#[must_use]
pub const fn list_len(len: usize) -> usize {
    len + len.div_ceil(AttributeListEntry::MAX_COMPONENTS) * ENTRY_HEADER
}

/// Appends the `AL` entries of a list, attribute by attribute.
#[derive(Debug)]
pub struct AttributeListEncoder<'o> {
    out: &'o mut Vec<u8>,
    /// Where the open entry begins.
    entry: Option<usize>,
}

impl<'o> AttributeListEncoder<'o> {
    /// A list without attributes, which is no entry at all.
    pub fn new(out: &'o mut Vec<u8>) -> AttributeListEncoder<'o> {
        AttributeListEncoder { out, entry: None }
    }

    /// Appends a recorded list as it is, but for attributes of these names: `attribute`, if there is one, takes the place of
    /// the first, or comes last.
    pub fn push_recorded(&mut self, area: &[u8], replaced: &[&[u8]], attribute: Option<(&[u8], &[u8])>) {
        let stream = component_records(area, &mut |_| {});
        let mut components = Components { rest: &stream };
        let (mut name, mut value) = (Vec::new(), Vec::new());
        let mut attribute = attribute;
        loop {
            let pair = components.rest;
            let name_is = components.next(&mut name);
            let is_whole =
                matches!(name_is, Next::Complete) && matches!(components.next(&mut value), Next::Complete);
            if !is_whole {
                self.bytes(pair);
                break;
            }
            let is_replaced = expand(&name).is_some_and(|(prefix, rest)| {
                replaced.iter().any(|name| name.strip_prefix(prefix) == Some(rest))
            });
            match is_replaced {
                true => attribute.take().into_iter().for_each(|(name, value)| self.push(name, value)),
                false => self.bytes(&pair[..pair.len() - components.rest.len()]),
            }
        }
        attribute.into_iter().for_each(|(name, value)| self.push(name, value));
    }

    /// Appends an attribute. The name is given in full; it is neither empty nor has it a zero byte.
    pub fn push(&mut self, name: &[u8], value: &[u8]) {
        let (first, rest) = contract(name);
        self.component(first, rest);
        self.component(None, value);
    }

    /// Appends access control lists.
    pub fn push_acl(&mut self, acl: &AccessControlLists) {
        let mut value = Vec::new();
        acl.encode(&mut value);
        self.component(None, &[]);
        self.component(None, &value);
    }

    /// Ends the list.
    pub fn finish(mut self) {
        self.close(AttributeListFlags::empty());
    }

    /// `first` is a byte that stands before the others.
    fn component(&mut self, first: Option<u8>, bytes: &[u8]) {
        let mut first = first;
        let mut rest = bytes;
        loop {
            let room = MAX_CONTENT - usize::from(first.is_some());
            let (content, more) = rest.split_at(rest.len().min(room));
            let flags = if more.is_empty() { 0 } else { CONTINUE };
            let length = (content.len() + usize::from(first.is_some())) as u8;
            self.bytes(&[flags, length]);
            self.bytes(first.take().as_slice());
            self.bytes(content);
            rest = more;
            if rest.is_empty() {
                return;
            }
        }
    }

    /// Appends bytes of component records to the open entry, and opens further ones as need be.
    fn bytes(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let start = *self.entry.get_or_insert_with(|| {
                let start = self.out.len();
                self.out.extend([b'A', b'L', 0, 1, 0]);
                start
            });
            let used = self.out.len() - start - ENTRY_HEADER;
            let room = AttributeListEntry::MAX_COMPONENTS - used;
            if room == 0 {
                self.close(AttributeListFlags::CONTINUE);
                continue;
            }
            let (here, more) = rest.split_at(rest.len().min(room));
            self.out.extend_from_slice(here);
            rest = more;
        }
    }

    fn close(&mut self, flags: AttributeListFlags) {
        if let Some(start) = self.entry.take() {
            self.out[start + 2] = (self.out.len() - start) as u8;
            self.out[start + 4] = flags.bits();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(area: &[u8]) -> (AttributeList, Vec<&'static str>) {
        let mut found = Vec::new();
        let list = AttributeList::decode(area, &mut |what| found.push(what));
        (list, found)
    }

    fn encode(attributes: &[(&[u8], &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = AttributeListEncoder::new(&mut out);
        for (name, value) in attributes {
            encoder.push(name, value);
        }
        encoder.finish();
        out
    }

    /// The specification's first example: two attributes, of which the first value has 251 bytes.
    #[test]
    fn bytes_of_the_specification() {
        let long = [&b"long"[..], &[b'.'; 240], b"content"].concat();
        let out = encode(&[(b"name", &long), (b"one", b"more")]);
        let first = [&b"AL\xFF\x01\x01\x00\x04name\x00\xFBlong"[..], &[b'.'; 238]].concat();
        let second = b"AL\x19\x01\x00..content\x00\x03one\x00\x04more";
        assert_eq!(out, [&first[..], &second[..]].concat());
        let (list, found) = decode(&out);
        let read: Vec<_> = list.attributes().collect();
        assert_eq!(read, [(&b"name"[..], &long[..]), (b"one", b"more")]);
        assert!(found.is_empty());
    }

    /// As libisofs writes it.
    #[test]
    fn an_attribute_and_an_access_control_list() {
        let recorded = b"AL\x1a\x01\0\x00\x04\x03dir\x00\x01D\x00\x00\x00\x08\x81\x17\xaf\x01{5We";
        let (list, found) = decode(recorded);
        assert_eq!(list.attributes().collect::<Vec<_>>(), [(&b"user.dir"[..], &b"D"[..])]);
        assert_eq!(list.acl.to_string(), "d:u::rwx,d:u:123:rwx,d:g::r-x,d:m::rwx,d:o::r-x");
        assert!(found.is_empty());
        let mut out = Vec::new();
        let mut encoder = AttributeListEncoder::new(&mut out);
        encoder.push(b"user.dir", b"D");
        encoder.push_acl(&list.acl);
        encoder.finish();
        assert_eq!(out, recorded);
    }

    #[test]
    fn an_attribute_is_replaced_and_all_else_stays() {
        // The first byte of the value of an access control list means nothing that is known.
        let acl = b"\x00\x00\x00\x02\xf0\x01";
        let list = |middle: &[u8]| {
            let components = [&b"\x00\x01a\x00\x01b"[..], middle, acl, b"\x00\x01\x07\x00\x00"].concat();
            [&[b'A', b'L', components.len() as u8 + 5, 1, 0][..], &components].concat()
        };
        let recorded = list(b"\x00\x03\x04cx\x00\x04\x00\x00\x00\x01");
        let replace = |area: &[u8], attribute| {
            let mut out = Vec::new();
            let mut encoder = AttributeListEncoder::new(&mut out);
            encoder.push_recorded(area, &[b"isofs.ca", b"isofs.cx"], attribute);
            encoder.finish();
            out
        };
        assert_eq!(
            replace(&recorded, Some((b"isofs.cx", b"\x00\x00\x00\x02"))),
            list(b"\x00\x03\x04cx\x00\x04\x00\x00\x00\x02")
        );
        assert_eq!(replace(&recorded, None), list(b""));
        assert_eq!(replace(&list(b""), None), list(b""));
        let more = replace(&encode(&[(b"a", b"b")]), Some((b"isofs.cx", b"c")));
        assert_eq!(more, encode(&[(b"a", b"b"), (b"isofs.cx", b"c")]));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let told = |area: &[u8]| decode(area).1;
        let good = encode(&[(b"user.a", b"1")]);
        assert_eq!(told(&good), [""; 0]);
        assert_eq!(told(b"AL\x05\x01\x01"), ["an attribute list without its end"]);
        assert_eq!(
            told(b"AL\x04\x01"),
            ["an AL entry without flags, left out", "an attribute list without its end"]
        );
        assert_eq!(
            told(&[&good[..], &good].concat()),
            ["AL entries behind the end of the attribute list, left out"]
        );
        assert_eq!(
            told(b"AL\x08\x01\0\x00\x01a"),
            ["a name without a value at the end of an attribute list, left out"]
        );
        let cut = ["an attribute list that ends inside a component, which is left out"];
        assert_eq!(told(b"AL\x0b\x01\0\x00\x01a\x00\x02b"), cut);
        assert_eq!(told(b"AL\x08\x01\0\x01\x01a"), cut);
        assert_eq!(told(b"AL\x06\x01\0\x00"), cut);
        let unknown = ["an attribute name of an unknown namespace, left out"];
        assert_eq!(told(b"AL\x0a\x01\0\x00\x01\x07\x00\x00"), unknown);
        for name in [&b"a\0"[..], b"\x01"] {
            let area = [&b"AL\x00\x01\0\x00"[..], &[name.len() as u8], name, b"\x00\x00"].concat();
            let area = [&area[..2], &[area.len() as u8], &area[3..]].concat();
            assert_eq!(told(&area), ["an attribute name that is none, left out"]);
        }
        assert_eq!(told(b"AL\x0a\x01\0\x00\x00\x00\x01\xf0"), ["a damaged access control list, left out"]);
    }

    proptest! {
        #[test]
        fn round_trip(
            attributes in proptest::collection::vec(
                (
                    "(user\\.|trusted\\.|security\\.|isofs\\.|system\\.|[\\x01-\\x1f])?[a-z]{1,300}",
                    proptest::collection::vec(any::<u8>(), 0..1200),
                ),
                0..6,
            ),
        ) {
            let attributes: Vec<(&[u8], &[u8])> =
                attributes.iter().map(|(name, value)| (name.as_bytes(), &value[..])).collect();
            let out = encode(&attributes);
            let recorded = attributes.iter().map(|(name, value)| {
                let (first, rest) = contract(name);
                component_len(rest.len() + usize::from(first.is_some())) + component_len(value.len())
            });
            prop_assert_eq!(list_len(recorded.sum()), out.len());
            let (list, found) = decode(&out);
            prop_assert_eq!(list.attributes().collect::<Vec<_>>(), attributes.clone());
            prop_assert_eq!(found.is_empty(), !attributes.is_empty());
        }

        #[test]
        fn any_bytes(area in proptest::collection::vec(any::<u8>(), 0..600)) {
            let (list, _) = decode(&area);
            let kept: usize = list.attributes().map(|(name, value)| name.len() + value.len()).sum();
            prop_assert!(kept <= 9 * area.len());
            let mut out = Vec::new();
            let mut encoder = AttributeListEncoder::new(&mut out);
            encoder.push_recorded(&area, &[], None);
            encoder.finish();
            prop_assert_eq!(decode(&out).0, decode(&area).0);
        }
    }
}
