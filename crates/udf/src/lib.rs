#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]
#![forbid(unsafe_code)]

pub mod attribute;
mod charspec;
mod crc;
pub mod cs0;
mod descriptor;
mod dstring;
mod entity_id;
mod error;
mod extent_ad;
pub mod file;
mod lb_addr;
mod long_ad;
mod nom_ext;
pub mod partition;
pub mod read;
mod short_ad;
mod tag;
#[cfg(test)]
mod testing;
mod time;
pub mod volume;
pub mod write;

pub use charspec::CharSpec;
pub use crc::crc;
pub use descriptor::Descriptor;
pub use dstring::DString;
pub use entity_id::{
    DomainFlags, DomainSuffix, EntityId, ImplementationSuffix, OsClass, Revision, UdfSuffix,
};
pub use error::Error;
pub use extent_ad::ExtentAd;
pub use lb_addr::LbAddr;
pub use long_ad::LongAd;
pub use short_ad::{ExtentType, ShortAd};
pub use tag::{Tag, TagId};
pub use time::Timestamp;
