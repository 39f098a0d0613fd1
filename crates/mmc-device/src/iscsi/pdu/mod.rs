//! Protocol data units (RFC 7143, clause 11), one file for each kind.
//!
//! A PDU is a basic header segment of 48 bytes, additional header segments that this target skips, and a data
//! segment. The types here are the header segment; lengths belong to who sends the data.

mod data_in;
mod data_out;
mod login;
mod logout;
mod nop;
mod r2t;
mod reject;
mod scsi_command;
mod scsi_response;
mod task_management;
mod text;

pub use data_in::DataIn;
pub use data_out::DataOut;
pub use login::{LoginRequest, LoginResponse, Stage, Stages};
pub use logout::{LogoutRequest, LogoutResponse};
pub use nop::{NopIn, NopOut};
pub use r2t::R2t;
pub use reject::Reject;
pub use scsi_command::ScsiCommand;
pub use scsi_response::{Residual, ScsiResponse};
pub use task_management::{TaskManagementRequest, TaskManagementResponse};
pub use text::{TextRequest, TextResponse};

use byteorder::{BigEndian, ByteOrder};

/// Length of a basic header segment.
pub const HEADER: usize = 48;

/// A tag that stands for none.
pub const NO_TAG: u32 = 0xFFFF_FFFF;

/// Operation codes (11.2.1.2).
pub mod opcode {
    #![allow(missing_docs)]
    pub const NOP_OUT: u8 = 0x00;
    pub const SCSI_COMMAND: u8 = 0x01;
    pub const TASK_MANAGEMENT_REQUEST: u8 = 0x02;
    pub const LOGIN_REQUEST: u8 = 0x03;
    pub const TEXT_REQUEST: u8 = 0x04;
    pub const DATA_OUT: u8 = 0x05;
    pub const LOGOUT_REQUEST: u8 = 0x06;
    pub const NOP_IN: u8 = 0x20;
    pub const SCSI_RESPONSE: u8 = 0x21;
    pub const TASK_MANAGEMENT_RESPONSE: u8 = 0x22;
    pub const LOGIN_RESPONSE: u8 = 0x23;
    pub const TEXT_RESPONSE: u8 = 0x24;
    pub const DATA_IN: u8 = 0x25;
    pub const LOGOUT_RESPONSE: u8 = 0x26;
    pub const R2T: u8 = 0x31;
    pub const REJECT: u8 = 0x3F;
}

/// Bit of byte 0: deliver at once, outside the order of command numbers.
const IMMEDIATE: u8 = 0x40;
/// Bit of byte 1: the last PDU of its sequence.
const FINAL: u8 = 0x80;

/// A basic header segment. Multi-byte fields are big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header([u8; HEADER]);

impl Header {
    /// These bytes.
    pub const fn from_bytes(bytes: [u8; HEADER]) -> Header {
        Header(bytes)
    }

    /// The bytes as they go over the wire.
    pub const fn as_bytes(&self) -> &[u8; HEADER] {
        &self.0
    }

    /// Which kind of PDU this is.
    pub const fn opcode(&self) -> u8 {
        self.0[0] & 0x3F
    }

    /// The I bit of requests.
    pub const fn immediate(&self) -> bool {
        self.0[0] & IMMEDIATE != 0
    }

    /// Bytes of additional header segments.
    pub const fn additional(&self) -> usize {
        self.0[4] as usize * 4
    }

    /// Bytes of the data segment, without padding.
    pub fn data_len(&self) -> usize {
        BigEndian::read_u24(&self.0[5..8]) as usize
    }

    /// Bytes behind this header: additional header segments, data segment, padding to four bytes.
    pub fn rest_len(&self) -> usize {
        self.additional() + self.data_len().next_multiple_of(4)
    }

    /// Initiator task tag.
    pub fn initiator_task_tag(&self) -> u32 {
        self.u32(16)
    }

    const fn new(opcode: u8) -> Header {
        let mut bytes = [0; HEADER];
        bytes[0] = opcode;
        Header(bytes)
    }

    fn request(opcode: u8, immediate: bool) -> Header {
        Header::new(opcode | if immediate { IMMEDIATE } else { 0 })
    }

    fn u16(&self, at: usize) -> u16 {
        BigEndian::read_u16(&self.0[at..])
    }

    fn u32(&self, at: usize) -> u32 {
        BigEndian::read_u32(&self.0[at..])
    }

    fn u64(&self, at: usize) -> u64 {
        BigEndian::read_u64(&self.0[at..])
    }

    fn put_u16(&mut self, at: usize, value: u16) {
        BigEndian::write_u16(&mut self.0[at..], value);
    }

    fn put_u32(&mut self, at: usize, value: u32) {
        BigEndian::write_u32(&mut self.0[at..], value);
    }

    fn put_u64(&mut self, at: usize, value: u64) {
        BigEndian::write_u64(&mut self.0[at..], value);
    }

    /// Appends the whole PDU: this header with its length field set, the data, padding.
    pub fn append_with(mut self, data: &[u8], out: &mut Vec<u8>) {
        // A data segment is shorter than 16 MiB: what a session sends is cut by what it has negotiated.
        BigEndian::write_u24(&mut self.0[5..8], data.len().min(0xFF_FFFF) as u32);
        out.extend_from_slice(&self.0);
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(4), 0);
    }
}

/// What every PDU of a target carries in bytes 24 to 35.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Number of this status, or of the next one where the PDU has none.
    pub stat_sn: u32,
    /// The command number expected next.
    pub exp_cmd_sn: u32,
    /// The last command number that is welcome.
    pub max_cmd_sn: u32,
}

impl Numbers {
    fn read(header: &Header) -> Numbers {
        Numbers { stat_sn: header.u32(24), exp_cmd_sn: header.u32(28), max_cmd_sn: header.u32(32) }
    }

    fn write(self, header: &mut Header) {
        header.put_u32(24, self.stat_sn);
        header.put_u32(28, self.exp_cmd_sn);
        header.put_u32(32, self.max_cmd_sn);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::iscsi) fn numbers() -> impl Strategy<Value = Numbers> {
        any::<(u32, u32, u32)>().prop_map(|(stat_sn, exp_cmd_sn, max_cmd_sn)| Numbers {
            stat_sn,
            exp_cmd_sn,
            max_cmd_sn,
        })
    }

    /// A header from a table of the standard: rows of four bytes.
    pub(in crate::iscsi) fn rows(rows: [[u8; 4]; 12]) -> Header {
        let mut bytes = [0; HEADER];
        bytes.copy_from_slice(rows.as_flattened());
        Header::from_bytes(bytes)
    }

    proptest! {
        #[test]
        fn lengths_and_padding(data in proptest::collection::vec(any::<u8>(), 0..20)) {
            let mut out = Vec::new();
            Header::new(opcode::NOP_IN).append_with(&data, &mut out);
            let header = Header::from_bytes(*out.first_chunk().unwrap());
            prop_assert_eq!(header.data_len(), data.len());
            prop_assert_eq!(HEADER + header.rest_len(), out.len());
            prop_assert_eq!(&out[HEADER..HEADER + data.len()], &data[..]);
        }
    }
}
