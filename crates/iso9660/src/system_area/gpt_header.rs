use byteorder::{ByteOrder, LittleEndian};
use crc::{CRC_32_ISO_HDLC, Crc};
use nom::bytes::complete::tag;
use nom::number::complete::{le_u32, le_u64};
use nom::{IResult, Parser};

use super::{DISK_BLOCK, Guid};

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Checksum of the array of partition entries.
#[must_use]
pub fn partition_array_crc(array: &[u8]) -> u32 {
    CRC.checksum(array)
}

/// GPT header (UEFI 5.3.2), the primary one or the backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GptHeader {
    /// Version; 0x00010000 is 1.0.
    pub revision: u32,
    /// Bytes of the header that its checksum is over.
    pub header_len: u32,
    /// The block it is in.
    pub own: u64,
    /// The block that the other copy is in.
    pub alternate: u64,
    /// First block that partitions may use.
    pub first_usable: u64,
    /// Last block that partitions may use.
    pub last_usable: u64,
    /// Tells disks apart.
    pub disk: Guid,
    /// First block of the array of partition entries.
    pub array: u64,
    /// Partition entries of the array.
    pub entries: u32,
    /// Bytes of each.
    pub entry_len: u32,
    /// Checksum of the array; see [`partition_array_crc`].
    pub array_crc: u32,
}

impl GptHeader {
    /// The first eight bytes.
    pub const SIGNATURE: &'static [u8; 8] = b"EFI PART";
    /// Version 1.0.
    pub const REVISION: u32 = 0x0001_0000;
    /// Bytes of the header as it is written.
    pub const LEN: u32 = 92;

    /// Reads the header at the start of a block, and says whether its checksum is right.
    ///
    /// # Errors
    /// When fewer than 92 bytes are there or the signature is another.
    pub fn parse(input: &[u8]) -> IResult<&[u8], (GptHeader, bool)> {
        let (rest, (_, revision, header_len, crc, _)) =
            (tag(&Self::SIGNATURE[..]), le_u32, le_u32, le_u32, le_u32).parse(input)?;
        let (rest, (own, alternate, first_usable, last_usable, disk)) =
            (le_u64, le_u64, le_u64, le_u64, Guid::parse).parse(rest)?;
        let (rest, (array, entries, entry_len, array_crc)) = (le_u64, le_u32, le_u32, le_u32).parse(rest)?;
        let header = GptHeader {
            revision,
            header_len,
            own,
            alternate,
            first_usable,
            last_usable,
            disk,
            array,
            entries,
            entry_len,
            array_crc,
        };
        let counted = usize::try_from(header_len).ok().filter(|&len| len >= Self::LEN as usize);
        let right = counted.and_then(|len| input.get(..len)).is_some_and(|bytes| {
            let mut digest = CRC.digest();
            digest.update(&bytes[..16]);
            digest.update(&[0; 4]);
            digest.update(&bytes[20..]);
            digest.finalize() == crc
        });
        Ok((rest, (header, right)))
    }

    /// The block. Its checksum is over the first [`LEN`](Self::LEN) bytes, whatever
    /// [`header_len`](Self::header_len) says.
    #[must_use]
    pub fn encode(&self) -> [u8; DISK_BLOCK as usize] {
        let mut block = [0; DISK_BLOCK as usize];
        block[..8].copy_from_slice(Self::SIGNATURE);
        LittleEndian::write_u32(&mut block[8..12], self.revision);
        LittleEndian::write_u32(&mut block[12..16], Self::LEN);
        LittleEndian::write_u64(&mut block[24..32], self.own);
        LittleEndian::write_u64(&mut block[32..40], self.alternate);
        LittleEndian::write_u64(&mut block[40..48], self.first_usable);
        LittleEndian::write_u64(&mut block[48..56], self.last_usable);
        block[56..72].copy_from_slice(&self.disk.0);
        LittleEndian::write_u64(&mut block[72..80], self.array);
        LittleEndian::write_u32(&mut block[80..84], self.entries);
        LittleEndian::write_u32(&mut block[84..88], self.entry_len);
        LittleEndian::write_u32(&mut block[88..92], self.array_crc);
        let crc = CRC.checksum(&block[..Self::LEN as usize]);
        LittleEndian::write_u32(&mut block[16..20], crc);
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> GptHeader {
        GptHeader {
            revision: GptHeader::REVISION,
            header_len: GptHeader::LEN,
            own: 1,
            alternate: 0x0FFF,
            first_usable: 34,
            last_usable: 0x0FDE,
            disk: Guid([3; 16]),
            array: 2,
            entries: 128,
            entry_len: 128,
            array_crc: partition_array_crc(&[0; 128 * 128]),
        }
    }

    #[test]
    fn bytes_of_a_header() {
        let mut recorded = [0; 512];
        recorded[..16].copy_from_slice(b"EFI PART\0\0\x01\0\x5C\0\0\0");
        recorded[24] = 1;
        recorded[32..34].copy_from_slice(&[0xFF, 0x0F]);
        recorded[40] = 34;
        recorded[48..50].copy_from_slice(&[0xDE, 0x0F]);
        recorded[56..72].fill(3);
        recorded[72] = 2;
        recorded[80] = 128;
        recorded[84] = 128;
        // CRC-32 of 16,384 zeros.
        recorded[88..92].copy_from_slice(&0xAB54_D286_u32.to_le_bytes());
        let crc = CRC.checksum(&recorded[..92]);
        recorded[16..20].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(header().encode(), recorded);
        assert_eq!(GptHeader::parse(&recorded).unwrap().1, (header(), true));
        recorded[24] = 2;
        assert!(!GptHeader::parse(&recorded).unwrap().1.1);
        recorded[0] = b'e';
        assert!(GptHeader::parse(&recorded).is_err());
    }

    proptest! {
        #[test]
        fn round_trip(own: u64, alternate: u64, first_usable: u64, last_usable: u64, array: u64, entries: u32) {
            let header = GptHeader { own, alternate, first_usable, last_usable, array, entries, ..header() };
            prop_assert_eq!(GptHeader::parse(&header.encode()).unwrap().1, (header, true));
        }

        #[test]
        fn any_length_is_checked(len: u32) {
            let mut block = header().encode();
            block[12..16].copy_from_slice(&len.to_le_bytes());
            prop_assert!(!GptHeader::parse(&block).unwrap().1.1);
        }
    }
}
