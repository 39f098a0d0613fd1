use nom::number::complete::{le_u16, le_u32};
use nom::{IResult, Parser};

/// A recorded address, lb_addr, 6 bytes (ECMA-167 4/7.1): a logical block in one of the volume's partitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LbAddr {
    /// Logical block in the partition.
    pub block: u32,
    /// The partition: index of its map in the logical volume descriptor, not its number.
    pub partition: u16,
}

impl LbAddr {
    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], LbAddr> {
        (le_u32, le_u16).map(|(block, partition)| LbAddr { block, partition }).parse(input)
    }

    pub(crate) fn bytes(&self) -> [u8; 6] {
        let mut bytes = [0; 6];
        bytes[..4].copy_from_slice(&self.block.to_le_bytes());
        bytes[4..].copy_from_slice(&self.partition.to_le_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_in_the_second_map() {
        let bytes = [0x02, 0x01, 0, 0, 1, 0];
        let address = LbAddr { block: 258, partition: 1 };
        assert_eq!(LbAddr::parse(&bytes).unwrap().1, address);
        assert_eq!(address.bytes(), bytes);
        assert!(LbAddr::parse(&bytes[..5]).is_err());
    }
}
