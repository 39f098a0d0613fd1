//! The end that a volume states, and what lies behind it.

use super::finding::{Finding, shown};
use super::places::extents;
use super::{Image, ImageEntry, SessionSummary};

/// What of the trees of ISO 9660 lies behind the volume space that the primary volume descriptor states. Readers that hold
/// to the size do not see it.
pub(super) struct VolumeEnd {
    size: u32,
    /// The first sector behind the volume space. The size may count from sector 0 or from the session.
    end: u64,
    count: u64,
    /// The path and the last sector of what lies farthest behind the end.
    farthest: Option<(String, u64)>,
}

impl VolumeEnd {
    pub(super) fn of(session: &SessionSummary) -> VolumeEnd {
        let size = session.volume_space_size;
        let end = u64::from(session.start) + u64::from(size);
        VolumeEnd { size, end, count: 0, farthest: None }
    }

    pub(super) fn take(&mut self, image: &Image, path: &[u8], entry: &ImageEntry) {
        let ends =
            extents(image, entry).into_iter().map(|of| u64::from(of.start.get()) + u64::from(of.len.get()));
        let Some(behind) = ends.max().filter(|&behind| behind > self.end) else { return };
        self.count += 1;
        if self.farthest.as_ref().is_none_or(|&(_, last)| behind - 1 > last) {
            self.farthest = Some((shown(path), behind - 1));
        }
    }

    pub(super) fn finding(self) -> Option<Finding> {
        let VolumeEnd { size, count, farthest, .. } = self;
        let (path, last) = farthest?;
        let message = format!(
            "a volume of {size} sectors, and what lies behind its end: {count} in all, the last at sector {last}, {path}"
        );
        Some(Finding {
            path: None,
            message,
            sectors: vec![(u32::try_from(last).unwrap_or(u32::MAX), 1)],
            clause: Some("ECMA-119 8.4.8".to_owned()),
            is_damage: false,
        })
    }
}
