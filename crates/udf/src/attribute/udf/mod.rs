//! The implementation use attributes that UDF defines (UDF 3.3.4.5).

mod any;
mod dvd_cgms_info;
mod free_ea_space;
mod mac_finder_info;
mod mac_volume_info;
mod os2_ea_length;
mod os400_dir_info;
mod vat_lv_extension;

pub use any::UdfAttribute;
pub use dvd_cgms_info::DvdCgmsInfo;
pub use free_ea_space::FreeEaSpace;
pub use mac_finder_info::{MacFinderInfo, ResourceFork};
pub use mac_volume_info::MacVolumeInfo;
pub use os2_ea_length::Os2EaLength;
pub use os400_dir_info::Os400DirInfo;
pub use vat_lv_extension::VatLvExtension;

use crate::Error;
use crate::attribute::ImplementationUse;

/// The content of the attribute behind its checksum, if it has this identifier.
fn content_of<'a>(
    attribute: &ImplementationUse<'a>,
    identifier: &[u8],
    structure: &'static str,
) -> Result<&'a [u8], Error> {
    if !attribute.implementation_identifier.is(identifier) {
        return Err(Error::Identifier { structure });
    }
    attribute.checked()
}

#[cfg(test)]
mod testing {
    use crate::attribute::{ExtendedAttribute, ImplementationUse};
    use crate::{EntityId, OsClass, Revision, UdfSuffix};

    pub(super) const SUFFIX: UdfSuffix =
        UdfSuffix { revision: Revision::V2_01, os_class: OsClass::MAC_OS, os: 1 };

    /// The attribute with this identifier and content, byte by byte.
    pub(super) fn attribute(identifier: &[u8], content: &[u8]) -> Vec<u8> {
        let use_length = u8::try_from(content.len() + 2).unwrap();
        let length = (48 + use_length).next_multiple_of(4);
        let mut bytes = vec![0x00, 0x08, 0, 0, 1, 0, 0, 0, length, 0, 0, 0, use_length, 0, 0, 0, 0];
        bytes.extend(identifier);
        bytes.resize(40, 0);
        bytes.extend([0x01, 0x02, 3, 1, 0, 0, 0, 0]);
        let sum: u16 = bytes.iter().map(|byte| u16::from(*byte)).sum();
        bytes.extend(sum.to_le_bytes());
        bytes.extend(content);
        bytes.resize(length.into(), 0);
        bytes
    }

    /// Gives `check` the attribute parsed from `bytes`.
    pub(super) fn with<T>(bytes: &[u8], check: impl FnOnce(&ImplementationUse<'_>) -> T) -> T {
        let (attribute, rest) = ExtendedAttribute::parse(bytes).unwrap();
        assert!(rest.is_empty());
        check(&ImplementationUse::parse(&attribute).unwrap())
    }

    /// The same of another attribute, which none of the structures may be found in.
    pub(super) fn with_other<T>(check: impl FnOnce(&ImplementationUse<'_>) -> T) -> T {
        check(&ImplementationUse {
            implementation_identifier: EntityId::new(b"*Developer"),
            implementation_use: &[0; 200],
            rest: &[],
        })
    }
}
