//! What is recorded on a disc.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read};

use super::{Digest, DigestAlgorithm, FOLDER, Hasher, SectorRange, line};
use crate::disc::{Disc, Image, ImageEntry, read_through};
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
        let of_session = self.read_session(image, control)?;
        recorded.files.extend(of_session.list.map(|digest| (self.path(), digest)));
        recorded.ranges = of_session.ranges;
        recorded.wrong = list.wrong + of_session.wrong;
        Ok(recorded)
    }

    /// What the session says of itself.
    fn read_session(&self, image: &Image, control: &Control) -> Result<OfSession> {
        let (path, mut found) = (self.path(), OfSession::default());
        let Some(session) = &self.session else { return Ok(found) };
        let mut others = 0;
        let mut visit = |digest, name: Vec<u8>| match SectorRange::parse(&name) {
            Some(range) if found.ranges.len() < MOST_RANGES => found.ranges.push((range, digest)),
            None if name == path => found.list = Some(digest),
            _ => others += 1,
        };
        found.wrong = each_line(image, (session, self.algorithm), control, &mut visit)?.wrong + others;
        Ok(found)
    }

    /// Whether they are what the session recorded of itself: its list and its structures are as it says.
    fn are_as_recorded(&self, (disc, image): (&Disc, &Image), control: &Control) -> Result<bool> {
        let OfSession { list: Some(expected), ranges, wrong: 0 } = self.read_session(image, control)? else {
            return Ok(false);
        };
        let is_of_nothing = ranges.iter().any(|(range, _)| range.0.len.get() == 0);
        if ranges.is_empty() || is_of_nothing || self.list.len > disc.source().sectors().bytes() {
            return Ok(false);
        }
        for (range, expected) in ranges {
            if digest_of_sectors(disc, range, self.algorithm, control)? != expected {
                return Ok(false);
            }
        }
        Ok(each_line(image, (&self.list, self.algorithm), control, &mut |_, _| {})?.digest == expected)
    }

    /// The digests of what is in a tree, and why there may be more of them, or others. No list is longer than its medium.
    fn read_known(
        &self,
        (disc, image): (&Disc, &Image),
        tree: &Tree,
        control: &Control,
    ) -> Result<(Known, Option<String>)> {
        let mut known = Known::default();
        if self.list.len > disc.source().sectors().bytes() {
            return Ok((known, Some("it is longer than the medium".to_owned())));
        }
        let mut take = |digest, name: Vec<u8>| match tree.lookup(&name).map(|node| tree.kind(node)) {
            Some(NodeKind::File(content)) => _ = known.here.insert(content, digest),
            Some(_) => {}
            None => _ = known.elsewhere.insert(name, digest),
        };
        let lines = each_line(image, (&self.list, self.algorithm), control, &mut take)?;
        let is_other =
            self.read_session(image, control)?.list.is_some_and(|expected| expected != lines.digest);
        let doubt = match lines.wrong {
            0 if is_other => Some(format!("its {} is not the recorded one", self.algorithm)),
            0 => None,
            wrong => Some(format!("{wrong} of its lines are none")),
        };
        Ok((known, doubt))
    }
}

/// The digests of a list, by what they are of.
#[derive(Default)]
struct Known {
    /// Contents of a tree.
    here: BTreeMap<ContentId, Digest>,
    /// Names that the tree does not have.
    elsewhere: BTreeMap<Vec<u8>, Digest>,
}

/// What a session has recorded of its files.
#[derive(Clone, Debug)]
pub(crate) struct TakenDigests {
    pub(crate) algorithm: DigestAlgorithm,
    /// Those of names that only another hierarchy has than the one that was imported.
    pub(crate) elsewhere: BTreeMap<Vec<u8>, Digest>,
    /// The path of the list, which is in the tree no longer.
    pub(crate) list: Vec<u8>,
}

/// What a session has recorded of itself.
#[derive(Default)]
struct OfSession {
    /// Of the list.
    list: Option<Digest>,
    ranges: Vec<(SectorRange, Digest)>,
    /// Lines that say nothing of these.
    wrong: u64,
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
/// hold for the next session. Gives what is left of them.
///
/// # Errors
/// [`Error::Cancelled`], [`Error::TreeTooLarge`]. Lists that cannot be read are as good as none, with a warning.
pub(crate) fn take_recorded(
    (disc, image): (&Disc, &Image),
    tree: &mut Tree,
    control: &Control,
    warnings: &mut Vec<ImportWarning>,
) -> Result<Option<TakenDigests>> {
    let lists = match DigestLists::find(image) {
        Ok(Some(lists)) => lists,
        Ok(None) | Err(_) => return Ok(None),
    };
    let algorithm = lists.algorithm;
    let (known, doubt) = match lists.read_known((disc, image), tree, control) {
        Err(error @ Error::Cancelled { .. }) => return Err(error),
        Err(error) => (Known::default(), Some(error.to_string())),
        Ok(read) => read,
    };
    warnings.extend(doubt.map(|reason| ImportWarning::Digests {
        path: format!("/{}", String::from_utf8_lossy(&lists.path())),
        reason,
    }));
    for (content, digest) in known.here {
        tree.know_digest(algorithm, content, digest);
    }
    tree.remove_digests()?;
    let lists = lists.path();
    Ok(Some(TakenDigests { algorithm, elsewhere: known.elsewhere, list: [b"/", &lists[..]].concat() }))
}

/// Whether the digests in a session are those that it recorded of itself. Files of this kind that come from another disc,
/// or that somebody made, are not.
///
/// # Errors
/// [`Error::Cancelled`]. What cannot be read is not as it was recorded.
pub(crate) fn are_of_session(disc: &Disc, image: &Image, control: &Control) -> Result<bool> {
    let compared = match DigestLists::find(image) {
        Ok(Some(lists)) => lists.are_as_recorded((disc, image), control),
        Ok(None) => Ok(false),
        Err(error) => Err(error),
    };
    match compared {
        Err(error @ Error::Cancelled { .. }) => Err(error),
        compared => Ok(compared.unwrap_or(false)),
    }
}

pub(crate) fn digest_of_sectors(
    disc: &Disc,
    SectorRange(range): SectorRange,
    algorithm: DigestAlgorithm,
    control: &Control,
) -> Result<Digest> {
    let mut hasher = Hasher::new(algorithm);
    read_through(disc.source().as_ref(), range, control, &mut |sectors| hasher.update(sectors))?;
    Ok(hasher.finish())
}
