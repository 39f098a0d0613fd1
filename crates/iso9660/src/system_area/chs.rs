use crate::number::bytes;
use nom::IResult;

/// Heads and sectors that firmware is to take for those of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Geometry {
    /// Heads, 1 to 255.
    pub heads: u8,
    /// Sectors of a track, 1 to 63.
    pub sectors: u8,
}

impl Geometry {
    /// 1 MiB for each cylinder: what images of up to 1 GiB are given.
    pub const MEBIBYTE: Geometry = Geometry { heads: 64, sectors: 32 };
    /// As many as can be said.
    pub const LARGEST: Geometry = Geometry { heads: 255, sectors: 63 };

    /// Bytes of a cylinder.
    #[must_use]
    pub fn cylinder_bytes(self) -> u64 {
        u64::from(self.heads) * u64::from(self.sectors) * u64::from(super::DISK_BLOCK)
    }

    /// The smaller geometry where its 1,024 cylinders hold `blocks`, else the largest.
    #[must_use]
    pub fn for_blocks(blocks: u64) -> Geometry {
        let held = 1024 * Geometry::MEBIBYTE.cylinder_bytes() / u64::from(super::DISK_BLOCK);
        if blocks <= held { Geometry::MEBIBYTE } else { Geometry::LARGEST }
    }
}

/// Address of a block by cylinder, head and sector, in the three bytes of a partition record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Chs(pub [u8; 3]);

impl Chs {
    /// What stands for all that lie beyond cylinder 1,023.
    pub const BEYOND: Chs = Chs([0xFE, 0xFF, 0xFF]);

    /// Where a block lies; beyond the last cylinder that can be said, [`BEYOND`](Self::BEYOND).
    #[must_use]
    pub fn of_block(block: u64, geometry: Geometry) -> Chs {
        let sectors = u64::from(geometry.sectors.max(1));
        let track = block / sectors;
        let (cylinder, head) =
            (track / u64::from(geometry.heads.max(1)), track % u64::from(geometry.heads.max(1)));
        if cylinder > 1023 {
            return Chs::BEYOND;
        }
        let sector = (block % sectors + 1) as u8;
        Chs([head as u8, sector | (cylinder >> 8 << 6) as u8, cylinder as u8])
    }

    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], Chs> {
        bytes(input).map(|(rest, recorded)| (rest, Chs(recorded)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(Chs::of_block(0, Geometry::MEBIBYTE), Chs([0, 1, 0]));
        assert_eq!(Chs::of_block(2048 * 2 - 1, Geometry::MEBIBYTE), Chs([63, 32, 1]));
        assert_eq!(Chs::of_block(1023 * 2048, Geometry::MEBIBYTE), Chs([0, 0xC1, 0xFF]));
        assert_eq!(Chs::of_block(1024 * 2048, Geometry::MEBIBYTE), Chs::BEYOND);
        assert_eq!(Geometry::for_blocks(2_097_152), Geometry::MEBIBYTE);
        assert_eq!(Geometry::for_blocks(2_097_153), Geometry::LARGEST);
    }
}
