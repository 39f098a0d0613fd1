use md5::{Digest as _, Md5};
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::u32 as decimal;
use nom::combinator::map_opt;
use nom::{IResult, Parser};
use sector_io::{Extent, SECTOR_SIZE, Sector, SectorCount};

use super::Md5Sum;

/// What the sectors are that a tag has the MD5 of, and so where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// System area and volume descriptors at sector 0, where the newest session's are repeated.
    RelocatedSuperblock,
    /// System area and volume descriptors of a session.
    Superblock,
    /// The same, path tables and directories.
    Tree,
    /// All of a session, with the array of sums.
    Session,
}

impl TagKind {
    const ALL: [TagKind; 4] =
        [TagKind::RelocatedSuperblock, TagKind::Superblock, TagKind::Tree, TagKind::Session];

    fn name(self) -> &'static str {
        match self {
            TagKind::RelocatedSuperblock => "libisofs_rlsb32_checksum_tag_v1",
            TagKind::Superblock => "libisofs_sb_checksum_tag_v1",
            TagKind::Tree => "libisofs_tree_checksum_tag_v1",
            TagKind::Session => "libisofs_checksum_tag_v1",
        }
    }

    /// The parameter that names another sector, if tags of this kind have one.
    fn link(self) -> Option<&'static str> {
        match self {
            TagKind::RelocatedSuperblock => Some("session_start"),
            TagKind::Superblock | TagKind::Tree => Some("next"),
            TagKind::Session => None,
        }
    }
}

/// A line of text at the beginning of a sector with the MD5 of the sectors in front of it, and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChecksumTag {
    pub(crate) kind: TagKind,
    /// The sector that it was written for.
    pub(crate) at: Sector,
    /// Of which sectors the MD5 is: they end where the tag stands.
    pub(crate) range: Extent,
    /// Where the next tag of the session stands, or where the session begins.
    pub(crate) link: Option<Sector>,
    pub(crate) md5: Md5Sum,
}

impl ChecksumTag {
    /// Whether a sector begins as a tag of system area and volume descriptors does, in whatever version.
    pub(crate) fn is_of_head(sector: &[u8]) -> bool {
        let named = [TagKind::RelocatedSuperblock, TagKind::Superblock].map(TagKind::name);
        named.iter().any(|name| sector.starts_with(name.trim_end_matches("_v1").as_bytes()))
    }

    /// Reads a sector. `None` if it is no tag, and an error for a tag that is damaged.
    pub(crate) fn parse(sector: &[u8]) -> Option<Result<ChecksumTag, &'static str>> {
        let named = |kind: &TagKind| {
            sector.strip_prefix(kind.name().as_bytes()).is_some_and(|rest| rest.starts_with(b" "))
        };
        let kind = TagKind::ALL.into_iter().find(named)?;
        let Ok((rest, found)) = parameters(sector, kind) else {
            return Some(Err("it is cut short or is no text"));
        };
        let text = &sector[..sector.len() - rest.len()];
        let own = match preceded_sum(" self=", rest) {
            Ok((_, own)) => own,
            Err(_) => return Some(Err("it has no MD5 of its own")),
        };
        Some(match Md5Sum::from(Md5::digest(text)) == own {
            true => Ok(found),
            false => Err("its MD5 of its own text is another"),
        })
    }

    /// The sector.
    pub(crate) fn encode(&self) -> [u8; SECTOR_SIZE] {
        let mut text = format!(
            "{} pos={} range_start={} range_size={}",
            self.kind.name(),
            self.at,
            self.range.start,
            self.range.len
        );
        if let (Some(name), Some(link)) = (self.kind.link(), self.link) {
            text += &format!(" {name}={link}");
        }
        text += &format!(" md5={}", hexadecimal(&self.md5));
        let own: Md5Sum = Md5::digest(&text).into();
        text += &format!(" self={}\n", hexadecimal(&own));
        let mut sector = [0; SECTOR_SIZE];
        // A name, six numbers of ten digits and two sums have less than 300 bytes.
        sector[..text.len()].copy_from_slice(text.as_bytes());
        sector
    }
}

fn hexadecimal(sum: &Md5Sum) -> String {
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All but the sum of the tag itself.
fn parameters(input: &[u8], kind: TagKind) -> IResult<&[u8], ChecksumTag> {
    let number = |name: &'static str| (tag(" "), tag(name), tag("="), decimal).map(|(.., number)| number);
    let (input, (_, at, start, len)) =
        (tag(kind.name()), number("pos"), number("range_start"), number("range_size")).parse(input)?;
    let (input, link) = match kind.link() {
        Some(name) => number(name).map(Some).parse(input)?,
        None => (input, None),
    };
    let (input, md5) = preceded_sum(" md5=", input)?;
    let range = Extent::new(Sector::new(start), SectorCount::new(len));
    Ok((input, ChecksumTag { kind, at: Sector::new(at), range, link: link.map(Sector::new), md5 }))
}

fn preceded_sum<'i>(name: &'static str, input: &'i [u8]) -> IResult<&'i [u8], Md5Sum> {
    let digits = take_while_m_n(32, 32, |byte: u8| byte.is_ascii_hexdigit());
    let (input, _) = tag(name).parse(input)?;
    map_opt(digits, |digits: &[u8]| {
        let mut sum = Md5Sum::default();
        for (byte, pair) in sum.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(sum)
    })
    .parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As xorriso 1.5.4 wrote it.
    const WRITTEN: &[u8] = b"libisofs_sb_checksum_tag_v1 pos=50 range_start=32 range_size=18 next=56 \
        md5=62c1a69b3c265dbb91f55cd91be47682 self=941f600f519f65668b050b1f48a534b8\n";

    fn written() -> [u8; SECTOR_SIZE] {
        let mut sector = [0; SECTOR_SIZE];
        sector[..WRITTEN.len()].copy_from_slice(WRITTEN);
        sector
    }

    #[test]
    fn a_tag_of_xorriso() {
        let tag = ChecksumTag::parse(&written()).unwrap().unwrap();
        assert_eq!(
            (tag.kind, tag.at, tag.link),
            (TagKind::Superblock, Sector::new(50), Some(Sector::new(56)))
        );
        assert_eq!(tag.range, Extent::new(Sector::new(32), SectorCount::new(18)));
        assert_eq!(tag.md5[..3], [0x62, 0xC1, 0xA6]);
        assert_eq!(tag.encode(), written());
    }

    #[test]
    fn every_byte_of_a_tag_counts() {
        // The last is the line feed.
        for at in "libisofs_sb_checksum_tag_v1".len()..WRITTEN.len() - 1 {
            let mut sector = written();
            sector[at] ^= 1;
            assert!(!matches!(ChecksumTag::parse(&sector), Some(Ok(_))), "{at}");
        }
        assert_eq!(ChecksumTag::parse(&[0; SECTOR_SIZE]), None);
    }

    proptest! {
        #[test]
        fn tags_are_read_as_written(
            kind in (0..4usize).prop_map(|number| TagKind::ALL[number]),
            (at, start, len, link) in any::<(u32, u32, u32, u32)>(),
            md5: Md5Sum,
        ) {
            let link = kind.link().map(|_| Sector::new(link));
            let range = Extent::new(Sector::new(start), SectorCount::new(len));
            let tag = ChecksumTag { kind, at: Sector::new(at), range, link, md5 };
            prop_assert_eq!(ChecksumTag::parse(&tag.encode()), Some(Ok(tag)));
        }

        #[test]
        fn any_bytes_are_read(kind in 0..4usize, rest: Vec<u8>) {
            let sector = [TagKind::ALL[kind].name().as_bytes(), b" pos=", &rest].concat();
            let _ = ChecksumTag::parse(&sector);
        }
    }
}
