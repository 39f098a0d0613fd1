use byteorder::{BigEndian, ByteOrder};
use nom::number::complete::{be_u32, be_u64};
use nom::{IResult, Parser};

/// Where GRUB 2's first stage for SPARC, which lies behind a [`SunDiskLabel`](super::SunDiskLabel), finds the rest of
/// it. Numbers are big-endian; nothing marks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SunGrubCore {
    /// First byte of the core image, counted from the beginning of the image.
    pub start: u64,
    /// Its bytes.
    pub len: u32,
}

impl SunGrubCore {
    /// Where it is in the system area.
    pub const OFFSET: usize = 552;
    /// Its bytes.
    pub const LEN: usize = 12;

    /// Reads it.
    ///
    /// # Errors
    /// When fewer than 12 bytes are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], SunGrubCore> {
        let (rest, (start, len)) = (be_u64, be_u32).parse(input)?;
        Ok((rest, SunGrubCore { start, len }))
    }

    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut recorded = [0; Self::LEN];
        BigEndian::write_u64(&mut recorded[..8], self.start);
        BigEndian::write_u32(&mut recorded[8..], self.len);
        recorded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_a_place() {
        let core = SunGrubCore { start: 0x2_5000, len: 100_000 };
        let recorded = [0, 0, 0, 0, 0, 2, 0x50, 0, 0, 1, 0x86, 0xA0];
        assert_eq!(core.encode(), recorded);
        assert_eq!(SunGrubCore::parse(&recorded).unwrap().1, core);
        assert!(SunGrubCore::parse(&recorded[1..]).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(start: u64, len: u32) {
            let core = SunGrubCore { start, len };
            prop_assert_eq!(SunGrubCore::parse(&core.encode()).unwrap().1, core);
        }
    }
}
