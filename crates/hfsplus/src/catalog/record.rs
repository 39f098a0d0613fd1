use nom::number::complete::be_u16;
use nom::{IResult, Parser};

use super::{CatalogFile, CatalogFolder, CatalogThread, FILE, FILE_THREAD, FOLDER, FOLDER_THREAD, ThreadOf};
use crate::Error;
use crate::bytes::run;

/// The data of a record of the catalog: what follows its key (TN1150, Catalog File Data).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CatalogRecord {
    /// A folder.
    Folder(CatalogFolder),
    /// A file.
    File(CatalogFile),
    /// Leads from a number to the place of what has it.
    Thread(CatalogThread),
}

impl CatalogRecord {
    /// Reads the data of a record.
    ///
    /// # Errors
    /// [`Error::Truncated`], and [`Error::Value`] for a type that is none.
    pub fn parse(input: &[u8]) -> Result<CatalogRecord, Error> {
        let structure = "catalog record";
        let kind = run(structure, input, |input| -> IResult<&[u8], u16> { be_u16.parse(input) })?;
        let rest = &input[2..];
        match kind {
            FOLDER => run("catalog folder", rest, CatalogFolder::parse).map(CatalogRecord::Folder),
            FILE => run("catalog file", rest, CatalogFile::parse).map(CatalogRecord::File),
            FOLDER_THREAD | FILE_THREAD => {
                let of = if kind == FILE_THREAD { ThreadOf::File } else { ThreadOf::Folder };
                run("catalog thread", rest, |rest| CatalogThread::parse(rest, of)).map(CatalogRecord::Thread)
            }
            value => Err(Error::Value { structure, field: "recordType", value: value.into() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bsd_info::tests::any_info;
    use crate::fork_data::tests::any_fork;
    use crate::{BsdInfo, CatalogNodeId, Date, ExtentDescriptor, FileInfo, FolderInfo, ForkData};
    use proptest::prelude::*;

    /// Bytes 4 to 88 of a folder or file: one item or reserved, number 18, dates 1 to 5, user 500.
    fn head(kind: u8, flags: u8, valence: u8) -> Vec<u8> {
        let mut bytes = vec![0, kind, 0, flags, 0, 0, 0, valence, 0, 0, 0, 18];
        (1..=5).for_each(|date| bytes.extend_from_slice(&[0, 0, 0, date]));
        bytes.extend_from_slice(&[0, 0, 1, 0xf4, 0, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn a_folder_by_the_table() {
        let mut bytes = head(1, 0, 1);
        bytes.extend_from_slice(&[0x41, 0xed, 0, 0, 0, 0]);
        bytes.resize(88, 0);
        bytes[83] = 0x7e;
        let folder = CatalogFolder {
            valence: 1,
            folder_id: CatalogNodeId(18),
            create_date: Date(1),
            content_mod_date: Date(2),
            attribute_mod_date: Date(3),
            access_date: Date(4),
            backup_date: Date(5),
            permissions: BsdInfo { owner_id: 500, file_mode: 0o40_755, ..BsdInfo::default() },
            text_encoding: 126,
            ..CatalogFolder::default()
        };
        assert_eq!(folder.encode().to_vec(), bytes);
        assert_eq!(CatalogRecord::parse(&bytes), Ok(CatalogRecord::Folder(folder)));
        assert!(matches!(CatalogRecord::parse(&bytes[..87]), Err(Error::Truncated { .. })));
    }

    #[test]
    fn a_file_by_the_table() {
        let mut bytes = head(2, 2, 0);
        bytes.extend_from_slice(&[0x81, 0xa4, 0, 0, 0, 1]);
        bytes.extend_from_slice(b"TEXTttxt");
        bytes.resize(248, 0);
        bytes[95] = 6;
        bytes[103] = 1;
        bytes[107] = 9;
        bytes[111] = 1;
        let file = CatalogFile {
            flags: CatalogFile::THREAD_EXISTS,
            file_id: CatalogNodeId(18),
            create_date: Date(1),
            content_mod_date: Date(2),
            attribute_mod_date: Date(3),
            access_date: Date(4),
            backup_date: Date(5),
            permissions: BsdInfo { owner_id: 500, file_mode: 0o100_644, special: 1, ..BsdInfo::default() },
            user_info: FileInfo::of(*b"TEXT", *b"ttxt"),
            data_fork: ForkData::contiguous(6, ExtentDescriptor { start_block: 9, block_count: 1 }),
            ..CatalogFile::default()
        };
        assert_eq!(file.encode().to_vec(), bytes);
        assert_eq!(CatalogRecord::parse(&bytes), Ok(CatalogRecord::File(file)));
    }

    #[test]
    fn a_thread_by_the_table() {
        let bytes = [0, 4, 0, 0, 0, 0, 0, 2, 0, 1, 0, 0x61];
        let thread = CatalogThread {
            of: ThreadOf::File,
            parent_id: CatalogNodeId::ROOT_FOLDER,
            node_name: vec![0x61],
        };
        let mut encoded = Vec::new();
        thread.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);
        assert_eq!(CatalogRecord::parse(&bytes), Ok(CatalogRecord::Thread(thread)));
        assert!(matches!(CatalogRecord::parse(&[0, 5]), Err(Error::Value { value: 5, .. })));
    }

    proptest! {
        #[test]
        fn files_both_ways(
            (flags, id, dates) in any::<(u16, u32, [u32; 5])>(),
            permissions in any_info(),
            user_info in crate::file_info::tests::any_info(),
            text_encoding: u32,
            data_fork in any_fork(),
            resource_fork in any_fork(),
        ) {
            let file = CatalogFile {
                flags,
                file_id: CatalogNodeId(id),
                create_date: Date(dates[0]),
                content_mod_date: Date(dates[1]),
                attribute_mod_date: Date(dates[2]),
                access_date: Date(dates[3]),
                backup_date: Date(dates[4]),
                permissions,
                user_info,
                text_encoding,
                data_fork,
                resource_fork,
            };
            prop_assert_eq!(CatalogRecord::parse(&file.encode()), Ok(CatalogRecord::File(file)));
        }

        #[test]
        fn folders_both_ways(
            (flags, valence, id, dates) in any::<(u16, u32, u32, [u32; 5])>(),
            permissions in any_info(),
            user_info in crate::folder_info::tests::any_info(),
            text_encoding: u32,
        ) {
            let folder = CatalogFolder {
                flags,
                valence,
                folder_id: CatalogNodeId(id),
                create_date: Date(dates[0]),
                content_mod_date: Date(dates[1]),
                attribute_mod_date: Date(dates[2]),
                access_date: Date(dates[3]),
                backup_date: Date(dates[4]),
                permissions,
                user_info,
                text_encoding,
            };
            prop_assert_eq!(CatalogRecord::parse(&folder.encode()), Ok(CatalogRecord::Folder(folder)));
        }

        #[test]
        fn threads_both_ways(is_file: bool, parent: u32, node_name in prop::collection::vec(any::<u16>(), 0..=255)) {
            let of = if is_file { ThreadOf::File } else { ThreadOf::Folder };
            let thread = CatalogThread { of, parent_id: CatalogNodeId(parent), node_name };
            let mut bytes = Vec::new();
            thread.encode(&mut bytes).unwrap();
            prop_assert_eq!(bytes.len(), CatalogThread::encoded_len(thread.node_name.len()));
            prop_assert_eq!(CatalogRecord::parse(&bytes), Ok(CatalogRecord::Thread(thread)));
        }

        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = CatalogRecord::parse(&bytes);
        }
    }

    #[test]
    fn a_hidden_folder_is_one() {
        let folder = CatalogFolder { user_info: FolderInfo::HIDDEN, ..CatalogFolder::default() };
        assert_eq!(folder.encode()[56], 0x50);
    }
}
