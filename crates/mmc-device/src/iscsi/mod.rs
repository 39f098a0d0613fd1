//! A drive as an iSCSI target (RFC 7143), so that any operating system and program can use it.
//!
//! It has what one drive needs: login without authentication, commands with immediate, unsolicited and
//! solicited data, task management, NOP, logout, and SendTargets for discovery; one connection for each
//! session, no digests, error recovery level 0. [`Connection`] is the protocol without any socket: PDUs go in
//! and come out. [`Target`] is TCP around it.
//!
//! Who breaks the protocol is disconnected. A command moves at most 8 MiB, and those that a connection has
//! waiting 32 MiB in all.

mod logical_unit;
mod login;
mod parameters;
pub mod pdu;
mod server;
mod session;
mod task;
#[cfg(test)]
mod tests;
mod text;

pub use logical_unit::LogicalUnit;
pub use login::SessionKind;
pub use server::Target;
pub use session::{Connection, Flow};
