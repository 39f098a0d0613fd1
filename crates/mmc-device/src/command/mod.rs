//! The commands: each file holds one, with its typed request, its command descriptor block and the
//! reading of its reply.

mod operation_code;

pub use operation_code::OperationCode;
