use super::pack::{Pack, PackType, TEXT};

/// Blocks of a disc.
pub(super) const BLOCKS: usize = 8;

/// The three packs with which each block ends (IEC 61866): what characters it has, how many packs of each kind, and what
/// languages all blocks are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) characters: u8,
    pub(super) first_track: u8,
    pub(super) last_track: u8,
    pub(super) copyright: u8,
    /// Packs of the kinds 80h to 8Fh.
    pub(super) packs: [u8; 16],
    /// Last sequence number of each block; 0 for one that is not there.
    pub(super) last: [u8; BLOCKS],
    /// Language code of each block.
    pub(super) languages: [u8; BLOCKS],
}

impl Sizes {
    pub(super) const PACKS: u8 = 3;

    pub(super) fn encode(&self) -> [[u8; TEXT]; 3] {
        let mut bytes = [0; 36];
        bytes[..4].copy_from_slice(&[self.characters, self.first_track, self.last_track, self.copyright]);
        bytes[4..20].copy_from_slice(&self.packs);
        bytes[20..28].copy_from_slice(&self.last);
        bytes[28..].copy_from_slice(&self.languages);
        let mut packs = [[0; TEXT]; 3];
        packs.as_flattened_mut().copy_from_slice(&bytes);
        packs
    }

    /// Reads the packs of this kind among those of a block; `None` where one is missing.
    pub(super) fn parse(packs: &[Pack]) -> Option<Sizes> {
        let mut bytes = [0; 36];
        for (number, part) in (0..Sizes::PACKS).zip(bytes.as_chunks_mut::<TEXT>().0) {
            *part = packs.iter().find(|pack| pack.kind == PackType::SIZES && pack.track == number)?.text;
        }
        Some(Sizes {
            characters: bytes[0],
            first_track: bytes[1],
            last_track: bytes[2],
            copyright: bytes[3],
            packs: *bytes[4..].first_chunk()?,
            last: *bytes[20..].first_chunk()?,
            languages: *bytes[28..].first_chunk()?,
        })
    }
}
