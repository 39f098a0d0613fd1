use super::BadCdText;
use crate::cd::subchannel_q::checksum;

/// Bytes of a pack.
pub const PACK_BYTES: usize = 18;
/// Bytes of text in a pack.
pub(super) const TEXT: usize = 12;

/// What a pack is about: 80h to 8Fh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackType(pub u8);

impl PackType {
    /// Title of the disc (track 0) or of a track.
    pub const TITLE: PackType = PackType(0x80);
    /// Performers.
    pub const PERFORMER: PackType = PackType(0x81);
    /// Songwriters.
    pub const SONGWRITER: PackType = PackType(0x82);
    /// Composers.
    pub const COMPOSER: PackType = PackType(0x83);
    /// Arrangers.
    pub const ARRANGER: PackType = PackType(0x84);
    /// Message.
    pub const MESSAGE: PackType = PackType(0x85);
    /// Identification of the disc.
    pub const DISC_ID: PackType = PackType(0x86);
    /// Genre: a number of two bytes, and a text.
    pub const GENRE: PackType = PackType(0x87);
    /// Table of contents.
    pub const CONTENTS: PackType = PackType(0x88);
    /// Further table of contents: intervals to play.
    pub const CONTENTS_2: PackType = PackType(0x89);
    /// For the maker's use.
    pub const CLOSED: PackType = PackType(0x8D);
    /// Catalog number of the disc (track 0), and recording codes of tracks.
    pub const CODES: PackType = PackType(0x8E);
    /// Sizes: the last three packs of a block.
    pub const SIZES: PackType = PackType(0x8F);

    /// Whether its packs hold texts, one behind the other, each of a track.
    #[must_use]
    pub const fn is_text(self) -> bool {
        matches!(self.0, 0x80..=0x86 | 0x8D | 0x8E)
    }

    /// Whether its texts are in the block's characters. Others are in ISO 8859-1 whatever these are.
    pub(super) const fn follows_block(self) -> bool {
        matches!(self.0, 0x80..=0x85)
    }
}

/// A pack of CD-TEXT (IEC 61866, MMC annex J): 12 bytes of text, where they belong, and a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pack {
    /// What it is about.
    pub kind: PackType,
    /// Track of its first character; 0 is the disc.
    pub track: u8,
    /// Number of the pack in its block.
    pub sequence: u8,
    /// Number of the block, 0 to 7.
    pub block: u8,
    /// Whether characters have two bytes.
    pub is_double_byte: bool,
    /// Characters of the text, with which the pack begins, in packs before: at most 15 are counted.
    pub position: u8,
    /// Text, or what the kind has in its place.
    pub text: [u8; TEXT],
}

impl Pack {
    /// The 18 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; PACK_BYTES] {
        let mut bytes = [0; PACK_BYTES];
        bytes[..4].copy_from_slice(&[
            self.kind.0,
            self.track,
            self.sequence,
            u8::from(self.is_double_byte) << 7 | (self.block & 7) << 4 | self.position & 15,
        ]);
        bytes[4..16].copy_from_slice(&self.text);
        let sum = checksum(&bytes[..16]);
        bytes[16..].copy_from_slice(&sum);
        bytes
    }

    /// Reads a pack. A checksum of zeros is that of a drive or file that has none.
    ///
    /// # Errors
    /// [`BadCdText::Checksum`], [`BadCdText::Kind`].
    pub fn parse(bytes: &[u8; PACK_BYTES]) -> Result<Pack, BadCdText> {
        let kind = PackType(bytes[0]);
        if bytes[16..] != checksum(&bytes[..16]) && bytes[16..] != [0, 0] {
            return Err(BadCdText::Checksum { kind, sequence: bytes[2] });
        }
        if !(0x80..=0x8F).contains(&kind.0) {
            return Err(BadCdText::Kind(kind.0));
        }
        let mut text = [0; TEXT];
        text.copy_from_slice(&bytes[4..16]);
        Ok(Pack {
            kind,
            track: bytes[1],
            sequence: bytes[2],
            block: bytes[3] >> 4 & 7,
            is_double_byte: bytes[3] & 0x80 != 0,
            position: bytes[3] & 15,
            text,
        })
    }

    /// The pack as 24 symbols of 6 bits, as subchannels R to W of the lead-in have them.
    #[must_use]
    pub fn to_symbols(&self) -> [u8; 24] {
        let mut symbols = [0; 24];
        let bytes = self.encode();
        let (groups, _) = bytes.as_chunks::<3>();
        for (symbols, [a, b, c]) in symbols.as_chunks_mut::<4>().0.iter_mut().zip(groups) {
            *symbols = [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63];
        }
        symbols
    }

    /// Reads [`Pack::to_symbols`]; of each symbol the lowest 6 bits count.
    ///
    /// # Errors
    /// As [`Pack::parse`].
    pub fn from_symbols(symbols: &[u8; 24]) -> Result<Pack, BadCdText> {
        let mut bytes = [0; PACK_BYTES];
        let (groups, _) = symbols.as_chunks::<4>();
        for (bytes, [a, b, c, d]) in bytes.as_chunks_mut::<3>().0.iter_mut().zip(groups) {
            *bytes = [a << 2 | b >> 4 & 3, b << 4 | c >> 2 & 15, c << 6 | d & 63];
        }
        Pack::parse(&bytes)
    }
}

/// The packs of the lead-in sector of this number: four of them, the first behind the last again and again.
#[must_use]
pub fn lead_in_symbols(packs: &[Pack], sector: u32) -> [u8; 96] {
    let mut symbols = [0; 96];
    if packs.is_empty() {
        return symbols;
    }
    for (number, symbols) in (u64::from(sector) * 4..).zip(symbols.as_chunks_mut::<24>().0) {
        *symbols = packs[(number % packs.len() as u64) as usize].to_symbols();
    }
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_as_recorded() {
        let pack = Pack {
            kind: PackType::TITLE,
            track: 1,
            sequence: 2,
            block: 3,
            is_double_byte: false,
            position: 4,
            text: *b"ABC\0DEFGHIJK",
        };
        let bytes = pack.encode();
        assert_eq!(bytes[..16], *b"\x80\x01\x02\x34ABC\0DEFGHIJK");
        assert_eq!(Pack::parse(&bytes), Ok(pack));
        // 80h 01h 02h: 100000 000000 000100 000010.
        assert_eq!(pack.to_symbols()[..4], [32, 0, 4, 2]);
        let mut wrong = bytes;
        wrong[7] ^= 0x20;
        let kind = PackType::TITLE;
        assert_eq!(Pack::parse(&wrong), Err(BadCdText::Checksum { kind, sequence: 2 }));
        wrong[16..].fill(0);
        assert!(Pack::parse(&wrong).is_ok());
        wrong[0] = 0x7F;
        assert_eq!(Pack::parse(&wrong), Err(BadCdText::Kind(0x7F)));
    }

    #[test]
    fn packs_go_round_in_the_lead_in() {
        let pack = |sequence| Pack {
            kind: PackType::TITLE,
            track: 0,
            sequence,
            block: 0,
            is_double_byte: false,
            position: 0,
            text: [0; TEXT],
        };
        let packs = [0, 1, 2, 3, 4, 5, 6].map(pack);
        let sector = lead_in_symbols(&packs, 1);
        let read: Vec<u8> = sector
            .as_chunks()
            .0
            .iter()
            .map(|symbols| Pack::from_symbols(symbols).unwrap().sequence)
            .collect();
        assert_eq!(read, [4, 5, 6, 0]);
        assert_eq!(lead_in_symbols(&[], 3), [0; 96]);
    }

    proptest! {
        #[test]
        fn both_ways(
            kind in 0x80u8..0x90, track: u8, sequence: u8, block in 0u8..8, is_double_byte: bool,
            position in 0u8..16, text in proptest::array::uniform12(any::<u8>()),
        ) {
            let pack =
                Pack { kind: PackType(kind), track, sequence, block, is_double_byte, position, text };
            prop_assert_eq!(Pack::parse(&pack.encode()), Ok(pack));
            prop_assert_eq!(Pack::from_symbols(&pack.to_symbols()), Ok(pack));
        }
    }
}
