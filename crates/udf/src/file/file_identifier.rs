use bitflags::bitflags;
use nom::number::complete::{le_u16, u8};
use nom::{IResult, Parser};

use crate::nom_ext::{clear, put, run};
use crate::{Error, LongAd, Tag, TagId};

bitflags! {
    /// File characteristics (ECMA-167 4/14.4.3).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct FileCharacteristics: u8 {
        /// Need not be shown to users.
        const HIDDEN = 1;
        /// A directory.
        const DIRECTORY = 1 << 1;
        /// Deleted.
        const DELETED = 1 << 2;
        /// The parent of the directory that holds this.
        const PARENT = 1 << 3;
        /// In a stream directory: for the file system, not for users.
        const METADATA = 1 << 4;
    }
}

/// A file identifier descriptor (ECMA-167 4/14.4, UDF 2.3.4): an entry of a directory. Entries follow one
/// another without regard to blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileIdentifierDescriptor<'a> {
    /// Descriptor tag. Its location is the block that the first byte is in.
    pub tag: Tag,
    /// File version number; 1.
    pub version: u16,
    /// File characteristics.
    pub characteristics: FileCharacteristics,
    /// ICB: the file. Since UDF 2.00 its implementation use holds the lower half of the unique id.
    pub icb: LongAd,
    /// Implementation use: empty, or an entity identifier and what that defines.
    pub implementation_use: &'a [u8],
    /// File identifier: the name in CS0, at most 255 bytes; empty for the parent.
    pub identifier: &'a [u8],
}

const NAME: &str = "file identifier descriptor";

impl<'a> FileIdentifierDescriptor<'a> {
    /// Its tag identifier.
    pub const ID: TagId = TagId::FILE_IDENTIFIER;
    /// Bytes in front of the implementation use: as many as [`FileIdentifierDescriptor::size_of`] needs.
    pub const FIXED: usize = 38;
    /// The longest file identifier, bytes.
    pub const MAX_IDENTIFIER: usize = 255;
    /// Bytes of the longest descriptor, with padding.
    pub const MAX_SIZE: usize = Self::padded(65_535, 255);

    /// Bytes of a descriptor with these lengths, up to a multiple of 4.
    #[must_use]
    pub const fn padded(implementation_use: usize, identifier: usize) -> usize {
        (Self::FIXED + implementation_use + identifier + 3) & !3
    }

    /// Bytes of the descriptor that begins with these, padding counted. Only length fields are read.
    ///
    /// # Errors
    /// [`Error::Truncated`] under 38 bytes.
    pub fn size_of(head: &[u8]) -> Result<usize, Error> {
        match head {
            [_, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, identifier, ..]
                if head.len() >= Self::FIXED =>
            {
                let implementation_use = u16::from_le_bytes([head[36], head[37]]);
                Ok(Self::padded(implementation_use.into(), (*identifier).into()))
            }
            _ => Err(Error::Truncated { structure: NAME, available: head.len() }),
        }
    }

    /// The descriptor at the beginning of `bytes`, whose tag, CRC and length fields are checked. What follows
    /// in the directory may be behind it, and is when the CRC covers more than the descriptor. The padding
    /// may be missing at the end.
    ///
    /// # Errors
    /// What [`Tag::open_as`] says, and [`Error::Truncated`].
    pub fn parse(bytes: &'a [u8]) -> Result<FileIdentifierDescriptor<'a>, Error> {
        let (tag, _) = Tag::open_as(bytes, Self::ID)?;
        FileIdentifierDescriptor::parse_behind(tag, bytes)
    }

    /// As [`FileIdentifierDescriptor::parse`], where `tag` has been read from `bytes` and judged by the
    /// caller: also a descriptor whose CRC is wrong can be looked at.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn parse_behind(tag: Tag, bytes: &'a [u8]) -> Result<FileIdentifierDescriptor<'a>, Error> {
        let body = bytes.get(Tag::SIZE..).unwrap_or_default();
        run(NAME, body, |input| fields(tag, input))
    }

    /// Bytes of the descriptor, padding counted.
    #[must_use]
    pub const fn size(&self) -> usize {
        Self::padded(self.implementation_use.len(), self.identifier.len())
    }

    /// Writes the descriptor to the beginning of `output` and returns how many bytes it takes; those behind
    /// stay as they are.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`], [`Error::CrcLength`], and [`Error::Length`] for an identifier over 255 or
    /// implementation use over 65,535 bytes.
    pub fn encode(&self, output: &mut [u8]) -> Result<usize, Error> {
        let too_long =
            |field, value: usize, most| Error::Length { structure: NAME, field, value: value as u64, most };
        let (use_length, length) = (self.implementation_use.len(), self.identifier.len());
        let Ok(identifier_length) = std::primitive::u8::try_from(length) else {
            return Err(too_long("length of file identifier", length, 255));
        };
        let Ok(implementation_length) = u16::try_from(use_length) else {
            return Err(too_long("length of implementation use", use_length, 65_535));
        };
        let (size, available) = (self.size(), output.len());
        let Some(output) = output.get_mut(..size) else {
            return Err(Error::BlockTooSmall { structure: NAME, needed: size, block: available });
        };
        clear(NAME, output, size)?;
        put(output, 16, &self.version.to_le_bytes());
        output[18] = self.characteristics.bits();
        output[19] = identifier_length;
        put(output, 20, &self.icb.bytes());
        put(output, 36, &implementation_length.to_le_bytes());
        put(output, Self::FIXED, self.implementation_use);
        put(output, Self::FIXED + use_length, self.identifier);
        self.tag.seal(output)?;
        Ok(size)
    }
}

fn fields(tag: Tag, input: &[u8]) -> IResult<&[u8], FileIdentifierDescriptor<'_>> {
    use nom::bytes::complete::take;
    let (input, (version, characteristics, length)) = (le_u16, u8, u8).parse(input)?;
    let (input, (icb, implementation_length)) = (LongAd::parse, le_u16).parse(input)?;
    let (input, (implementation_use, identifier)) =
        (take(implementation_length), take(length)).parse(input)?;
    let descriptor = FileIdentifierDescriptor {
        tag,
        version,
        characteristics: FileCharacteristics::from_bits_retain(characteristics),
        icb,
        implementation_use,
        identifier,
    };
    Ok((input, descriptor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use proptest::prelude::*;

    #[test]
    fn a_hidden_directory() {
        let bytes = testing::block(
            44,
            &[
                (0, &[0x01, 0x01, 0x02, 0, 0x80, 0, 0, 0, 0xb7, 0xa0, 0x1c, 0, 0x09, 0, 0, 0]),
                (16, &[0x01, 0]),
                (18, &[0x03, 0x03]),
                (20, &[0, 0x08, 0, 0, 0x21, 0, 0, 0, 0x01, 0, 0, 0, 0x11, 0, 0, 0]),
                (36, &[0, 0]),
                (38, &[0x08, 0x61, 0xe9]),
            ],
        );
        let entry = FileIdentifierDescriptor::parse(&bytes).unwrap();
        assert_eq!((entry.tag.location, entry.version), (9, 1));
        assert_eq!(entry.characteristics, FileCharacteristics::HIDDEN | FileCharacteristics::DIRECTORY);
        assert_eq!((entry.icb.length(), entry.icb.block, entry.icb.partition), (2048, 33, 1));
        assert_eq!(entry.icb.implementation_use, [0, 0, 17, 0, 0, 0]);
        assert!(entry.implementation_use.is_empty());
        assert_eq!(crate::cs0::decode(entry.identifier).unwrap(), "aé");
        let mut output = [0xff; 50];
        assert_eq!(entry.encode(&mut output), Ok(44));
        assert_eq!(&output[..44], bytes);
        assert_eq!(output[44..], [0xff; 6], "what is behind is not touched");
        assert_eq!(FileIdentifierDescriptor::size_of(&bytes), Ok(44));
        assert!(matches!(entry.encode(&mut [0; 43]), Err(Error::BlockTooSmall { needed: 44, .. })));
    }

    #[test]
    fn sizes() {
        assert_eq!(FileIdentifierDescriptor::padded(0, 0), 40);
        assert_eq!(FileIdentifierDescriptor::padded(32, 2), 72);
        assert_eq!(FileIdentifierDescriptor::padded(32, 3), 76);
        assert_eq!(FileIdentifierDescriptor::MAX_SIZE, 65_828);
        assert!(FileIdentifierDescriptor::size_of(&[0; 37]).is_err());
        assert_eq!(FileIdentifierDescriptor::size_of(&[0xff; 38]), Ok(65_828));
    }

    #[test]
    fn what_length_fields_cannot_say() {
        let tag = Tag { id: TagId::FILE_IDENTIFIER, version: 2, serial: 0, crc_length: 0, location: 0 };
        let entry = FileIdentifierDescriptor {
            tag,
            version: 1,
            characteristics: FileCharacteristics::empty(),
            icb: LongAd::default(),
            implementation_use: &[],
            identifier: &[8; 256],
        };
        let mut output = vec![0; 70_000];
        assert!(matches!(entry.encode(&mut output), Err(Error::Length { value: 256, most: 255, .. })));
        let large = vec![0; 65_536];
        let entry = FileIdentifierDescriptor { identifier: &[], implementation_use: &large, ..entry };
        assert!(matches!(entry.encode(&mut output), Err(Error::Length { value: 65_536, .. })));
    }

    proptest! {
        #[test]
        fn survives(
            mut bytes in prop::collection::vec(any::<u8>(), 400..500),
            identifier: u8,
            implementation_use in 0..100u8,
            padding: bool,
        ) {
            bytes[19] = identifier;
            bytes[36..38].copy_from_slice(&[implementation_use, 0]);
            let size = FileIdentifierDescriptor::size_of(&bytes).unwrap();
            let fields = 38 + usize::from(identifier) + usize::from(implementation_use);
            // Writers differ in whether the CRC covers the padding.
            bytes[fields..size].fill(0);
            let crc_length = (if padding { size } else { fields } - 16) as u16;
            let tag = Tag { id: TagId::FILE_IDENTIFIER, version: 3, serial: 2, crc_length, location: 8 };
            tag.seal(&mut bytes).unwrap();
            let entry = FileIdentifierDescriptor::parse(&bytes).unwrap();
            prop_assert_eq!(entry.size(), size);
            let mut output = vec![0xff; size];
            prop_assert_eq!(entry.encode(&mut output), Ok(size));
            prop_assert_eq!(&output, &bytes[..size]);
            // The padding may be missing at the end of a directory.
            if !padding {
                prop_assert_eq!(FileIdentifierDescriptor::parse(&bytes[..fields]), Ok(entry));
            }
        }

        #[test]
        fn any_bytes(mut bytes in prop::collection::vec(any::<u8>(), 16..=100)) {
            let tag = Tag { id: TagId::FILE_IDENTIFIER, version: 3, serial: 0, crc_length: 0, location: 8 };
            tag.seal(&mut bytes).unwrap();
            let _ = FileIdentifierDescriptor::parse(&bytes);
            let _ = FileIdentifierDescriptor::size_of(&bytes);
        }
    }
}
