//! The MD5 sums that libisofs, and xorriso by it, record of sessions and files: tags in sectors of their own, and an
//! array that attributes of Rock Ridge (AAIP) refer to.

mod array;
mod plan;
mod read;
mod tag;

pub use plan::Md5Counts;

pub(crate) use array::{ARRAY_ATTRIBUTE, ChecksumArray, INDEX_ATTRIBUTE, Md5Sum, SUM_LEN, index_of};
pub(crate) use plan::{Md5Attributes, Md5Piece, Md5Plan};
pub(crate) use read::ArrayReader;
pub(crate) use tag::{ChecksumTag, TagKind};
