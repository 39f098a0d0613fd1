use byteorder::{BigEndian, ByteOrder};
use nom::multi::fill;
use nom::number::complete::{be_u16, be_u32};
use nom::{IResult, Parser};

use super::FOLDER;
use crate::{BsdInfo, CatalogNodeId, Date, FolderInfo};

/// A folder, 88 bytes (TN1150, `HFSPlusCatalogFolder`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CatalogFolder {
    /// Flags; none has a meaning for folders.
    pub flags: u16,
    /// Items in it.
    pub valence: u32,
    /// Its number.
    pub folder_id: CatalogNodeId,
    /// When it was made.
    pub create_date: Date,
    /// When an item was last added or removed.
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
    pub user_info: FolderInfo,
    /// The encoding that its name came from.
    pub text_encoding: u32,
}

impl CatalogFolder {
    /// Bytes of the structure.
    pub const LEN: usize = 88;

    /// Reads what follows the record's type.
    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], CatalogFolder> {
        let mut words = [0; 7];
        let (rest, flags) = be_u16.parse(input)?;
        let (rest, ()) = fill(be_u32, &mut words).parse(rest)?;
        let (rest, (permissions, user_info, text_encoding, _reserved)) =
            (BsdInfo::parse, FolderInfo::parse, be_u32, be_u32).parse(rest)?;
        let [valence, id, created, content, attribute, access, backup] = words;
        let folder = CatalogFolder {
            flags,
            valence,
            folder_id: CatalogNodeId(id),
            create_date: Date(created),
            content_mod_date: Date(content),
            attribute_mod_date: Date(attribute),
            access_date: Date(access),
            backup_date: Date(backup),
            permissions,
            user_info,
            text_encoding,
        };
        Ok((rest, folder))
    }

    /// The record as it is recorded.
    #[must_use]
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        BigEndian::write_u16(&mut bytes[..2], FOLDER);
        BigEndian::write_u16(&mut bytes[2..4], self.flags);
        let words = [
            self.valence,
            self.folder_id.0,
            self.create_date.0,
            self.content_mod_date.0,
            self.attribute_mod_date.0,
            self.access_date.0,
            self.backup_date.0,
        ];
        for (place, word) in bytes[4..32].chunks_exact_mut(4).zip(words) {
            BigEndian::write_u32(place, word);
        }
        bytes[32..48].copy_from_slice(&self.permissions.encode());
        bytes[48..80].copy_from_slice(&self.user_info.encode());
        BigEndian::write_u32(&mut bytes[80..84], self.text_encoding);
        bytes
    }
}
