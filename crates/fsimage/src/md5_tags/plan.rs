//! Which files have a sum, and where tags and sums lie.

use std::sync::Arc;

use sector_io::{Sector, SectorCount};

use super::{ARRAY_ATTRIBUTE, ChecksumArray, ChecksumTag, INDEX_ATTRIBUTE, Md5Sum, TagKind};
use crate::plan::{ImportedContent, PlanOptions, visit_files};
use crate::tree::{ContentId, FileSystems, Tree};
use crate::{Error, Result};

/// How many files of Rock Ridge a plan records an MD5 of, by the tags of libisofs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Md5Counts {
    /// Names of files with one.
    pub listed: u64,
    /// Names of files without: their data are in an earlier session that has no sum of them.
    pub unlisted: u64,
}

/// The places of sums in the array, which are known before anything is placed. It knows 8 bytes for each content.
#[derive(Debug)]
pub(crate) struct Md5Index {
    /// By content number; 0 for none.
    places: Vec<u32>,
    /// The content of each place, from place 1 on.
    contents: Vec<ContentId>,
    counts: Md5Counts,
}

impl Md5Index {
    pub(crate) fn new(tree: &Tree, options: &PlanOptions) -> Md5Index {
        let stays = options.imported == ImportedContent::StaysInPlace;
        let (mut places, mut contents) = (vec![0; tree.content_count()], Vec::new());
        let mut counts = Md5Counts { listed: 0, unlisted: 0 };
        visit_files(tree, FileSystems::ISO9660, &mut |_, id| {
            let content = tree.content(id);
            let passes = !(content.is_imported() && stays && content.len() > 0);
            let place = &mut places[id.0 as usize];
            if !passes && tree.known_md5(id).is_none() {
                counts.unlisted += 1;
                return;
            }
            counts.listed += 1;
            if *place == 0 {
                contents.push(id);
                *place = contents.len() as u32;
            }
        });
        Md5Index { places, contents, counts }
    }

    /// The contents with a sum, in the order of their sums.
    pub(crate) fn contents(&self) -> &[ContentId] {
        &self.contents
    }

    /// Sums of the session, of contents, and of these.
    fn sums(&self) -> u32 {
        (self.contents.len() as u32).saturating_add(2)
    }
}

/// What the records of a hierarchy say of sums.
#[derive(Clone, Debug)]
pub(crate) struct Md5Attributes {
    pub(crate) index: Arc<Md5Index>,
    /// Zeros until it has a place.
    pub(crate) array: ChecksumArray,
}

impl Md5Attributes {
    pub(crate) fn new(tree: &Tree, options: &PlanOptions) -> Md5Attributes {
        Md5Attributes { index: Arc::new(Md5Index::new(tree, options)), array: ChecksumArray::default() }
    }

    /// The attribute of the root.
    pub(crate) fn of_root(&self) -> (&'static [u8], Vec<u8>) {
        (ARRAY_ATTRIBUTE, self.array.encode().to_vec())
    }

    /// The attribute of a file, if it has one.
    pub(crate) fn of_file(&self, content: ContentId) -> Option<(&'static [u8], Vec<u8>)> {
        let place = *self.index.places.get(content.0 as usize)?;
        (place > 0).then(|| (INDEX_ATTRIBUTE, place.to_be_bytes().to_vec()))
    }
}

/// What of the sums a piece of a plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Md5Piece {
    /// The tag with the MD5 of system area and volume descriptors.
    Superblock,
    /// The tag with the MD5 of all up to path tables and directories.
    Tree,
    /// The array.
    Sums,
    /// The tag with the MD5 of the session up to it.
    Session,
}

impl Md5Piece {
    pub(crate) const ALL: [Md5Piece; 4] =
        [Md5Piece::Superblock, Md5Piece::Tree, Md5Piece::Sums, Md5Piece::Session];

    pub(crate) fn label(self) -> &'static str {
        match self {
            Md5Piece::Superblock => "MD5 of the volume descriptors",
            Md5Piece::Tree => "MD5 of the directories",
            Md5Piece::Sums => "MD5 sums of files",
            Md5Piece::Session => "MD5 of the session",
        }
    }
}

/// Tags and sums of a session, when all is placed.
#[derive(Debug)]
pub(crate) struct Md5Plan {
    pub(crate) index: Arc<Md5Index>,
    start: Sector,
    superblock: Sector,
    tree: Sector,
    sums: SectorCount,
    array: ChecksumArray,
}

impl Md5Plan {
    /// Places the array at `at`, behind all contents, and the session's tag behind it.
    pub(crate) fn new(
        index: Arc<Md5Index>,
        start: Sector,
        (superblock, tree): (Sector, Sector),
        at: Sector,
    ) -> Md5Plan {
        let array = ChecksumArray { start, at, count: index.sums() };
        Md5Plan { start, superblock, tree, sums: array.sectors(), array, index }
    }

    pub(crate) fn counts(&self) -> Md5Counts {
        self.index.counts
    }

    pub(crate) fn array(&self) -> ChecksumArray {
        self.array
    }

    /// Where a piece begins. Its MD5, the first of an array, is that of the session's sectors up to there.
    pub(crate) fn place_of(&self, piece: Md5Piece) -> Sector {
        match piece {
            Md5Piece::Superblock => self.superblock,
            Md5Piece::Tree => self.tree,
            Md5Piece::Sums => self.array.at,
            Md5Piece::Session => self.array.at.checked_add(self.sums).unwrap_or(self.array.at),
        }
    }

    /// Sectors of a piece.
    pub(crate) fn len_of(&self, piece: Md5Piece) -> SectorCount {
        if piece == Md5Piece::Sums { self.sums } else { SectorCount::new(1) }
    }

    /// The first sector behind the last of them.
    pub(crate) fn end(&self) -> Result<Sector> {
        let tag = SectorCount::new(1);
        let end = self.array.at.checked_add(self.sums).and_then(|at| at.checked_add(tag));
        end.ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })
    }

    /// The tag that a piece is; `None` for the array.
    pub(crate) fn tag(&self, piece: Md5Piece, md5: Md5Sum) -> Option<ChecksumTag> {
        let (kind, link) = match piece {
            Md5Piece::Superblock => (TagKind::Superblock, Some(self.tree)),
            Md5Piece::Tree => (TagKind::Tree, Some(self.place_of(Md5Piece::Session))),
            Md5Piece::Sums => return None,
            Md5Piece::Session => (TagKind::Session, None),
        };
        let at = self.place_of(piece);
        let range = ChecksumArray { start: self.start, at, count: 0 }.session();
        Some(ChecksumTag { kind, at, range, link, md5 })
    }
}
