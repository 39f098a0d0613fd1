use byteorder::{BigEndian, ByteOrder};
use nom::number::complete::{be_u24, be_u32, be_u64, u8 as byte};
use nom::{IResult, Parser};

/// Length of a basic header segment.
pub const HEADER: usize = 48;

/// A tag that stands for none.
pub const NO_TAG: u32 = 0xFFFF_FFFF;

/// Bit of byte 0: deliver at once, outside the order of command numbers.
const IMMEDIATE: u8 = 0x40;
/// Bit of byte 1: the last PDU of its sequence.
pub(super) const FINAL: u8 = 0x80;
/// Bit of byte 1, where the data are text: it goes on in the next PDU.
pub(super) const CONTINUE: u8 = 0x40;

/// A basic header segment (11.2.1): what PDUs of all kinds have in the same places. The rest belongs to the kind, and is
/// understood there. Multi-byte fields are big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Byte 0: the I bit, and which kind of PDU this is.
    pub operation: u8,
    /// Byte 1: the F bit, and what belongs to the kind.
    pub flags: u8,
    /// Bytes 2 and 3, which belong to the kind.
    pub codes: [u8; 2],
    /// Length of the additional header segments, in units of 4 bytes.
    pub total_ahs_length: u8,
    /// Length of the data segment in bytes, without padding: 24 bits.
    pub data_segment_length: u32,
    /// Logical unit; in a login the name of the session.
    pub lun: u64,
    /// Tag of the task.
    pub initiator_task_tag: u32,
    /// Bytes 20 to 47, which belong to the kind.
    pub words: [u32; 7],
}

impl Header {
    /// From the first [`HEADER`] bytes of a PDU; `None` where there are fewer.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Header> {
        fields(bytes).ok().map(|(_, header)| header)
    }

    /// The bytes as they go over the wire.
    #[must_use]
    pub fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        (bytes[0], bytes[1]) = (self.operation, self.flags);
        bytes[2..4].copy_from_slice(&self.codes);
        bytes[4] = self.total_ahs_length;
        BigEndian::write_u24(&mut bytes[5..8], self.data_segment_length);
        BigEndian::write_u64(&mut bytes[8..16], self.lun);
        BigEndian::write_u32(&mut bytes[16..20], self.initiator_task_tag);
        BigEndian::write_u32_into(&self.words, &mut bytes[20..]);
        bytes
    }

    /// Which kind of PDU this is.
    #[must_use]
    pub const fn opcode(&self) -> u8 {
        self.operation & 0x3F
    }

    /// The I bit of requests.
    #[must_use]
    pub const fn immediate(&self) -> bool {
        self.operation & IMMEDIATE != 0
    }

    /// Bytes of additional header segments.
    #[must_use]
    pub const fn additional(&self) -> usize {
        self.total_ahs_length as usize * 4
    }

    /// Bytes of the data segment, without padding.
    #[must_use]
    pub const fn data_len(&self) -> usize {
        self.data_segment_length as usize
    }

    /// Bytes behind this header: additional header segments, data segment, padding to four bytes.
    #[must_use]
    pub const fn rest_len(&self) -> usize {
        self.additional() + self.data_len().next_multiple_of(4)
    }

    /// Whether a bit of byte 1 is set.
    pub(super) const fn flag(&self, bit: u8) -> bool {
        self.flags & bit != 0
    }

    /// The last PDU of its sequence, with nothing else in it.
    pub(super) const fn of(opcode: u8) -> Header {
        Header {
            operation: opcode,
            flags: FINAL,
            codes: [0; 2],
            total_ahs_length: 0,
            data_segment_length: 0,
            lun: 0,
            initiator_task_tag: 0,
            words: [0; 7],
        }
    }

    /// The same of a request.
    pub(super) const fn request(opcode: u8, immediate: bool) -> Header {
        Header::of(opcode | if immediate { IMMEDIATE } else { 0 })
    }

    /// Appends the whole PDU: this header with the length of its data, the data, padding.
    pub fn append_with(mut self, data: &[u8], out: &mut Vec<u8>) {
        // A data segment is shorter than 16 MiB: what a session sends is cut by what it has negotiated.
        self.data_segment_length = data.len().min(0xFF_FFFF) as u32;
        out.extend_from_slice(&self.encode());
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(4), 0);
    }
}

fn fields(input: &[u8]) -> IResult<&[u8], Header> {
    let (input, (operation, flags, second, third)) = (byte, byte, byte, byte).parse(input)?;
    let (input, (total_ahs_length, data_segment_length)) = (byte, be_u24).parse(input)?;
    let (input, (lun, initiator_task_tag)) = (be_u64, be_u32).parse(input)?;
    let mut words = [0; 7];
    let mut rest = input;
    for word in &mut words {
        (rest, *word) = be_u32(rest)?;
    }
    let codes = [second, third];
    let header = Header {
        operation,
        flags,
        codes,
        total_ahs_length,
        data_segment_length,
        lun,
        initiator_task_tag,
        words,
    };
    Ok((rest, header))
}

/// A bit, or none.
pub(super) const fn bit(is_set: bool, bit: u8) -> u8 {
    if is_set { bit } else { 0 }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A header from a table of the standard: rows of four bytes.
    pub(in crate::iscsi::pdu) fn rows(rows: [[u8; 4]; 12]) -> Header {
        Header::parse(rows.as_flattened()).unwrap()
    }

    #[test]
    fn literally() {
        let bytes = [
            [0x41, 0xA1, 2, 3],
            [1, 0, 0x10, 2],
            [0, 1, 0, 0],
            [0, 0, 0, 0],
            [0, 0, 0, 5],
            [0, 0, 0x80, 0],
            [0, 0, 0, 2],
            [0, 0, 0, 4],
            [0x2A, 0, 0, 0],
            [0, 0x10, 0, 0],
            [0x10, 0, 0, 0],
            [0xFF; 4],
        ];
        let header = rows(bytes);
        let expected = Header {
            operation: 0x41,
            flags: 0xA1,
            codes: [2, 3],
            total_ahs_length: 1,
            data_segment_length: 0x1002,
            lun: 1 << 48,
            initiator_task_tag: 5,
            words: [0x8000, 2, 4, 0x2A00_0000, 0x0010_0000, 0x1000_0000, 0xFFFF_FFFF],
        };
        assert_eq!(header, expected);
        assert_eq!((header.opcode(), header.immediate(), header.additional()), (1, true, 4));
        assert_eq!(header.rest_len(), 4 + 0x1004);
        assert_eq!(header.encode()[..], *bytes.as_flattened());
        assert_eq!(Header::parse(&bytes.as_flattened()[1..]), None);
    }

    proptest! {
        #[test]
        fn round_trip(bytes in proptest::collection::vec(any::<u8>(), HEADER)) {
            prop_assert_eq!(&Header::parse(&bytes).unwrap().encode()[..], &bytes[..]);
        }

        #[test]
        fn lengths_and_padding(data in proptest::collection::vec(any::<u8>(), 0..20)) {
            let mut out = Vec::new();
            Header::of(super::super::opcode::NOP_IN).append_with(&data, &mut out);
            let header = Header::parse(&out).unwrap();
            prop_assert_eq!(header.data_len(), data.len());
            prop_assert_eq!(HEADER + header.rest_len(), out.len());
            prop_assert_eq!(&out[HEADER..HEADER + data.len()], &data[..]);
        }
    }
}
