use crate::{Sector, SectorCount};

/// A run of neighbouring sectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Extent {
    /// Its first sector.
    pub start: Sector,
    /// Its length, in sectors; 0 is a valid, empty extent.
    pub len: SectorCount,
}

impl Extent {
    /// The extent of `len` sectors from `start`.
    #[must_use]
    pub const fn new(start: Sector, len: SectorCount) -> Extent {
        Extent { start, len }
    }

    /// The sector just behind the extent; `None` if it would pass the 32-bit range.
    #[must_use]
    pub const fn end(self) -> Option<Sector> {
        self.start.checked_add(self.len)
    }

    /// Whether `sector` lies inside.
    #[must_use]
    pub const fn contains(self, sector: Sector) -> bool {
        match sector.since(self.start) {
            Some(distance) => distance.get() < self.len.get(),
            None => false,
        }
    }

    /// The sectors that both extents have; `None` when there are none.
    #[must_use]
    pub fn intersect(self, other: Extent) -> Option<Extent> {
        let start = self.start.max(other.start);
        let end = self.end()?.min(other.end()?);
        let len = end.since(start)?;
        (len > SectorCount::ZERO).then_some(Extent { start, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(start: u32, len: u32) -> Extent {
        Extent::new(Sector::new(start), SectorCount::new(len))
    }

    #[test]
    fn intersections() {
        assert_eq!(extent(10, 10).intersect(extent(15, 10)), Some(extent(15, 5)));
        assert_eq!(extent(10, 10).intersect(extent(20, 10)), None);
        assert_eq!(extent(10, 10).intersect(extent(12, 2)), Some(extent(12, 2)));
        assert_eq!(extent(10, 0).intersect(extent(10, 1)), None);
        assert_eq!(extent(u32::MAX, 2).intersect(extent(0, 1)), None);
    }

    #[test]
    fn containment_excludes_the_end() {
        assert!(extent(10, 2).contains(Sector::new(11)));
        assert!(!extent(10, 2).contains(Sector::new(12)));
        assert!(!extent(10, 2).contains(Sector::new(9)));
    }
}
