//! zisofs: files that lie compressed in the image, which readers of Rock Ridge show as they were.
//!
//! Compressing comes before planning, so that a plan goes on to need sizes alone. Each file is read and compressed
//! once, and lies in a temporary file until the image is written: a drive is then fed as fast as a disk can be read,
//! and what the image holds is what was read, whatever becomes of the source meanwhile.

mod spool;

use std::path::PathBuf;

use iso9660::read::Encoding;
use iso9660::zisofs::{Header, Version};
use rayon::prelude::*;
use sector_io::SECTOR_SIZE;

use crate::digests::{Digest, DigestAlgorithm, Hasher};
use crate::emit::{Opened, Sources};
use crate::plan::PlanOptions;
use crate::progress::Stage;
use crate::tree::{Content, ContentId, FileSystems, NodeId, NodeKind, Tree};
use crate::{Control, Error, Result};
use crate::{boot, sparse};
use spool::Spool;

/// Generation of zisofs that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZisofsVersion {
    /// Version 1, which Linux reads. Files of 4 GiB and more stay as they are.
    #[default]
    One,
    /// Version 2, which Linux does not read, and xorriso does.
    Two,
    /// Version 1 below 4 GiB, and version 2 for longer files.
    Fitting,
}

impl ZisofsVersion {
    fn of(self, len: u64) -> Option<Version> {
        match self {
            ZisofsVersion::Two => Some(Version::Two),
            _ if len <= Version::One.longest() => Some(Version::One),
            ZisofsVersion::Fitting => Some(Version::Two),
            ZisofsVersion::One => None,
        }
    }
}

/// What is compressed at a time: longer blocks become smaller, and more is read for a byte in the middle of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZisofsBlock {
    /// 32 KiB.
    #[default]
    KiB32,
    /// 64 KiB.
    KiB64,
    /// 128 KiB.
    KiB128,
}

impl ZisofsBlock {
    fn log2(self) -> u8 {
        match self {
            ZisofsBlock::KiB32 => 15,
            ZisofsBlock::KiB64 => 16,
            ZisofsBlock::KiB128 => 17,
        }
    }
}

/// How files are compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZisofsOptions {
    /// Generation of the format.
    pub version: ZisofsVersion,
    /// What is compressed at a time.
    pub block: ZisofsBlock,
    /// Level of zlib: 1 is the quickest, 9 makes the smallest.
    pub level: u32,
    /// Folder that holds what is compressed until the image is written; `None` is that of [`Tree::set_staging`].
    pub spool: Option<PathBuf>,
    /// Make digests of the files as they are shown, for [`Tree::record_digests`] by the same algorithm. Of files in
    /// version 2 none are made: Linux shows them as they are stored.
    pub digests: Option<DigestAlgorithm>,
}

impl Default for ZisofsOptions {
    fn default() -> ZisofsOptions {
        ZisofsOptions {
            version: ZisofsVersion::default(),
            block: ZisofsBlock::default(),
            level: 6,
            spool: None,
            digests: None,
        }
    }
}

/// What became of the files that were to be compressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZisofsReport {
    /// Files that are compressed now.
    pub compressed: u64,
    /// Their bytes before.
    pub bytes_before: u64,
    /// Their bytes now.
    pub bytes_after: u64,
    /// Files that stay as they are, for they would not take a sector less.
    pub not_smaller: u64,
    /// Files that stay as they are, for version 1 ends below 4 GiB.
    pub too_long: Vec<NodeId>,
}

impl Tree {
    /// Compresses the contents of the files that `select` picks, for an image that is planned by `plan`. What is
    /// imported stays as it is, and so does what boots: firmware knows nothing of zisofs. All names of a file share its
    /// content. [`Tree::content_len`] and [`Tree::read_at`] are of the compressed bytes from then on.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where the file systems of the plan cannot say that a file is compressed;
    /// [`Error::SourceRead`], [`Error::SourceChanged`]; [`Error::OutputWrite`] for the temporary file;
    /// [`Error::Cancelled`]. The tree is then as it was.
    pub fn compress(
        &mut self,
        select: &mut dyn FnMut(&Tree, NodeId) -> bool,
        options: &ZisofsOptions,
        plan: &PlanOptions,
        control: &Control,
    ) -> Result<ZisofsReport> {
        check_file_systems(plan)?;
        let mut report = ZisofsReport::default();
        let mut jobs = Vec::new();
        for (node, content) in candidates(self, plan, select) {
            let len = self.content_len(content);
            match options.version.of(len) {
                // It takes one sector, whatever is done.
                _ if len <= SECTOR_SIZE as u64 => report.not_smaller += 1,
                None => report.too_long.push(node),
                Some(version) => {
                    jobs.push(Job { content, header: Header::new(version, options.block.log2(), len) });
                }
            }
        }
        let mut spool = Spool::new(options, self)?;
        let total: u64 =
            jobs.iter().map(|job| job.header.uncompressed_len.div_ceil(SECTOR_SIZE as u64)).sum();
        let mut reader = Reader {
            tree: self,
            jobs: &jobs,
            sources: Sources::default(),
            at: 0,
            open: None,
            digests: options.digests,
            made: vec![None; jobs.len()],
        };
        let (mut batch, mut next) = (Batch::default(), Batch::default());
        let mut done = 0;
        reader.fill(&mut batch)?;
        while !batch.blocks.is_empty() {
            control.check("nothing was written")?;
            let (read, kept) = rayon::join(|| reader.fill(&mut next), || spool.take(&jobs, &batch));
            read.and(kept)?;
            done += batch.bytes.len() as u64;
            control.report(Stage::Compressing, done.div_ceil(SECTOR_SIZE as u64).min(total), total);
            std::mem::swap(&mut batch, &mut next);
        }
        let made = reader.made;
        let (file, stored) = spool.finish();
        report.not_smaller += (jobs.len() - stored.len()) as u64;
        for spool::Stored { job, offset, len } in stored {
            let Job { content, header } = &jobs[job];
            let Some(entry) = header.entry() else { continue };
            report.compressed += 1;
            report.bytes_before += header.uncompressed_len;
            report.bytes_after += len;
            self.set_content(*content, Content::Spooled { file: file.clone(), offset, len });
            self.set_encoding(*content, Encoding::Zisofs(entry));
            if let (Some(algorithm), Some(digest)) = (options.digests, made[job]) {
                self.know_digest(algorithm, *content, digest);
            }
        }
        Ok(report)
    }

    /// Finds the files that are zisofs already, as mkzftree makes them, so that readers of Rock Ridge show them as they
    /// were. Version 2 is looked for if `version_2` says so. Each file is opened. Says how many there are.
    ///
    /// # Errors
    /// As [`Tree::compress`].
    pub fn recognise_compressed(
        &mut self,
        version_2: bool,
        plan: &PlanOptions,
        control: &Control,
    ) -> Result<u64> {
        check_file_systems(plan)?;
        let mut sources = Sources::default();
        let mut found = Vec::new();
        for (_, content) in candidates(self, plan, &mut |_, _| true) {
            control.check("nothing was written")?;
            let len = self.content_len(content);
            if len < Header::fixed_len(Version::One) as u64 {
                continue;
            }
            let mut first = [0; Header::MOST];
            let first = &mut first[..len.min(Header::MOST as u64) as usize];
            let opened = sources.open(self, content)?;
            opened.read(self, content, 0, first)?;
            let header = Header::parse(first)
                .filter(|header| header.is_plausible(len) && (version_2 || header.version == Version::One));
            found.extend(header.and_then(|header| header.entry()).map(|entry| (content, entry)));
        }
        let count = found.len() as u64;
        for (content, entry) in found {
            self.set_encoding(content, Encoding::Zisofs(entry));
        }
        Ok(count)
    }
}

/// That the file systems can say what is compressed.
fn check_file_systems(plan: &PlanOptions) -> Result<()> {
    let reason = if !plan.file_systems.contains(FileSystems::ROCK_RIDGE) {
        "only Rock Ridge says that a file is compressed; rock-ridge must be among the file systems"
    } else if plan.file_systems.contains(FileSystems::UDF) {
        "UDF cannot say that a file is compressed, and where it is there, most systems show it and not Rock Ridge; leave \
         udf out"
    } else {
        return Ok(());
    };
    Err(Error::InvalidArgument { argument: "zisofs".to_owned(), reason: reason.to_owned() })
}

/// That what the tree holds in another form than it is shown can be in such an image.
pub(crate) fn check(tree: &Tree, plan: &PlanOptions) -> Result<()> {
    for (_, encoding) in tree.encodings() {
        match encoding {
            Encoding::Sparse(_) => sparse::check_file_systems(plan)?,
            _ => check_file_systems(plan)?,
        }
    }
    let boots = boot::contents(tree, plan);
    let encoded = boots.into_iter().find_map(|content| Some((content, tree.encoding(content)?)));
    let Some((content, encoding)) = encoded else { return Ok(()) };
    let reason = match encoding {
        Encoding::Sparse(_) => "it is stored without its holes, which firmware does not know",
        _ => "it is compressed (zisofs), which firmware does not know",
    };
    let path = tree.host_path(content);
    Err(Error::BootImage {
        image: path.map_or_else(|| "an image".to_owned(), |path| path.display().to_string()),
        reason: reason.to_owned(),
    })
}

/// The contents that may be stored in another form, in the order of the tree, each with the first of its names that is picked.
pub(crate) fn candidates(
    tree: &Tree,
    plan: &PlanOptions,
    select: &mut dyn FnMut(&Tree, NodeId) -> bool,
) -> Vec<(NodeId, ContentId)> {
    let mut is_settled = vec![false; tree.content_count()];
    for content in boot::contents(tree, plan) {
        is_settled[content.0 as usize] = true;
    }
    let mut found = Vec::new();
    let mut pending = vec![NodeId::ROOT];
    while let Some(node) = pending.pop() {
        if tree.hidden_in(node).contains(FileSystems::ISO9660) {
            continue;
        }
        match tree.kind(node) {
            NodeKind::Directory(directory) => {
                let children: Vec<NodeId> = tree.children(directory).collect();
                pending.extend(children.into_iter().rev());
            }
            NodeKind::File(content) if !is_settled[content.0 as usize] => {
                let is_host = matches!(
                    tree.content(content),
                    Content::Scanned { .. }
                        | Content::HostRange(_)
                        | Content::Memory(_)
                        | Content::Joined(_)
                        | Content::Spooled { .. }
                );
                if is_host && tree.zisofs(content).is_none() && select(tree, node) {
                    is_settled[content.0 as usize] = true;
                    found.push((node, content));
                }
            }
            _ => {}
        }
    }
    found
}

/// A content that is to be compressed.
struct Job {
    content: ContentId,
    header: Header,
}

/// Bytes that are read, compressed and written at a time.
const BATCH: usize = 8 << 20;

/// Neighbouring blocks, of one file or of several.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    blocks: Vec<Block>,
}

struct Block {
    job: usize,
    /// Where it lies in the batch.
    range: std::ops::Range<usize>,
    is_last: bool,
}

impl Batch {
    /// Each block compressed.
    fn packed(&self, level: u32) -> Vec<Vec<u8>> {
        let compressor = || iso9660::zisofs::BlockCompressor::new(level);
        self.blocks
            .par_iter()
            .map_init(compressor, |compressor, block| {
                let mut out = Vec::new();
                compressor.append(&self.bytes[block.range.clone()], &mut out);
                out
            })
            .collect()
    }
}

/// Reads the contents block by block.
struct Reader<'t> {
    tree: &'t Tree,
    jobs: &'t [Job],
    sources: Sources,
    at: usize,
    /// The content that is read now, how far, and what its digest is made with.
    open: Option<(Opened<'t>, u64, Option<Hasher>)>,
    digests: Option<DigestAlgorithm>,
    /// Digests, by job.
    made: Vec<Option<Digest>>,
}

impl Reader<'_> {
    fn fill(&mut self, batch: &mut Batch) -> Result<()> {
        batch.bytes.clear();
        batch.blocks.clear();
        while batch.bytes.len() < BATCH {
            let Some(Job { content, header }) = self.jobs.get(self.at) else { break };
            let (opened, done, mut hasher) = match self.open.take() {
                Some(open) => open,
                None => {
                    let digests = self.digests.filter(|_| header.version == Version::One);
                    (self.sources.open(self.tree, *content)?, 0, digests.map(Hasher::new))
                }
            };
            let left = header.uncompressed_len - done;
            let len = left.min(1 << header.block_log2) as usize;
            let start = batch.bytes.len();
            batch.bytes.resize(start + len, 0);
            opened.read(self.tree, *content, done, &mut batch.bytes[start..])?;
            if let Some(hasher) = &mut hasher {
                hasher.update(&batch.bytes[start..]);
            }
            let is_last = left == len as u64;
            batch.blocks.push(Block { job: self.at, range: start..start + len, is_last });
            if is_last {
                opened.check()?;
                self.made[self.at] = hasher.map(Hasher::finish);
                self.at += 1;
            } else {
                self.open = Some((opened, done + len as u64, hasher));
            }
        }
        Ok(())
    }
}
