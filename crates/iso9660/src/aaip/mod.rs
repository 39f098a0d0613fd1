//! Arbitrary Attribute Interchange Protocol (AAIP 2.0): extended attributes and access control lists of files,
//! as System Use entries beside Rock Ridge's.

mod acl;
mod al;
mod extension;
mod list;
mod name;

pub use acl::{AccessControlEntry, AccessControlLists, AclPermissions, AclTag};
pub use al::{AttributeListEntry, AttributeListFlags};
pub use extension::{EXTENSION, is_aaip};
pub use list::{AttributeList, AttributeListEncoder, component_len, list_len};
pub use name::is_internal;
