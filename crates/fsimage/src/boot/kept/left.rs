//! What a system area that stays as it is still starts, when other things boot.

use iso9660::system_area::DISK_BLOCK;

use super::boot_code::{KeptCode, address_in};
use super::replaced::{NO_FAT, Replaced};
use super::repoint::is_there;
use super::system_area::{BLOCKS, KeptSystemArea, Partition, Span};
use super::{BootLoss, PartitionTableKind};
use crate::boot::images::content_of_source;
use crate::boot::{BootSource, KnownCode};
use crate::tree::{Content, ContentId, Tree};

/// Why it is told of something that it stays.
const REPLACED: &str = "it still leads to what was replaced, and from a disk that boots; 'copy' and 'remaster' let it lead \
                        to what has taken its place";
/// The same where it can lead to nothing else.
const CANNOT_FOLLOW: &str =
    "it still leads to what was replaced, and from a disk that boots; 'copy' and 'remaster' cannot keep it";
/// Of code of which it is not found now what it leads to.
const NOT_FOUND: &str = "from a disk it starts what it did before; 'copy' and 'remaster' cannot keep it";
const GIVEN_UP: &str = "it still leads to what booted before, and from a disk that boots";

/// A partition that is in no file and that nothing boots from.
pub(crate) struct MerePartition {
    pub(crate) table: PartitionTableKind,
    pub(crate) number: usize,
    pub(crate) bytes: u64,
    /// What it holds, where that is known: no part of it where it ends behind the image.
    pub(crate) content: Option<ContentId>,
}

impl KeptSystemArea {
    /// What something else has taken the place of, now or in a session before.
    pub(super) fn left_behind(&self, tree: &Tree, replaced: &Replaced) -> Vec<BootLoss> {
        let has_moved = |source, block| is_there(tree, source) && !self.lies_at(tree, source, block);
        let code = match (self.code, &self.code_loss) {
            (Some(code), _) if has_moved(code.source, self.started_block(code)) => {
                let replacement = replaced.get(code.source);
                let other_loader = replacement.and_then(|replacement| replacement.other_loader(&self.area));
                Some(other_loader.map_or(REPLACED.to_owned(), |reason| format!("{CANNOT_FOLLOW}: {reason}")))
            }
            // Of code of no known kind nothing says that it leads to anything.
            (None, Some(reason)) => {
                KnownCode::detect(&self.area[self.code_range()]).map(|_| format!("{NOT_FOUND}: {reason}"))
            }
            _ => None,
        };
        let partition = |one: &Partition| match one.span {
            Span::Thing(source, _) if !has_moved(source, one.start) => None,
            Span::Thing(..) if !one.loses_fat(replaced) => Some(REPLACED.to_owned()),
            Span::Thing(..) | Span::Unfit => Some(format!("{CANNOT_FOLLOW}: {NO_FAT}")),
            _ => None,
        };
        let partitions = self.partitions.iter();
        let partitions = partitions.filter_map(|one| Some(partition_stays(one, &partition(one)?)));
        code.iter().map(|reason| code_stays(reason)).chain(partitions).collect()
    }

    /// All that boots from a disk: boot code, and partitions that are one of `images`; but for what leads to one of the
    /// contents that boot `now` as well.
    pub(super) fn still_starts(
        &self,
        tree: &Tree,
        images: &[BootSource],
        now: &[ContentId],
    ) -> Vec<BootLoss> {
        let content = |source| content_of_source(tree, &self.appended, source).ok();
        let boots_now = |source, block| {
            content(source).is_some_and(|content| now.contains(&content)) && self.lies_at(tree, source, block)
        };
        let images: Vec<ContentId> = images.iter().filter_map(|&image| content(image)).collect();
        let has_code = self.area[self.code_range()].iter().any(|&byte| byte != 0);
        let is_other = self.code.is_none_or(|code| !boots_now(code.source, self.started_block(code)));
        let code = (has_code && is_other).then(|| code_stays(GIVEN_UP));
        let is_left = |one: &&Partition| {
            let boots = |source| content(source).is_some_and(|content| images.contains(&content));
            one.span.source().is_some_and(|source| boots(source) && !boots_now(source, one.start))
        };
        let partitions = self.partitions.iter().filter(is_left);
        code.into_iter().chain(partitions.map(|one| partition_stays(one, GIVEN_UP))).collect()
    }

    /// The block where begins what the boot code starts.
    fn started_block(&self, code: KeptCode) -> u64 {
        address_in(&self.area).saturating_sub(code.behind)
    }

    /// Whether something lies there on the medium that was imported.
    fn lies_at(&self, tree: &Tree, source: BootSource, block: u64) -> bool {
        self.begins(tree, source).is_some_and(|sector| u64::from(sector) * BLOCKS == block)
    }

    /// What boot code and partitions lead to, each beside what is told where it stays though something else has taken the place of
    /// that.
    pub(super) fn leads_to(&self, tree: &Tree) -> Vec<(BootLoss, ContentId)> {
        let content = |source| content_of_source(tree, &self.appended, source).ok();
        let code = self.code.and_then(|code| Some((code_stays(REPLACED), content(code.source)?)));
        let partitions = self.partitions.iter();
        let partitions =
            partitions.filter_map(|one| Some((partition_stays(one, REPLACED), content(one.span.source()?)?)));
        code.into_iter().chain(partitions).collect()
    }

    /// Partitions behind all files that are none of `images`, and those of which it is not known what they hold.
    pub(super) fn mere_partitions(&self, images: &[BootSource]) -> Vec<MerePartition> {
        let found = self.partitions.iter().filter_map(|one| {
            let content = match one.span {
                Span::Thing(source @ BootSource::Appended(number), _) if !images.contains(&source) => {
                    Some(self.appended.iter().find(|appended| appended.number == number)?.content)
                }
                Span::Unknown => None,
                _ => return None,
            };
            let bytes = one.blocks.saturating_mul(u64::from(DISK_BLOCK));
            Some(MerePartition { table: one.table, number: one.number, bytes, content })
        });
        found.collect()
    }

    /// Where it begins on the medium that was imported, if it lies there.
    fn begins(&self, tree: &Tree, source: BootSource) -> Option<u32> {
        match tree.content(content_of_source(tree, &self.appended, source).ok()?) {
            Content::Imported { start, .. } => Some(start.get()),
            Content::ImportedSections { sections, .. } => sections.first().map(|first| first.start.get()),
            _ => None,
        }
    }
}

fn code_stays(reason: &str) -> BootLoss {
    BootLoss::Outdated(Box::new(BootLoss::Code { reason: reason.to_owned() }))
}

fn partition_stays(partition: &Partition, reason: &str) -> BootLoss {
    let &Partition { table, number, .. } = partition;
    BootLoss::Outdated(Box::new(BootLoss::Partition { table, number, reason: reason.to_owned() }))
}
