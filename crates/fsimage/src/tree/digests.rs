//! Digests of contents that an earlier session recorded, and the files that are to record those of this one.

use std::collections::{BTreeMap, HashMap};

use super::graft::{ContentPlace, content_place};
use super::{Content, ContentId, FileSystems, NodeId, NodeKind, Tree};
use crate::Result;
use crate::digests::{ContentHasher, Digest, DigestAlgorithm};
use crate::md5_tags::Md5Sum;

/// Bytes that are read at a time.
const PIECE: u64 = 1 << 20;

/// Digests of one content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct KnownDigest {
    pub(super) by: Option<(DigestAlgorithm, Digest)>,
    pub(super) md5: Option<Md5Sum>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct DigestTable {
    /// Of imported contents.
    pub(super) known: BTreeMap<ContentId, KnownDigest>,
    pub(super) files: Option<DigestFiles>,
}

impl DigestTable {
    /// Says what was known before.
    pub(super) fn put(&mut self, content: ContentId, known: Option<KnownDigest>) -> Option<KnownDigest> {
        match known {
            Some(known) => self.known.insert(content, known),
            None => self.known.remove(&content),
        }
    }
}

/// The files that the digests of a session come into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DigestFiles {
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) folder: NodeId,
    /// One line for each file.
    pub(crate) list: ContentId,
    /// One line for the list, and one for each range of sectors.
    pub(crate) session: ContentId,
}

impl DigestFiles {
    pub(crate) fn has(&self, content: ContentId) -> bool {
        [self.list, self.session].contains(&content)
    }
}

impl Tree {
    /// The digest of an imported content, as the earlier session recorded it.
    pub(crate) fn known_digest(&self, algorithm: DigestAlgorithm, content: ContentId) -> Option<Digest> {
        let (by, digest) = self.digests.known.get(&content)?.by?;
        (by == algorithm).then_some(digest)
    }

    /// Its MD5, likewise.
    pub(crate) fn known_md5(&self, content: ContentId) -> Option<Md5Sum> {
        self.digests.known.get(&content)?.md5
    }

    /// Takes a recorded digest.
    pub(crate) fn know_digest(&mut self, algorithm: DigestAlgorithm, content: ContentId, digest: Digest) {
        let known = self.digests.known.get(&content).copied().unwrap_or_default();
        self.put_digest(content, Some(KnownDigest { by: Some((algorithm, digest)), ..known }));
    }

    /// Takes a recorded MD5.
    pub(crate) fn know_md5(&mut self, content: ContentId, md5: Md5Sum) {
        let known = self.digests.known.get(&content).copied().unwrap_or_default();
        self.put_digest(content, Some(KnownDigest { md5: Some(md5), ..known }));
    }

    /// Makes the digests of a content anew that are known of it: its bytes are others now.
    ///
    /// # Errors
    /// Those of reading it.
    pub(crate) fn renew_digests(&mut self, content: ContentId) -> Result<()> {
        let Some(known) = self.digests.known.get(&content) else { return Ok(()) };
        let algorithm = known.by.map(|(algorithm, _)| algorithm);
        let Some(mut hasher) = ContentHasher::new(algorithm, known.md5.is_some()) else { return Ok(()) };
        let len = self.content_len(content);
        let mut piece = vec![0; len.min(PIECE) as usize];
        let mut at = 0;
        while at < len {
            let piece = &mut piece[..(len - at).min(PIECE) as usize];
            crate::emit::read_content(self, content, at, piece)?;
            hasher.update(piece);
            at += piece.len() as u64;
        }
        let made = hasher.finish();
        self.put_digest(content, Some(KnownDigest { by: algorithm.zip(made.digest), md5: made.md5 }));
        Ok(())
    }

    /// Takes what another tree of the same medium knows of contents that lie in the same place.
    pub(crate) fn know_digests_of(&mut self, other: &Tree) {
        let known =
            |content| Some((content_place(other.content(content))?, *other.digests.known.get(&content)?));
        let known: HashMap<ContentPlace, KnownDigest> =
            other.contents().filter_map(|(id, _)| known(id)).collect();
        let here: Vec<(ContentId, KnownDigest)> = self
            .contents()
            .filter(|(id, _)| !self.digests.known.contains_key(id))
            .filter_map(|(id, content)| Some((id, *known.get(&content_place(content)?)?)))
            .collect();
        for (id, known) in here {
            self.put_digest(id, Some(known));
        }
    }

    /// Says of a content that is a further one in the place of another that it has its digest.
    pub(super) fn share_digest(&mut self, from: ContentId, to: ContentId) {
        if let Some(&known) = self.digests.known.get(&from) {
            self.put_digest(to, Some(known));
        }
    }

    /// Those that were prepared, if their folder is still there.
    pub(crate) fn digest_files(&self) -> Option<DigestFiles> {
        self.digests.files.filter(|files| self.holds(files.folder))
    }

    /// Whether a content is made of the digests of others.
    pub(crate) fn is_of_digests(&self, content: ContentId) -> bool {
        matches!(self.content(content), Content::Digests { .. })
    }

    /// Whether a node is one of those that digests are prepared for, or their folder: what these are called is documented.
    pub(crate) fn holds_digests(&self, node: NodeId) -> bool {
        self.digests.files.is_some_and(|files| match self.kind(node) {
            NodeKind::File(content) => files.has(content),
            _ => files.folder == node,
        })
    }

    /// Whether users of some file system need not be told of an item (ECMA-119 9.1.6, existence): as [`Tree::conceal`]
    /// says, or where the digests are.
    #[must_use]
    pub fn is_concealed(&self, node: NodeId) -> bool {
        !self.concealed_in(node).is_empty()
    }

    /// The file systems in which that is so. Linux does not show what is concealed in UDF, so that nothing could be checked
    /// against digests there.
    #[must_use]
    pub fn concealed_in(&self, node: NodeId) -> FileSystems {
        let is_of_digests = self.digests.files.is_some_and(|files| files.folder == node);
        let of_digests =
            if is_of_digests { FileSystems::all() - FileSystems::UDF } else { FileSystems::empty() };
        self.node(node).concealed_in | of_digests
    }

    /// The names from the root to the node, with slashes between them.
    pub(crate) fn relative_path(&self, node: NodeId) -> Vec<u8> {
        let mut names = Vec::new();
        let mut at = node;
        while at != NodeId::ROOT {
            names.push(self.name(at));
            at = self.parent(at);
        }
        names.reverse();
        names.join(&b'/')
    }
}
