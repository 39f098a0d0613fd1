//! What is recorded on a disc.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read};

use super::{Digest, DigestAlgorithm, FOLDER, Hasher, SectorRange, line};
use crate::disc::{Disc, Image, ImageEntry};
use crate::import::ImportWarning;
use crate::tree::{ContentId, Kind, NodeKind, Tree};
use crate::{Control, Error, Result};

/// A line that is longer is none: as many levels as a reader goes down, with the longest names of all file systems.
const LONGEST: u64 = 1 << 19;

/// What was read of a list.
struct Lines {
    /// How many are none.
    wrong: u64,
    digest: Digest,
}

/// Visits the digests and names in a list.
fn each_line(
    image: &Image,
    (list, algorithm): (&ImageEntry, DigestAlgorithm),
    control: &Control,
    visit: &mut dyn FnMut(Digest, Vec<u8>),
) -> Result<Lines> {
    let mut reader = BufReader::with_capacity(1 << 16, image.open(list)?);
    let mut hasher = Hasher::new(algorithm);
    let mut wrong = 0;
    let mut buffer = Vec::new();
    loop {
        control.check("not all that is recorded was read")?;
        buffer.clear();
        let read = (&mut reader).take(LONGEST).read_until(b'\n', &mut buffer);
        match read.map_err(|error| reader.get_ref().error(error))? {
            0 => return Ok(Lines { wrong, digest: hasher.finish() }),
            read if read as u64 == LONGEST && buffer.last() != Some(&b'\n') => {
                // What follows begins no line.
                return Ok(Lines { wrong: wrong + 1, digest: hasher.finish() });
            }
            _ => hasher.update(&buffer),
        }
        let text = buffer.strip_suffix(b"\n").unwrap_or(&buffer);
        match line::parse(text) {
            Some((digest, name)) => visit(digest, name),
            None => wrong += 1,
        }
    }
}

/// The files that record digests in a file system.
pub(crate) struct DigestLists {
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) list: ImageEntry,
    pub(crate) session: Option<ImageEntry>,
}

impl DigestLists {
    /// Those of the first algorithm that has any.
    pub(crate) fn find(image: &Image) -> Result<Option<DigestLists>> {
        let folder = match image.child(&image.root()?, FOLDER)? {
            Some(folder) if folder.kind == Kind::Directory => folder,
            _ => return Ok(None),
        };
        let file = |name: &str| -> Result<Option<ImageEntry>> {
            Ok(image.child(&folder, name.as_bytes())?.filter(|entry| entry.kind == Kind::File))
        };
        for algorithm in DigestAlgorithm::ALL {
            if let Some(list) = file(algorithm.list_name())? {
                return Ok(Some(DigestLists { algorithm, list, session: file(algorithm.session_name())? }));
            }
        }
        Ok(None)
    }

    /// Path of the list, as the file of the session has it.
    pub(crate) fn path(&self) -> Vec<u8> {
        [FOLDER, b"/", self.algorithm.list_name().as_bytes()].concat()
    }

    /// All digests of files, by their paths, those of structures, and how many lines are none.
    pub(crate) fn read(&self, image: &Image, control: &Control) -> Result<Recorded> {
        let mut recorded = Recorded::default();
        let list = each_line(image, (&self.list, self.algorithm), control, &mut |digest, name| {
            recorded.files.insert(name, digest);
        })?;
        recorded.wrong = list.wrong;
        let path = self.path();
        if let Some(session) = &self.session {
            let mut others = 0;
            let mut visit = |digest, name: Vec<u8>| match SectorRange::parse(&name) {
                Some(range) if recorded.ranges.len() < MOST_RANGES => recorded.ranges.push((range, digest)),
                None if name == path => drop(recorded.files.insert(name, digest)),
                _ => others += 1,
            };
            let lines = each_line(image, (session, self.algorithm), control, &mut visit)?;
            recorded.wrong += lines.wrong + others;
        }
        Ok(recorded)
    }

    /// What a session says the digest of the list is.
    fn of_list(&self, image: &Image, control: &Control) -> Result<Option<Digest>> {
        let Some(session) = &self.session else { return Ok(None) };
        let (path, mut found) = (self.path(), None);
        each_line(image, (session, self.algorithm), control, &mut |digest, name| {
            if name == path {
                found = Some(digest);
            }
        })?;
        Ok(found)
    }

    /// The digests of what is in a tree, and why there may be more of them, or others. No list is longer than its medium.
    fn read_known(
        &self,
        (disc, image): (&Disc, &Image),
        tree: &Tree,
        control: &Control,
    ) -> Result<(BTreeMap<ContentId, Digest>, Option<String>)> {
        let mut known = BTreeMap::new();
        if self.list.len > disc.source().sectors().bytes() {
            return Ok((known, Some("it is longer than the medium".to_owned())));
        }
        let mut take = |digest, name: Vec<u8>| {
            if let Some(NodeKind::File(content)) = tree.lookup(&name).map(|node| tree.kind(node)) {
                known.insert(content, digest);
            }
        };
        let lines = each_line(image, (&self.list, self.algorithm), control, &mut take)?;
        let is_other = self.of_list(image, control)?.is_some_and(|expected| expected != lines.digest);
        let doubt = match lines.wrong {
            0 if is_other => Some(format!("its {} is not the recorded one", self.algorithm)),
            0 => None,
            wrong => Some(format!("{wrong} of its lines are none")),
        };
        Ok((known, doubt))
    }
}

/// More ranges than a session can have are not looked at.
const MOST_RANGES: usize = 2;

#[derive(Default)]
pub(crate) struct Recorded {
    pub(crate) files: HashMap<Vec<u8>, Digest>,
    pub(crate) ranges: Vec<(SectorRange, Digest)>,
    /// Lines that are none.
    pub(crate) wrong: u64,
}

/// Takes the digests that a session has recorded over into its tree, and the files that hold them out of it: they do not
/// hold for the next session.
///
/// # Errors
/// [`Error::Cancelled`], [`Error::TreeTooLarge`]. Lists that cannot be read are as good as none, with a warning.
pub(crate) fn take_recorded(
    (disc, image): (&Disc, &Image),
    tree: &mut Tree,
    control: &Control,
    warnings: &mut Vec<ImportWarning>,
) -> Result<Option<DigestAlgorithm>> {
    let lists = match DigestLists::find(image) {
        Ok(Some(lists)) => lists,
        Ok(None) | Err(_) => return Ok(None),
    };
    let algorithm = lists.algorithm;
    let (known, doubt) = match lists.read_known((disc, image), tree, control) {
        Err(error @ Error::Cancelled { .. }) => return Err(error),
        Err(error) => (BTreeMap::new(), Some(error.to_string())),
        Ok(read) => read,
    };
    warnings.extend(doubt.map(|reason| ImportWarning::Digests {
        path: format!("/{}", String::from_utf8_lossy(&lists.path())),
        reason,
    }));
    for (content, digest) in known {
        tree.know_digest(algorithm, content, digest);
    }
    if let Some(folder) = tree.lookup(FOLDER) {
        tree.remove_digest_files(folder)?;
        if matches!(tree.kind(folder), NodeKind::Directory(directory) if tree.child_count(directory) == 0) {
            tree.remove(folder)?;
        }
    }
    Ok(Some(algorithm))
}
