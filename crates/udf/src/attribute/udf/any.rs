use super::{
    DvdCgmsInfo, FreeEaSpace, MacFinderInfo, MacVolumeInfo, Os2EaLength, Os400DirInfo, VatLvExtension,
};
use crate::Error;
use crate::attribute::ImplementationUse;

/// An implementation use attribute by what its identifier says (UDF 3.3.4.5, 6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UdfAttribute<'a> {
    /// Unused space.
    FreeEaSpace(FreeEaSpace),
    /// Copy management of DVD.
    DvdCgmsInfo(DvdCgmsInfo),
    /// Length of OS/2 extended attributes.
    Os2EaLength(Os2EaLength),
    /// OS/2 extended attributes, in UDF 1.02 and 1.50.
    Os2Ea(&'a [u8]),
    /// Macintosh volume information.
    MacVolumeInfo(MacVolumeInfo),
    /// Macintosh Finder information.
    MacFinderInfo(MacFinderInfo),
    /// Macintosh table of unique ids, in UDF 1.02 and 1.50.
    MacUniqueIdTable(&'a [u8]),
    /// Macintosh resource fork, in UDF 1.02 and 1.50.
    MacResourceFork(&'a [u8]),
    /// OS/400 directory information.
    Os400DirInfo(Os400DirInfo),
    /// What a virtual allocation table of UDF 1.50 has no fields for.
    VatLvExtension(VatLvExtension),
    /// Of a developer's own.
    Other(ImplementationUse<'a>),
}

impl<'a> UdfAttribute<'a> {
    /// Identifier of OS/2 extended attributes.
    pub const OS2_EA: &'static [u8] = b"*UDF OS/2 EA";
    /// Identifier of a Macintosh table of unique ids.
    pub const MAC_UNIQUE_ID_TABLE: &'static [u8] = b"*UDF Mac UniqueIDTable";
    /// Identifier of a Macintosh resource fork.
    pub const MAC_RESOURCE_FORK: &'static [u8] = b"*UDF Mac ResourceFork";

    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::HeaderChecksum`], [`Error::Truncated`].
    pub fn parse(attribute: &ImplementationUse<'a>) -> Result<UdfAttribute<'a>, Error> {
        Ok(match attribute.implementation_identifier.text() {
            FreeEaSpace::IDENTIFIER => UdfAttribute::FreeEaSpace(FreeEaSpace::parse(attribute)?),
            DvdCgmsInfo::IDENTIFIER => UdfAttribute::DvdCgmsInfo(DvdCgmsInfo::parse(attribute)?),
            Os2EaLength::IDENTIFIER => UdfAttribute::Os2EaLength(Os2EaLength::parse(attribute)?),
            Self::OS2_EA => UdfAttribute::Os2Ea(attribute.checked()?),
            MacVolumeInfo::IDENTIFIER => UdfAttribute::MacVolumeInfo(MacVolumeInfo::parse(attribute)?),
            MacFinderInfo::IDENTIFIER => UdfAttribute::MacFinderInfo(MacFinderInfo::parse(attribute)?),
            Self::MAC_UNIQUE_ID_TABLE => UdfAttribute::MacUniqueIdTable(attribute.checked()?),
            Self::MAC_RESOURCE_FORK => UdfAttribute::MacResourceFork(attribute.checked()?),
            Os400DirInfo::IDENTIFIER => UdfAttribute::Os400DirInfo(Os400DirInfo::parse(attribute)?),
            VatLvExtension::IDENTIFIER => UdfAttribute::VatLvExtension(VatLvExtension::parse(attribute)?),
            _ => UdfAttribute::Other(*attribute),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn opaque_contents() {
        let parse = |identifier| {
            let bytes = testing::attribute(identifier, &[1, 2, 3]);
            testing::with(&bytes, |attribute| format!("{:?}", UdfAttribute::parse(attribute).unwrap()))
        };
        assert_eq!(parse(b"*UDF OS/2 EA"), "Os2Ea([1, 2, 3])");
        assert_eq!(parse(b"*UDF Mac UniqueIDTable"), "MacUniqueIdTable([1, 2, 3])");
        assert_eq!(parse(b"*UDF Mac ResourceFork"), "MacResourceFork([1, 2, 3])");
        assert!(parse(b"*UDF OS/2").starts_with("Other"));
    }

    proptest! {
        #[test]
        fn any_content(
            identifier in prop::sample::select(vec![
                FreeEaSpace::IDENTIFIER,
                DvdCgmsInfo::IDENTIFIER,
                Os2EaLength::IDENTIFIER,
                MacVolumeInfo::IDENTIFIER,
                MacFinderInfo::IDENTIFIER,
                Os400DirInfo::IDENTIFIER,
                VatLvExtension::IDENTIFIER,
            ]),
            content in prop::collection::vec(any::<u8>(), 0..180),
        ) {
            let bytes = testing::attribute(identifier, &content);
            testing::with(&bytes, |attribute| {
                let found = UdfAttribute::parse(attribute);
                assert!(!matches!(found, Ok(UdfAttribute::Other(_)) | Err(Error::HeaderChecksum { .. })));
            });
        }
    }
}
