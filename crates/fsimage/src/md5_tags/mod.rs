//! The MD5 sums that libisofs, and xorriso by it, record of sessions and files: tags in sectors of their own, and an
//! array that attributes of Rock Ridge (AAIP) refer to.

mod array;
mod tag;

pub(crate) use array::{ChecksumArray, Md5Sum, SUM_LEN, index_of};
pub(crate) use tag::{ChecksumTag, TagKind};
