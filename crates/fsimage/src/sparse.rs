//! Files that lie in the image without their holes, as SF entries of Rock Ridge tell (RRIP 4.1.7).
//!
//! Where the holes of a host's file are is asked before anything is planned, so that a plan goes on to need sizes alone.
//! The tables lie in a temporary file until the image is written; the data stay where they are, and are moved from there.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iso9660::read::Encoding;
use iso9660::rock_ridge::SparseLayout;
use sector_io::SECTOR_SIZE;

use crate::compress::candidates;
#[cfg(any(target_os = "linux", target_os = "android"))]
use crate::emit::data_stretches;
use crate::emit::{Opened, Sources};
use crate::plan::PlanOptions;
use crate::tree::{Content, FileSystems, NodeId, SparseContent, Tree, temporary_file, write_temporary};
use crate::{Control, Error, Result};

/// What became of the files that were to be stored without their holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SparseReport {
    /// Files that are stored so now.
    pub stored: u64,
    /// Their bytes, with their holes.
    pub bytes_before: u64,
    /// Their bytes as they are stored.
    pub bytes_after: u64,
    /// Files that have holes and stay as they are, for the tables tell of no more than 4 GiB of data.
    pub too_long: Vec<NodeId>,
}

impl Tree {
    /// Leaves out the holes of the host files that `select` picks, for an image that is planned by `plan`, where that
    /// saves sectors: an entry of Rock Ridge tells where they are (SF, RRIP 4.1.7). Hardly any system knows it, and all
    /// others show such a file as it is stored. What boots stays as it is, and so does what is imported, compressed or
    /// in memory. `spool` is a folder for a temporary file with tables; `None` is that of the tree's spooled contents. All names of a file share
    /// its content. [`Tree::content_len`] and [`Tree::read_at`] are of the stored bytes from then on.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] without Rock Ridge; [`Error::SourceRead`], also on systems other than Linux, which are
    /// not asked for holes; [`Error::SourceChanged`]; [`Error::Spool`] for the temporary file;
    /// [`Error::Cancelled`]. Nothing has changed then.
    pub fn leave_out_holes(
        &mut self,
        select: &mut dyn FnMut(&Tree, NodeId) -> bool,
        spool: Option<&Path>,
        plan: &PlanOptions,
        control: &Control,
    ) -> Result<SparseReport> {
        check_file_systems(plan)?;
        let mut report = SparseReport::default();
        let mut found = Vec::new();
        let mut tables = None;
        let mut sources = Sources::default();
        for (node, content) in candidates(self, plan, select) {
            control.check("nothing was written")?;
            if !matches!(self.content(content), Content::Scanned { .. } | Content::HostRange(_)) {
                continue;
            }
            let opened = sources.open(self, content)?;
            let Opened::File { file, offset, path } = &opened else { continue };
            let len = self.content_len(content);
            let data = data_stretches(file.file(), *offset, len).map_err(|error| path.read_error(error))?;
            opened.check()?;
            if data.iter().map(|(_, len)| len).sum::<u64>() >= len {
                continue;
            }
            let Some(layout) = SparseLayout::new(len, data) else {
                report.too_long.push(node);
                continue;
            };
            let sectors = |len: u64| len.div_ceil(SECTOR_SIZE as u64);
            if sectors(layout.stored_len()) >= sectors(len) {
                continue;
            }
            let tables = match &mut tables {
                Some(tables) => tables,
                none => none.insert(Tables::new(spool.map_or_else(|| self.spool_folder(), Path::to_owned))?),
            };
            report.stored += 1;
            report.bytes_before += len;
            report.bytes_after += layout.stored_len();
            found.push((content, tables.take(&layout)?, layout));
        }
        let Some(Tables { file, .. }) = tables else { return Ok(report) };
        let file = Arc::new(file);
        self.all_or_nothing(|tree| {
            for (content, offset, layout) in found {
                let of = tree.push_content(tree.content(content).clone())?;
                let mut before = 0;
                let data = layout.data().map(|(start, len)| {
                    let stored = before;
                    before += len;
                    (start, stored)
                });
                let stored = SparseContent {
                    of,
                    tables: file.clone(),
                    offset,
                    tables_len: layout.tables_len(),
                    data: data.collect(),
                    len: layout.stored_len(),
                };
                tree.set_content(content, Content::Sparse(Arc::new(stored)));
                tree.set_encoding(content, Encoding::Sparse(layout.entry()));
            }
            Ok(report)
        })
    }
}

/// That the image can say what is stored without its holes.
pub(crate) fn check_file_systems(plan: &PlanOptions) -> Result<()> {
    if plan.file_systems.contains(FileSystems::ROCK_RIDGE) {
        return Ok(());
    }
    Err(Error::InvalidArgument {
        argument: "sparse files".to_owned(),
        reason: "only Rock Ridge says that holes are left out; rock-ridge must be among the file systems"
            .to_owned(),
    })
}

/// No other system is asked.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn data_stretches(_: &std::fs::File, _: u64, _: u64) -> std::io::Result<Vec<(u64, u64)>> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// The tables of all files, end to end in a temporary file without a name.
struct Tables {
    file: std::fs::File,
    folder: PathBuf,
    len: u64,
}

impl Tables {
    fn new(folder: PathBuf) -> Result<Tables> {
        Ok(Tables { file: temporary_file(&folder)?, folder, len: 0 })
    }

    /// Keeps the tables of a file. Says where they are, with the block in front of them.
    fn take(&mut self, layout: &SparseLayout) -> Result<u64> {
        let start = self.len;
        self.len += layout.tables_len();
        let mut bytes = Vec::new();
        layout
            .visit_tables(&mut |block, table| {
                bytes.clear();
                table.encode(&mut bytes);
                write_temporary(&self.file, &bytes, start + u64::from(block) * SECTOR_SIZE as u64)
            })
            .map_err(|problem| Error::Spool { folder: self.folder.clone(), problem })?;
        Ok(start)
    }
}
