//! GET PERFORMANCE (ACh): the writing speeds on offer (type 3), and the one in force (type 0).

use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u32, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::{Cdb, Speed};

/// Length of the header.
pub const HEADER: usize = 8;

/// Length of a descriptor.
pub const DESCRIPTOR: usize = 16;

/// A writing speed on offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteSpeed {
    /// Writing with constant angular velocity, where the rate is that at the outer edge.
    pub constant_angular: bool,
    /// Whether the drive keeps exactly to it.
    pub exact: bool,
    /// Last block it holds for; drives say 0 for blank media.
    pub end: u32,
    /// Reading rate that goes with it.
    pub read: Speed,
    /// Writing rate.
    pub write: Speed,
}

/// The command for at most `descriptors` writing speeds.
#[must_use]
pub fn cdb(descriptors: u16) -> Cdb {
    let mut cdb = [0; 12];
    cdb[0] = OperationCode::GET_PERFORMANCE.0;
    BigEndian::write_u16(&mut cdb[8..10], descriptors);
    cdb[10] = 3;
    Cdb::from(cdb)
}

/// The command for one stretch of the nominal writing performance, with a tolerance of 10 %.
#[must_use]
pub fn nominal_cdb() -> Cdb {
    let mut cdb = [0; 12];
    cdb[0] = OperationCode::GET_PERFORMANCE.0;
    cdb[1] = 0x14;
    BigEndian::write_u16(&mut cdb[8..10], 1);
    Cdb::from(cdb)
}

/// The writing speed of the first stretch in the reply to [`nominal_cdb`]: the faster of its ends, which is the outer one
/// where the medium turns with constant angular velocity.
///
/// # Errors
/// When it has no stretch.
pub fn parse_nominal(reply: &[u8]) -> Result<Speed, BadReply> {
    let (_, (_, _, inner, _, outer)) = (take::<_, _, Fail<'_>>(HEADER), be_u32, be_u32, be_u32, be_u32)
        .parse(reply)
        .map_err(|_| BadReply("no performance descriptor"))?;
    Ok(Speed::kilobytes_per_second(inner.max(outer)))
}

/// Reads the reply, as far as it goes: fastest first, without the doubles that some drives list.
///
/// # Errors
/// When it is shorter than its header.
pub fn parse(reply: &[u8]) -> Result<Vec<WriteSpeed>, BadReply> {
    let (_, len) = be_u32::<_, Fail<'_>>.parse(reply).map_err(|_| BadReply("shorter than its header"))?;
    let body = super::clipped(reply, HEADER, usize::try_from(len).unwrap_or(usize::MAX).saturating_sub(4));
    let mut speeds: Vec<WriteSpeed> = body
        .chunks_exact(DESCRIPTOR)
        .filter_map(|descriptor| {
            let (_, (flags, _, end, read, write)) =
                (byte::<_, Fail<'_>>, take(3usize), be_u32, be_u32, be_u32).parse(descriptor).ok()?;
            (write > 0).then_some(WriteSpeed {
                constant_angular: flags >> 3 & 3 == 1,
                exact: flags & 2 != 0,
                end,
                read: Speed::kilobytes_per_second(read),
                write: Speed::kilobytes_per_second(write),
            })
        })
        .collect();
    speeds.sort_by_key(|speed| std::cmp::Reverse(speed.write));
    speeds.dedup_by_key(|speed| (speed.write, speed.constant_angular));
    Ok(speeds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(1).as_bytes(), [0xAC, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0]);
    }

    #[test]
    fn nominal() {
        assert_eq!(nominal_cdb().as_bytes(), [0xAC, 0x14, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
        let mut reply = vec![0, 0, 0, 0x14, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x15, 0xA4];
        reply.extend([0, 0x23, 0x05, 0x3F, 0, 0, 0x10, 0]);
        assert_eq!(parse_nominal(&reply), Ok(Speed::dvd(40)));
        reply[20..].copy_from_slice(&Speed::dvd(80).get().to_be_bytes());
        assert_eq!(parse_nominal(&reply), Ok(Speed::dvd(80)));
        reply.truncate(23);
        assert!(parse_nominal(&reply).is_err());
    }

    #[test]
    fn sorted_without_doubles_and_zeros() {
        let mut reply = vec![0, 0, 0, 0x44, 0, 0, 0, 0];
        for (flags, rate) in [(0, 3324u32), (2, 5540), (0, 3324), (0, 0)] {
            reply.extend_from_slice(&[flags, 0, 0, 0, 0, 0x23, 0x05, 0x3F]);
            reply.extend_from_slice(&rate.to_be_bytes());
            reply.extend_from_slice(&rate.to_be_bytes());
        }
        let speeds = parse(&reply).unwrap();
        let rates: Vec<u32> = speeds.iter().map(|speed| speed.write.get()).collect();
        assert_eq!(rates, [5540, 3324]);
        assert!(speeds[0].exact && !speeds[1].exact);
        assert_eq!(speeds[0].end, 0x23_053F);
        assert_eq!(parse(&[0, 0, 0, 4, 0, 0, 0, 0]).unwrap(), []);
        assert_eq!(parse(&[0xFF; 8]).unwrap(), []);
        assert!(parse(&[0; 3]).is_err());
    }
}
