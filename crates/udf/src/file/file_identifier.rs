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
