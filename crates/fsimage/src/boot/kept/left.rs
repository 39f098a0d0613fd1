//! What a system area that stays as it is still starts, when other things boot.

use iso9660::system_area::DISK_BLOCK;

use super::boot_code::address_in;
use super::repoint::is_there;
use super::system_area::{BLOCKS, KeptSystemArea, Partition, Span};
use super::{BootLoss, PartitionTableKind};
use crate::boot::BootSource;
use crate::boot::images::content_of_source;
use crate::tree::{Content, ContentId, Tree};

/// Why it is told of something that it stays.
const REPLACED: &str = "it still leads to what was replaced, and from a disk that boots; 'copy' and 'remaster' let it lead \
                        to what has taken its place";
const GIVEN_UP: &str = "it still leads to what booted before, and from a disk that boots";

impl KeptSystemArea {
    /// What something else has taken the place of, now or in a session before.
    pub(super) fn left_behind(&self, tree: &Tree) -> Vec<BootLoss> {
        let has_moved = |source, block: u64| {
            let lies_there =
                || self.begins(tree, source).is_some_and(|sector| u64::from(sector) * BLOCKS == block);
            is_there(tree, source) && !lies_there()
        };
        let address = self.code.map(|code| (code.source, address_in(&self.area).saturating_sub(code.behind)));
        let code = address.filter(|&(source, block)| has_moved(source, block)).map(|_| code_stays(REPLACED));
        let is_left = |one: &&Partition| match one.span {
            Span::Thing(source, _) => has_moved(source, one.start),
            span => span == Span::Unfit,
        };
        let partitions = self.partitions.iter().filter(is_left);
        code.into_iter().chain(partitions.map(|one| partition_stays(one, REPLACED))).collect()
    }

    /// All that boots from a disk: boot code, and partitions that are one of `images`.
    pub(super) fn still_starts(&self, tree: &Tree, images: &[BootSource]) -> Vec<BootLoss> {
        let content = |source| content_of_source(tree, &self.appended, source).ok();
        let images: Vec<ContentId> = images.iter().filter_map(|&image| content(image)).collect();
        let has_code = self.area[self.code_range()].iter().any(|&byte| byte != 0);
        let code = has_code.then(|| code_stays(GIVEN_UP));
        let boots =
            |one: &&Partition| one.span.source().and_then(content).is_some_and(|one| images.contains(&one));
        let partitions = self.partitions.iter().filter(boots);
        code.into_iter().chain(partitions.map(|one| partition_stays(one, GIVEN_UP))).collect()
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

    /// Partitions behind all files that are none of `images`.
    pub(super) fn mere_partitions(
        &self,
        images: &[BootSource],
    ) -> Vec<(PartitionTableKind, usize, u64, ContentId)> {
        let found = self.partitions.iter().filter_map(|one| match one.span.source()? {
            source @ BootSource::Appended(number) if !images.contains(&source) => {
                let content = self.appended.iter().find(|appended| appended.number == number)?.content;
                Some((one.table, one.number, one.blocks.saturating_mul(u64::from(DISK_BLOCK)), content))
            }
            _ => None,
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
