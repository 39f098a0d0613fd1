//! The commands: each file holds one, with its typed request, its command descriptor block and the
//! reading of its reply.
//!
//! Replies are read tolerantly, because drives and bridges shorten them: bytes that are missing behind
//! the part every drive sends count as zero, and announced lengths are clipped to what is there.

pub mod blank;
pub mod buffer_capacity;
pub mod close;
pub mod configuration;
pub mod cue_sheet;
pub mod disc_info;
pub mod disc_structure;
pub mod event_status;
pub mod format;
pub mod format_capacities;
pub mod inquiry;
pub mod mode;
pub mod opc;
mod operation_code;
pub mod performance;
pub mod prevent_allow;
pub mod pseudo_overwrite;
pub mod read;
pub mod read_capacity;
pub mod read_cd;
pub mod repair_track;
pub mod request_sense;
pub mod reserve_track;
pub mod speed;
pub mod start_stop;
pub mod streaming;
pub mod sub_channel;
pub mod synchronize;
pub mod test_unit_ready;
pub mod toc;
pub mod track_info;
pub mod write;

pub use operation_code::OperationCode;

/// A reply that cannot be read: what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadReply(pub &'static str);

/// nom's error for these byte slices.
type Fail<'a> = nom::error::Error<&'a [u8]>;

/// The first `N` bytes of a reply, zeros where it is shorter.
fn padded<const N: usize>(reply: &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    let len = reply.len().min(N);
    bytes[..len].copy_from_slice(&reply[..len]);
    bytes
}

/// The part of `reply` which its own length field covers: `announced` bytes behind the first `header`.
fn clipped(reply: &[u8], header: usize, announced: usize) -> &[u8] {
    let end = header.saturating_add(announced).min(reply.len());
    &reply[header.min(end)..end]
}
