use super::subchannel_q::{Q, Q_BYTES};

/// Bytes of a sector's subchannels P to W: one bit of each in every byte, P in bit 7.
pub const SUBCHANNEL_BYTES: usize = 96;

/// Bytes of a sector's subchannels where only P and Q are told.
pub const PQ_BYTES: usize = 16;

/// Symbols of 6 bits, which are subchannels R to W, in a pack.
pub const PACK_SYMBOLS: usize = 24;

/// The subchannels of a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subchannel {
    /// Subchannel P: whether a track begins or the lead-out blinks.
    pub p: bool,
    /// Subchannel Q with its checksum.
    pub q: [u8; Q_BYTES],
    /// Subchannels R to W in bits 5 to 0 of each byte; bits 7 and 6 are not looked at.
    pub r_to_w: [u8; SUBCHANNEL_BYTES],
}

/// A byte's bits in bit 6 of eight bytes, the highest bit first.
const SPREAD: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            table[byte][bit] = (byte >> (7 - bit) & 1) as u8 * 0x40;
            bit += 1;
        }
        byte += 1;
    }
    table
};

impl Subchannel {
    /// Subchannels with nothing in R to W.
    #[must_use]
    pub fn new(p: bool, q: &Q) -> Subchannel {
        Subchannel { p, q: q.encode(), r_to_w: [0; SUBCHANNEL_BYTES] }
    }

    /// As raw recording and raw reading have them: 96 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; SUBCHANNEL_BYTES] {
        let mut bytes = self.r_to_w;
        let p = u8::from(self.p) << 7;
        let (groups, _) = bytes.as_chunks_mut::<8>();
        for (group, q) in groups.iter_mut().zip(&self.q) {
            for (byte, bit) in group.iter_mut().zip(&SPREAD[usize::from(*q)]) {
                *byte = *byte & 0x3F | bit | p;
            }
        }
        bytes
    }

    /// Reads [`Subchannel::encode`]. P counts as set where most of its bits are.
    #[must_use]
    pub fn parse(bytes: &[u8; SUBCHANNEL_BYTES]) -> Subchannel {
        let mut q = [0; Q_BYTES];
        let (groups, _) = bytes.as_chunks::<8>();
        for (q, group) in q.iter_mut().zip(groups) {
            *q = group.iter().fold(0, |q, byte| q << 1 | byte >> 6 & 1);
        }
        let p = bytes.iter().filter(|byte| **byte & 0x80 != 0).count() > SUBCHANNEL_BYTES / 2;
        Subchannel { p, q, r_to_w: bytes.map(|byte| byte & 0x3F) }
    }

    /// P and Q alone: 12 bytes of Q, three zeros, and P in bit 7 of the last.
    #[must_use]
    pub fn encode_pq(&self) -> [u8; PQ_BYTES] {
        let mut bytes = [0; PQ_BYTES];
        bytes[..Q_BYTES].copy_from_slice(&self.q);
        bytes[PQ_BYTES - 1] = u8::from(self.p) << 7;
        bytes
    }

    /// Reads [`Subchannel::encode_pq`].
    #[must_use]
    pub fn parse_pq(bytes: &[u8; PQ_BYTES]) -> Subchannel {
        let mut q = [0; Q_BYTES];
        q.copy_from_slice(&bytes[..Q_BYTES]);
        Subchannel { p: bytes[PQ_BYTES - 1] & 0x80 != 0, q, r_to_w: [0; SUBCHANNEL_BYTES] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bit_of_each_channel_in_a_byte() {
        let mut channels = Subchannel { p: true, q: [0; Q_BYTES], r_to_w: [0; SUBCHANNEL_BYTES] };
        channels.q[0] = 0x41;
        channels.r_to_w[1] = 0xFF;
        let bytes = channels.encode();
        assert_eq!(bytes[..9], [0x80, 0xFF, 0x80, 0x80, 0x80, 0x80, 0x80, 0xC0, 0x80]);
        assert_eq!(channels.encode_pq(), [0x41, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80]);
    }

    proptest! {
        #[test]
        fn both_ways(
            p: bool,
            q in proptest::array::uniform12(any::<u8>()),
            r_to_w in proptest::collection::vec(0u8..64, SUBCHANNEL_BYTES),
        ) {
            let channels = Subchannel { p, q, r_to_w: r_to_w.try_into().unwrap() };
            prop_assert_eq!(Subchannel::parse(&channels.encode()), channels);
            let pq = Subchannel::parse_pq(&channels.encode_pq());
            prop_assert_eq!((pq.p, pq.q), (p, q));
        }
    }
}
