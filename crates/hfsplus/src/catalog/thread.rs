use nom::multi::count;
use nom::number::complete::{be_u16, be_u32};
use nom::{IResult, Parser};

use super::key::append_name;
use super::{FILE_THREAD, FOLDER_THREAD};
use crate::{CatalogNodeId, Error, MAX_NAME};

/// What a thread record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThreadOf {
    /// A folder.
    Folder,
    /// A file.
    File,
}

/// Leads from an item's number to its place (TN1150, `HFSPlusCatalogThread`): 10 to 520 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CatalogThread {
    /// What it is of.
    pub of: ThreadOf,
    /// Folder that the item is in.
    pub parent_id: CatalogNodeId,
    /// Its name, as it is recorded.
    pub node_name: Vec<u16>,
}

impl CatalogThread {
    /// Bytes of the record with a name of so many units.
    #[must_use]
    pub const fn encoded_len(units: usize) -> usize {
        10 + 2 * units
    }

    /// Reads what follows the record's type.
    pub(super) fn parse(input: &[u8], of: ThreadOf) -> IResult<&[u8], CatalogThread> {
        let (rest, (_reserved, parent, units)) = (be_u16, be_u32, be_u16).parse(input)?;
        let (rest, node_name) = count(be_u16, units.min(MAX_NAME as u16).into()).parse(rest)?;
        Ok((rest, CatalogThread { of, parent_id: CatalogNodeId(parent), node_name }))
    }

    /// Appends the record.
    ///
    /// # Errors
    /// [`Error::NameTooLong`].
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        CatalogThread::append(self.of, self.parent_id, &self.node_name, out)
    }

    /// Appends the record of these fields.
    ///
    /// # Errors
    /// [`Error::NameTooLong`].
    pub fn append(of: ThreadOf, parent: CatalogNodeId, name: &[u16], out: &mut Vec<u8>) -> Result<(), Error> {
        if name.len() > MAX_NAME {
            return Err(Error::NameTooLong { units: name.len() });
        }
        let kind = match of {
            ThreadOf::Folder => FOLDER_THREAD,
            ThreadOf::File => FILE_THREAD,
        };
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&[0; 2]);
        out.extend_from_slice(&parent.0.to_be_bytes());
        append_name(name, out);
        Ok(())
    }
}
