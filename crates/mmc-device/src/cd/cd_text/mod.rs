//! CD-TEXT (IEC 61866; MMC-3 annex J): texts of a disc and its tracks in up to eight blocks, each of a language, in
//! packs that lie in the lead-in's subchannels R to W.

mod pack;
mod sizes;

use std::collections::BTreeMap;

use pack::TEXT;
pub use pack::{PACK_BYTES, Pack, PackType, lead_in_symbols};
use sizes::{BLOCKS, Sizes};

/// Packs of a block: sequence numbers have 8 bits.
const MOST_PACKS: usize = 256;

/// Bytes in front of the packs in a reply to READ TOC, and in files of such.
const HEADER: usize = 4;

/// The texts of a disc.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CdText {
    /// One for each language, at most eight.
    pub blocks: Vec<Block>,
}

/// The texts in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Language code (EBU Tech 3264): 09h is English, 08h German, 0Fh French, 69h Japanese.
    pub language: u8,
    /// Their characters.
    pub characters: CharacterSet,
    /// Bits of what is under copyright.
    pub copyright: u8,
    /// Texts by kind and track, the disc being track 0, in bytes of the block's character set.
    pub texts: BTreeMap<(PackType, u8), Vec<u8>>,
    /// Genre of the disc: a number, and a text in ISO 8859-1.
    pub genre: Option<(u16, Vec<u8>)>,
    /// Kind, track and content of packs that hold no text: 88h to 8Ch.
    pub others: Vec<(PackType, u8, [u8; TEXT])>,
}

/// What characters a block has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CharacterSet(pub u8);

impl CharacterSet {
    /// ISO 8859-1, a byte each.
    pub const ISO_8859_1: CharacterSet = CharacterSet(0);
    /// ISO 646: its first half.
    pub const ASCII: CharacterSet = CharacterSet(1);
    /// Music Shift-JIS Kanji, two bytes each. Bytes are kept as they are.
    pub const MS_JIS: CharacterSet = CharacterSet(0x80);

    /// Whether characters have two bytes.
    #[must_use]
    pub const fn is_double_byte(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// A text's bytes in ISO 8859-1 or its first half.
    ///
    /// # Errors
    /// [`BadCdText::Character`] for the first character that is not in the set, which has none of control. A text of
    /// horizontal tabs alone says that it is that of the track before.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, BadCdText> {
        let is_repetition = text.chars().all(|character| character == '\t');
        let encode = |character: char| match u8::try_from(u32::from(character)) {
            Ok(byte)
                if (is_repetition || !character.is_control())
                    && (self == CharacterSet::ISO_8859_1 || byte < 128) =>
            {
                Ok(byte)
            }
            _ => Err(BadCdText::Character(character)),
        };
        match self {
            CharacterSet::ISO_8859_1 | CharacterSet::ASCII => text.chars().map(encode).collect(),
            _ => Err(text.chars().next().map_or(BadCdText::CharacterSet(self.0), BadCdText::Character)),
        }
    }

    /// A text in ISO 8859-1 or its first half; `None` for other character sets.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        let is_latin = matches!(self, CharacterSet::ISO_8859_1 | CharacterSet::ASCII);
        is_latin.then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
    }
}

/// What is wrong with texts or packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCdText {
    /// A pack's checksum is not that of its bytes.
    #[error("pack {sequence} of kind {:02X}h has a wrong checksum", .kind.0)]
    Checksum {
        /// Its kind, as it stands there.
        kind: PackType,
        /// Its number, as it stands there.
        sequence: u8,
    },
    /// A kind of pack that does not exist.
    #[error("{0:02X}h is no kind of pack")]
    Kind(u8),
    /// Bytes that are not whole packs.
    #[error("{0} bytes are not whole packs of 18 bytes")]
    Length(usize),
    /// A character that the block's character set does not have.
    #[error("{0:?} is not in the character set of the block")]
    Character(char),
    /// Characters that are kept as bytes only.
    #[error("texts in character set {0:02X}h are given as bytes")]
    CharacterSet(u8),
    /// A text with a terminator in it, or half a character.
    #[error("the text of kind {:02X}h for track {track} has a zero in it, or half a character", .kind.0)]
    Text {
        /// Its kind.
        kind: PackType,
        /// Its track.
        track: u8,
    },
    /// More than fits: 256 packs a block, 99 tracks.
    #[error("block {block} has more texts than fit into 256 packs")]
    TooLong {
        /// Number of the block.
        block: u8,
    },
    /// More than eight blocks.
    #[error("CD-TEXT has at most eight blocks")]
    TooManyBlocks,
}

impl CdText {
    /// The packs, block after block. `first` and `last` are the track numbers of the disc.
    ///
    /// # Errors
    /// [`BadCdText::TooManyBlocks`], [`BadCdText::TooLong`], [`BadCdText::Text`].
    pub fn encode(&self, first: u8, last: u8) -> Result<Vec<Pack>, BadCdText> {
        if self.blocks.len() > BLOCKS {
            return Err(BadCdText::TooManyBlocks);
        }
        let mut blocks = Vec::new();
        let mut sizes = Sizes { first_track: first, last_track: last, ..Sizes::default() };
        for ((number, block), (end, language)) in
            (0..).zip(&self.blocks).zip(sizes.last.iter_mut().zip(&mut sizes.languages))
        {
            let packs = block.encode(number, last)?;
            let most = MOST_PACKS - usize::from(Sizes::PACKS);
            if packs.len() > most {
                return Err(BadCdText::TooLong { block: number });
            }
            *end = (packs.len() + usize::from(Sizes::PACKS) - 1) as u8;
            *language = block.language;
            blocks.push(packs);
        }
        let mut all = Vec::new();
        for ((number, block), mut packs) in (0..).zip(&self.blocks).zip(blocks) {
            sizes.characters = block.characters.0;
            sizes.copyright = block.copyright;
            sizes.packs = [0; 16];
            sizes.packs[15] = Sizes::PACKS;
            for pack in &packs {
                sizes.packs[usize::from(pack.kind.0 & 15)] += 1;
            }
            for (track, text) in (0..).zip(sizes.encode()) {
                packs.push(Pack {
                    kind: PackType::SIZES,
                    track,
                    sequence: 0,
                    block: number,
                    is_double_byte: false,
                    position: 0,
                    text,
                });
            }
            for (sequence, pack) in (0..=u8::MAX).zip(&mut packs) {
                pack.sequence = sequence;
            }
            all.append(&mut packs);
        }
        Ok(all)
    }

    /// Reads packs. Texts that repeat those of the track before by a tabulator are written out.
    #[must_use]
    pub fn decode(packs: &[Pack]) -> CdText {
        let mut blocks: Vec<Block> = Vec::new();
        for number in 0..BLOCKS as u8 {
            let mut of_block: Vec<Pack> = packs.iter().filter(|pack| pack.block == number).copied().collect();
            of_block.sort_by_key(|pack| pack.sequence);
            // In the lead-in, and in what some drives give of it, packs come several times.
            of_block.dedup();
            if !of_block.is_empty() {
                blocks.push(Block::decode(number, &of_block));
            }
        }
        CdText { blocks }
    }

    /// Reads packs one behind the other, as a reply to READ TOC or a file has them: with or without a header of 4 bytes,
    /// and perhaps with a zero at the end.
    ///
    /// # Errors
    /// [`BadCdText::Length`]; as [`Pack::parse`].
    pub fn parse(bytes: &[u8]) -> Result<CdText, BadCdText> {
        let without_header = match bytes.first() {
            Some(0x80..=0x8F) | None => bytes,
            Some(_) => bytes.get(HEADER..).ok_or(BadCdText::Length(bytes.len()))?,
        };
        let (packs, rest) = without_header.as_chunks::<PACK_BYTES>();
        if !matches!(rest, [] | [0]) {
            return Err(BadCdText::Length(bytes.len()));
        }
        Ok(CdText::decode(&packs.iter().map(Pack::parse).collect::<Result<Vec<Pack>, _>>()?))
    }
}

impl Block {
    /// Puts a text in, in ISO 8859-1 or its first half.
    ///
    /// # Errors
    /// As [`CharacterSet::encode`].
    pub fn put(&mut self, kind: PackType, track: u8, text: &str) -> Result<(), BadCdText> {
        let characters = if kind.follows_block() { self.characters } else { CharacterSet::ISO_8859_1 };
        self.texts.insert((kind, track), characters.encode(text)?);
        Ok(())
    }

    /// The text of a kind for a track, where it is in ISO 8859-1 or its first half.
    #[must_use]
    pub fn text(&self, kind: PackType, track: u8) -> Option<String> {
        let characters = if kind.follows_block() { self.characters } else { CharacterSet::ISO_8859_1 };
        characters.decode(self.texts.get(&(kind, track))?)
    }

    /// Its packs, without their sequence numbers, and without those of sizes.
    fn encode(&self, number: u8, last_track: u8) -> Result<Vec<Pack>, BadCdText> {
        let mut packs = Vec::new();
        for kind in (0x80..=0x8E).map(PackType) {
            if kind == PackType::GENRE {
                if let Some((code, text)) = &self.genre {
                    let bytes = [&code.to_be_bytes()[..], text, &[0]].concat();
                    push(&mut packs, kind, number, false, &bytes, &[(0, 0)]);
                }
                continue;
            }
            for (_, track, text) in self.others.iter().filter(|(of, ..)| *of == kind) {
                packs.push(Pack {
                    kind,
                    track: *track,
                    sequence: 0,
                    block: number,
                    is_double_byte: false,
                    position: 0,
                    text: *text,
                });
            }
            let texts = self.texts.range((kind, 0)..=(kind, u8::MAX));
            if !kind.is_text() || texts.clone().next().is_none() {
                continue;
            }
            let is_double_byte = kind.follows_block() && self.characters.is_double_byte();
            let width = if is_double_byte { 2 } else { 1 };
            let mut bytes = Vec::new();
            let mut starts = Vec::new();
            // Where one track has a text of a kind, all have, if an empty one.
            let last = if kind == PackType::DISC_ID { 0 } else { last_track };
            for track in 0..=last {
                starts.push((bytes.len(), track));
                let text = self.texts.get(&(kind, track)).map_or(&[][..], Vec::as_slice);
                let mut characters = text.chunks(width);
                if !text.len().is_multiple_of(width)
                    || characters.any(|one| one.iter().all(|byte| *byte == 0))
                {
                    return Err(BadCdText::Text { kind, track });
                }
                bytes.extend_from_slice(text);
                bytes.resize(bytes.len() + width, 0);
            }
            if bytes.len() > MOST_PACKS * TEXT {
                return Err(BadCdText::TooLong { block: number });
            }
            push(&mut packs, kind, number, is_double_byte, &bytes, &starts);
        }
        Ok(packs)
    }

    fn decode(number: u8, packs: &[Pack]) -> Block {
        let sizes = Sizes::parse(packs);
        let double = packs.iter().any(|pack| pack.is_double_byte);
        let assumed = if double { CharacterSet::MS_JIS } else { CharacterSet::ISO_8859_1 };
        let mut block = Block {
            language: sizes.map_or(0, |sizes| sizes.languages[usize::from(number) % BLOCKS]),
            characters: sizes.map_or(assumed, |sizes| CharacterSet(sizes.characters)),
            copyright: sizes.map_or(0, |sizes| sizes.copyright),
            ..Block::default()
        };
        for kind in (0x80..=0x8E).map(PackType) {
            let of_kind = packs.iter().filter(|pack| pack.kind == kind);
            let Some(first) = of_kind.clone().next() else { continue };
            let bytes: Vec<u8> = of_kind.clone().flat_map(|pack| pack.text).collect();
            if kind == PackType::GENRE {
                let (code, text) = bytes.split_first_chunk().unwrap_or((&[0; 2], &[]));
                let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
                block.genre = Some((u16::from_be_bytes(*code), text[..end].to_vec()));
            } else if kind.is_text() {
                block.take_texts(kind, first, &bytes);
            } else {
                block.others.extend(of_kind.map(|pack| (pack.kind, pack.track, pack.text)));
            }
        }
        block
    }

    fn take_texts(&mut self, kind: PackType, first: &Pack, bytes: &[u8]) {
        let width = if first.is_double_byte { 2 } else { 1 };
        let mut before: Vec<u8> = Vec::new();
        let mut text = Vec::new();
        let mut track = first.track & 0x7F;
        for character in bytes.chunks(width) {
            if character.iter().any(|byte| *byte != 0) {
                text.extend_from_slice(character);
                continue;
            }
            if !text.is_empty() && text.iter().all(|byte| *byte == b'\t') {
                text.clone_from(&before);
            }
            before = std::mem::take(&mut text);
            if !before.is_empty() {
                self.texts.insert((kind, track), before.clone());
            }
            // What fills up the last pack is no text of further tracks; there are 99.
            track += 1;
            if track > 99 {
                break;
            }
        }
    }
}

/// Cuts the texts of a kind into packs. `starts`: where each begins, and its track.
fn push(
    packs: &mut Vec<Pack>,
    kind: PackType,
    block: u8,
    is_double_byte: bool,
    bytes: &[u8],
    starts: &[(usize, u8)],
) {
    let width = if is_double_byte { 2 } else { 1 };
    for (at, part) in (0..).step_by(TEXT).zip(bytes.chunks(TEXT)) {
        let behind = starts.partition_point(|(start, _)| *start <= at);
        let (start, track) = starts.get(behind.saturating_sub(1)).copied().unwrap_or_default();
        let mut text = [0; TEXT];
        text[..part.len()].copy_from_slice(part);
        let position = ((at - start) / width).min(15) as u8;
        packs.push(Pack { kind, track, sequence: 0, block, is_double_byte, position, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    #[test]
    fn an_album() {
        let mut block = Block { language: 9, copyright: 3, ..Block::default() };
        block.put(PackType::TITLE, 0, "Joyful Nights").unwrap();
        block.put(PackType::TITLE, 1, "Song of Joy").unwrap();
        block.put(PackType::TITLE, 2, "Humpty Dumpty").unwrap();
        block.put(PackType::DISC_ID, 0, "XY12345").unwrap();
        block.genre = Some((0x10, b"Crossover".to_vec()));
        let text = CdText { blocks: vec![block] };
        let packs = text.encode(1, 2).unwrap();
        let heads: Vec<_> =
            packs.iter().map(|pack| (pack.kind.0, pack.track, pack.sequence, pack.position)).collect();
        assert_eq!(
            heads,
            [
                (0x80, 0, 0, 0),
                (0x80, 0, 1, 12),
                (0x80, 1, 2, 10),
                (0x80, 2, 3, 10),
                (0x86, 0, 4, 0),
                (0x87, 0, 5, 0),
                (0x8F, 0, 6, 0),
                (0x8F, 1, 7, 0),
                (0x8F, 2, 8, 0)
            ]
        );
        assert_eq!(packs[1].text, *b"s\0Song of Jo");
        assert_eq!(packs[2].text, *b"y\0Humpty Dum");
        assert_eq!(packs[6].text, [0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 1, 1]);
        assert_eq!(packs[7].text, [0, 0, 0, 0, 0, 0, 0, 3, 8, 0, 0, 0]);
        assert_eq!(packs[8].text, [0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(CdText::decode(&packs), text);

        let bytes: Vec<u8> = packs.iter().flat_map(Pack::encode).collect();
        assert_eq!(CdText::parse(&bytes), Ok(text.clone()));
        let with_header = [&[0, 164, 0, 0][..], &bytes, &[0]].concat();
        assert_eq!(CdText::parse(&with_header), Ok(text));
        assert_eq!(CdText::parse(&bytes[..30]), Err(BadCdText::Length(30)));
    }

    #[test]
    fn two_bytes_a_character() {
        let mut block = Block { language: 0x69, characters: CharacterSet::MS_JIS, ..Block::default() };
        block.texts.insert((PackType::TITLE, 0), vec![0x82, 0xA0, 0x82, 0xA2, 0x83, 0, 0x82, 0xA4]);
        block.texts.insert((PackType::TITLE, 1), vec![0x82, 0xA8]);
        let text = CdText { blocks: vec![Block::default(), block] };
        let packs = text.encode(1, 1).unwrap();
        let title = packs.iter().find(|pack| pack.kind == PackType::TITLE).unwrap();
        assert!(title.is_double_byte && title.block == 1);
        assert_eq!(CdText::decode(&packs).blocks[1], text.blocks[1]);
        assert!(matches!(CharacterSet::MS_JIS.encode("x"), Err(BadCdText::Character('x'))));
    }

    #[test]
    fn a_tabulator_repeats_the_text_before() {
        let mut block = Block::default();
        block.put(PackType::PERFORMER, 0, "A").unwrap();
        block.put(PackType::PERFORMER, 1, "\t").unwrap();
        block.put(PackType::PERFORMER, 2, "\t").unwrap();
        let packs = CdText { blocks: vec![block] }.encode(1, 2).unwrap();
        let block = &CdText::decode(&packs).blocks[0];
        assert_eq!(block.text(PackType::PERFORMER, 2).as_deref(), Some("A"));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let mut block = Block::default();
        assert_eq!(block.put(PackType::TITLE, 0, "x\u{20ac}"), Err(BadCdText::Character('\u{20ac}')));
        block.texts.insert((PackType::TITLE, 0), vec![b'x'; 3040]);
        let encode = |block: &Block| CdText { blocks: vec![block.clone()] }.encode(1, 1);
        assert_eq!(encode(&block), Err(BadCdText::TooLong { block: 0 }));
        block.texts.insert((PackType::TITLE, 0), vec![b'x'; 3034]);
        assert_eq!(encode(&block).unwrap().len(), 256);
        block.texts.insert((PackType::TITLE, 0), vec![b'x', 0]);
        assert_eq!(encode(&block), Err(BadCdText::Text { kind: PackType::TITLE, track: 0 }));
        let nine = CdText { blocks: vec![Block::default(); 9] };
        assert_eq!(nine.encode(1, 1), Err(BadCdText::TooManyBlocks));
    }

    proptest! {
        #[test]
        fn texts_come_back(
            texts in btree_map((0x80u8..0x86, 0u8..6), "[ -~\u{a0}-\u{ff}]{1,30}", 1..20),
            language: u8,
        ) {
            let mut block = Block { language, ..Block::default() };
            for ((kind, track), text) in &texts {
                block.put(PackType(*kind), *track, text).unwrap();
            }
            let text = CdText { blocks: vec![block] };
            prop_assert_eq!(CdText::decode(&text.encode(1, 5).unwrap()), text);
        }

        #[test]
        fn any_packs_are_read(bytes in vec((0x80u8..0x90, any::<u8>(), 0u8..9, vec(any::<u8>(), 13)), 0..40)) {
            let packs: Vec<u8> = bytes
                .iter()
                .flat_map(|(kind, track, sequence, rest)| {
                    [&[*kind, *track, *sequence][..], rest, &[0, 0]].concat()
                })
                .collect();
            let _ = CdText::parse(&packs).unwrap();
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..100)) {
            let _ = CdText::parse(&bytes);
        }
    }
}
