//! Protocol data units (RFC 7143, clause 11), one file for each kind.
//!
//! A PDU is a basic header segment of 48 bytes, additional header segments that this target skips, and a data
//! segment. [`Header`] is what all of them have in the same places; the other types are the header segments of a kind
//! each. Lengths belong to who sends the data.

mod data_in;
mod data_out;
mod header;
mod login_request;
mod login_response;
mod logout_request;
mod logout_response;
mod nop_in;
mod nop_out;
mod numbers;
mod r2t;
mod reject;
mod residual;
mod scsi_command;
mod scsi_response;
mod ssid;
mod stages;
mod task_management_request;
mod task_management_response;
mod text_request;
mod text_response;

pub use data_in::DataIn;
pub use data_out::DataOut;
pub use header::{HEADER, Header, NO_TAG};
pub use login_request::LoginRequest;
pub use login_response::LoginResponse;
pub use logout_request::LogoutRequest;
pub use logout_response::LogoutResponse;
pub use nop_in::NopIn;
pub use nop_out::NopOut;
pub use numbers::Numbers;
pub use r2t::R2t;
pub use reject::Reject;
pub use residual::Residual;
pub use scsi_command::ScsiCommand;
pub use scsi_response::ScsiResponse;
pub use stages::{Stage, Stages};
pub use task_management_request::TaskManagementRequest;
pub use task_management_response::TaskManagementResponse;
pub use text_request::TextRequest;
pub use text_response::TextResponse;

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
