use byteorder::{BigEndian, ByteOrder};
use nom::multi::fill;
use nom::number::complete::{be_u16, be_u32};
use nom::{IResult, Parser};

use super::FILE;
use crate::{BsdInfo, CatalogNodeId, Date, FileInfo, ForkData};

/// A file, 248 bytes (TN1150, `HFSPlusCatalogFile`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CatalogFile {
    /// Flags: see the constants.
    pub flags: u16,
    /// Its number.
    pub file_id: CatalogNodeId,
    /// When it was made. That of a hard link is the metadata folder's.
    pub create_date: Date,
    /// When its content was last changed.
    pub content_mod_date: Date,
    /// When anything of this record was last changed.
    pub attribute_mod_date: Date,
    /// When it was last read.
    pub access_date: Date,
    /// When it was last copied.
    pub backup_date: Date,
    /// Owner and permissions.
    pub permissions: BsdInfo,
    /// What the Finder keeps.
    pub user_info: FileInfo,
    /// The encoding that its name came from.
    pub text_encoding: u32,
    /// Its content.
    pub data_fork: ForkData,
    /// What programs for the Mac OS keep beside that.
    pub resource_fork: ForkData,
}

impl CatalogFile {
    /// Bytes of the structure.
    pub const LEN: usize = 248;

    /// It has a thread record (`kHFSThreadExistsMask`), as all files of HFS Plus do.
    pub const THREAD_EXISTS: u16 = 2;

    /// Reads what follows the record's type.
    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], CatalogFile> {
        let mut words = [0; 7];
        let (rest, flags) = be_u16.parse(input)?;
        let (rest, ()) = fill(be_u32, &mut words).parse(rest)?;
        let (rest, (permissions, user_info, text_encoding, _reserved)) =
            (BsdInfo::parse, FileInfo::parse, be_u32, be_u32).parse(rest)?;
        let (rest, (data_fork, resource_fork)) = (ForkData::parse, ForkData::parse).parse(rest)?;
        let [_reserved, id, created, content, attribute, access, backup] = words;
        let file = CatalogFile {
            flags,
            file_id: CatalogNodeId(id),
            create_date: Date(created),
            content_mod_date: Date(content),
            attribute_mod_date: Date(attribute),
            access_date: Date(access),
            backup_date: Date(backup),
            permissions,
            user_info,
            text_encoding,
            data_fork,
            resource_fork,
        };
        Ok((rest, file))
    }

    /// The record as it is recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        BigEndian::write_u16(&mut bytes[..2], FILE);
        BigEndian::write_u16(&mut bytes[2..4], self.flags);
        let words = [
            self.file_id.0,
            self.create_date.0,
            self.content_mod_date.0,
            self.attribute_mod_date.0,
            self.access_date.0,
            self.backup_date.0,
        ];
        for (place, word) in bytes[8..32].chunks_exact_mut(4).zip(words) {
            BigEndian::write_u32(place, word);
        }
        bytes[32..48].copy_from_slice(&self.permissions.encode());
        bytes[48..80].copy_from_slice(&self.user_info.encode());
        BigEndian::write_u32(&mut bytes[80..84], self.text_encoding);
        bytes[88..168].copy_from_slice(&self.data_fork.encode());
        bytes[168..].copy_from_slice(&self.resource_fork.encode());
        bytes
    }
}
