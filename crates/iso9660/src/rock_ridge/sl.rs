//! `SL`, symbolic link (RRIP 4.1.3): the target of a link, divided into path components.

use bitflags::bitflags;
use nom::bytes::complete::take;
use nom::combinator::rest;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

use crate::susp::Signature;

/// Most bytes of component records in one entry.
const MAX_COMPONENT_AREA: usize = 250;
/// Bytes of a component record before its content.
const COMPONENT_HEADER: usize = 2;

bitflags! {
    /// Flags of an `SL` entry.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct LinkFlags: u8 {
        /// The target goes on in the next `SL` entry.
        const CONTINUE = 0x01;
    }
}

bitflags! {
    /// Flags of a component record (4.1.3.1).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct ComponentFlags: u8 {
        /// The component goes on in the next component record.
        const CONTINUE = 0x01;
        /// The directory itself, `.`; no content.
        const CURRENT = 0x02;
        /// The parent directory, `..`; no content.
        const PARENT = 0x04;
        /// The root of the file hierarchy, `/`; no content.
        const ROOT = 0x08;
        /// The root of the volume; reserved since version 1.12.
        const VOLUME_ROOT = 0x10;
        /// The name of the host; reserved since version 1.12.
        const HOST = 0x20;
    }
}

/// Component record of a symbolic link (RRIP 4.1.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component<'a> {
    /// Whether the component goes on, and components of special meaning.
    pub flags: ComponentFlags,
    /// The component or its part; at most 248 bytes when written.
    pub content: &'a [u8],
}

impl<'a> Component<'a> {
    /// Reads the record at the start of `area`, and gives what follows it.
    ///
    /// # Errors
    /// When `area` ends inside the record.
    pub fn parse(area: &'a [u8]) -> IResult<&'a [u8], Component<'a>> {
        let (rest, (flags, length)) = (byte, byte).parse(area)?;
        let (rest, content) = take(length).parse(rest)?;
        Ok((rest, Component { flags: ComponentFlags::from_bits_retain(flags), content }))
    }
}

/// One `SL` entry: the target of a link or a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymbolicLink<'a> {
    /// Whether the target goes on.
    pub flags: LinkFlags,
    /// The component records.
    pub component_area: &'a [u8],
}

impl<'a> SymbolicLink<'a> {
    /// `SL`.
    pub const SIGNATURE: Signature = Signature(*b"SL");

    /// Reads the payload.
    ///
    /// # Errors
    /// When it is empty.
    pub fn parse(payload: &'a [u8]) -> IResult<&'a [u8], SymbolicLink<'a>> {
        let (end, (flags, component_area)) = (byte, rest).parse(payload)?;
        Ok((end, SymbolicLink { flags: LinkFlags::from_bits_retain(flags), component_area }))
    }

    /// The component records of this entry, up to the first that is cut off.
    pub fn components(&self) -> impl Iterator<Item = Component<'a>> + use<'a> {
        let mut area = self.component_area;
        std::iter::from_fn(move || {
            let (rest, component) = Component::parse(area).ok()?;
            area = rest;
            Some(component)
        })
    }
}

/// Puts the target of a link together from its entries, in order.
#[derive(Clone, Copy, Debug, Default)]
pub struct TargetDecoder {
    separate: bool,
}

impl TargetDecoder {
    /// A decoder at the start of a target.
    #[must_use]
    pub const fn new() -> TargetDecoder {
        TargetDecoder { separate: false }
    }

    /// Appends the part of the target that `link` holds, as a POSIX path. Tells whether all of it was
    /// understood: the root of the volume counts as the root, a host name has no form in a path and is
    /// left out, and a component record that is cut off ends the entry.
    pub fn push(&mut self, link: &SymbolicLink<'_>, target: &mut Vec<u8>) -> bool {
        let mut understood = true;
        let mut taken = 0;
        for component in link.components() {
            taken += COMPONENT_HEADER + component.content.len();
            let kind = component.flags - ComponentFlags::CONTINUE;
            if self.separate {
                target.push(b'/');
            }
            self.separate = !component.flags.contains(ComponentFlags::CONTINUE);
            match kind {
                ComponentFlags::CURRENT => target.push(b'.'),
                ComponentFlags::PARENT => target.extend(b".."),
                ComponentFlags::ROOT | ComponentFlags::VOLUME_ROOT => {
                    target.push(b'/');
                    self.separate = false;
                    understood &= kind == ComponentFlags::ROOT;
                }
                ComponentFlags::HOST => {
                    self.separate = false;
                    understood = false;
                }
                _ => {
                    understood &= kind.is_empty();
                    target.extend_from_slice(component.content);
                }
            }
        }
        understood && taken == link.component_area.len()
    }
}

/// Appends the entries for the link to `target`, a POSIX path: one, or as many as its length needs.
///
/// [`TargetDecoder`] gives the same bytes back, whatever they are. `.`, `..` and the leading `/` have
/// records of their own; the empty components that `a//b` and a trailing slash stand for become records
/// without content. RRIP does not mention these: readers join them to the same path, or to `a/b`, which
/// means the same.
///
/// All entries but the last end within a component, if need be with a part of no bytes: there are readers
/// that forget the slash between the last component of an entry and the first of the next.
pub fn encode(target: &[u8], out: &mut Vec<u8>) {
    let mut entry = EntryWriter::begin(out);
    let relative = match target.strip_prefix(b"/") {
        Some(relative) => {
            entry.push(ComponentFlags::ROOT, &[], relative.is_empty());
            relative
        }
        None => target,
    };
    if relative.is_empty() {
        return;
    }
    let mut components = relative.split(|&byte| byte == b'/').peekable();
    while let Some(component) = components.next() {
        let last = components.peek().is_none();
        match component {
            b"." => entry.push(ComponentFlags::CURRENT, &[], last),
            b".." => entry.push(ComponentFlags::PARENT, &[], last),
            _ => entry.push(ComponentFlags::empty(), component, last),
        }
    }
}

/// Fills one entry after the other. Before the last component is written there is always room for a record
/// without content.
struct EntryWriter<'a> {
    out: &'a mut Vec<u8>,
    /// Where the present entry begins in `out`.
    start: usize,
    room: usize,
}

impl<'a> EntryWriter<'a> {
    fn begin(out: &'a mut Vec<u8>) -> EntryWriter<'a> {
        let start = out.len();
        out.extend([b'S', b'L', 5, 1, 0]);
        EntryWriter { out, start, room: MAX_COMPONENT_AREA }
    }

    fn push(&mut self, flags: ComponentFlags, content: &[u8], last: bool) {
        let reserve = if last { 0 } else { COMPONENT_HEADER };
        let mut left = content;
        while COMPONENT_HEADER + left.len() + reserve > self.room {
            let part = (self.room - COMPONENT_HEADER).min(left.len().saturating_sub(1));
            let (part, more) = left.split_at(part);
            self.record(ComponentFlags::CONTINUE, part);
            self.next_entry();
            left = more;
        }
        self.record(flags, left);
    }

    fn record(&mut self, flags: ComponentFlags, content: &[u8]) {
        self.out.extend([flags.bits(), content.len() as u8]);
        self.out.extend_from_slice(content);
        let length = COMPONENT_HEADER + content.len();
        self.room -= length;
        self.out[self.start + 2] += length as u8;
    }

    fn next_entry(&mut self) {
        self.out[self.start + 4] = LinkFlags::CONTINUE.bits();
        self.start = self.out.len();
        self.out.extend([b'S', b'L', 5, 1, 0]);
        self.room = MAX_COMPONENT_AREA;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::susp::entries;
    use proptest::prelude::*;

    fn decode(recorded: &[u8]) -> (Vec<u8>, bool) {
        let (mut decoder, mut target, mut understood) = (TargetDecoder::new(), Vec::new(), true);
        for entry in entries(recorded) {
            assert_eq!(entry.signature, SymbolicLink::SIGNATURE);
            understood &= decoder.push(&SymbolicLink::parse(entry.payload).unwrap().1, &mut target);
        }
        (target, understood)
    }

    #[track_caller]
    fn check(target: &[u8], recorded: &[u8]) {
        let mut out = Vec::new();
        encode(target, &mut out);
        assert_eq!(out.escape_ascii().to_string(), recorded.escape_ascii().to_string());
        assert_eq!(decode(&out), (target.to_vec(), true));
    }

    #[test]
    fn bytes_of_the_standard() {
        check(b"../lib/x", b"SL\x0F\x01\x00\x04\x00\x00\x03lib\x00\x01x");
        check(b"/usr", b"SL\x0C\x01\x00\x08\x00\x00\x03usr");
        check(b"/", b"SL\x07\x01\x00\x08\x00");
        check(b".", b"SL\x07\x01\x00\x02\x00");
        check(b"a//b", b"SL\x0D\x01\x00\x00\x01a\x00\x00\x00\x01b");
        check(b"a/", b"SL\x0A\x01\x00\x00\x01a\x00\x00");
        check(b"//a", b"SL\x0C\x01\x00\x08\x00\x00\x00\x00\x01a");
        check(b"", b"SL\x05\x01\x00");
        check(b"...", b"SL\x0A\x01\x00\x00\x03...");
    }

    #[test]
    fn entries_end_within_a_component() {
        let (a, b) = ([b'a'; 200], [b'b'; 200]);
        let mut recorded = b"SL\xFF\x01\x01\x00\xC8".to_vec();
        recorded.extend(a);
        recorded.extend(b"\x01\x2E");
        recorded.extend([b'b'; 46]);
        recorded.extend(b"SL\xA1\x01\x00\x00\x9A");
        recorded.extend([b'b'; 154]);
        check(&[&a[..], b"/", &b[..]].concat(), &recorded);

        let c = [b'c'; 246];
        let mut recorded = b"SL\xFF\x01\x01\x00\xF6".to_vec();
        recorded.extend(c);
        recorded.extend(b"\x01\x00SL\x0A\x01\x00\x04\x00\x00\x01x");
        check(&[&c[..], b"/../x"].concat(), &recorded);

        let mut recorded = b"SL\xFF\x01\x00\x00\xF8".to_vec();
        recorded.extend([b'd'; 248]);
        check(&[b'd'; 248], &recorded);
        let mut recorded = b"SL\xFF\x01\x01\x01\xF8".to_vec();
        recorded.extend([b'd'; 248]);
        recorded.extend(b"SL\x08\x01\x00\x00\x01d");
        check(&[b'd'; 249], &recorded);
    }

    /// Some writers record an empty component as the root, in the middle of a path.
    #[test]
    fn the_root_within_a_path_is_an_empty_component() {
        let recorded = b"SL\x11\x01\x00\x02\x00\x08\x00\x08\x00\x00\x04file";
        assert_eq!(decode(recorded), (b".///file".to_vec(), true));
    }

    #[test]
    fn what_is_not_understood_is_told() {
        assert_eq!(decode(b"SL\x0A\x01\x00\x10\x00\x00\x01a"), (b"/a".to_vec(), false));
        assert_eq!(decode(b"SL\x08\x01\x00\x00\x02a"), (Vec::new(), false));
        assert_eq!(decode(b"SL\x0B\x01\x00\x20\x01h\x00\x01a"), (b"a".to_vec(), false));
        assert!(SymbolicLink::parse(&[]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(components in proptest::collection::vec(
            prop_oneof![Just(0usize), Just(1), Just(2), 2usize..20, 240usize..520],
            1..80,
        ), dots: bool) {
            let fill = if dots { b'.' } else { b'x' };
            let parts: Vec<Vec<u8>> = components.iter().map(|&length| vec![fill; length]).collect();
            let target = parts.join(&b'/');
            let mut out = Vec::new();
            encode(&target, &mut out);
            prop_assert_eq!(decode(&out), (target, true));
            for link in entries(&out).map(|entry| SymbolicLink::parse(entry.payload).unwrap().1) {
                let divided = |it: Component<'_>| it.flags.contains(ComponentFlags::CONTINUE);
                let continues = link.flags.contains(LinkFlags::CONTINUE);
                prop_assert_eq!(continues, link.components().last().is_some_and(divided));
            }
        }

        #[test]
        fn longest_targets(target in proptest::collection::vec(any::<u8>(), 3000..4096)) {
            let mut out = Vec::new();
            encode(&target, &mut out);
            prop_assert_eq!(decode(&out), (target, true));
        }

        #[test]
        fn any_bytes(payload in proptest::collection::vec(any::<u8>(), 1..252)) {
            TargetDecoder::new().push(&SymbolicLink::parse(&payload).unwrap().1, &mut Vec::new());
        }
    }
}
