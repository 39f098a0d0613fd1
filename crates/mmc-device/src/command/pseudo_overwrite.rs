//! READ DISC INFORMATION (51h), type 2: what is left for pseudo-overwrite on a BD-R.

use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u32, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Length of the reply.
pub const REPLY: usize = 16;

/// The type of disc information, which the reply repeats in its upper bits.
const TYPE: u8 = 2;

/// What is left for pseudo-overwrite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PseudoOverwriteResources {
    /// Clusters that can still be replaced.
    pub replacements: u32,
    /// Entries left in the map of replaced clusters.
    pub map_entries: u32,
    /// Updates of that map.
    pub updates: u32,
}

/// The command.
#[must_use]
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::READ_DISC_INFORMATION.0, TYPE, 0, 0, 0, 0, 0, 0, REPLY as u8, 0])
}

impl PseudoOverwriteResources {
    /// Clusters that can be replaced: each takes an entry of the map.
    #[must_use]
    pub fn clusters(&self) -> u32 {
        self.replacements.min(self.map_entries)
    }

    /// Reads the reply.
    ///
    /// # Errors
    /// When it is too short, or of another type: drives that know one type only answer with that.
    pub fn parse(reply: &[u8]) -> Result<PseudoOverwriteResources, BadReply> {
        let fields = (take::<_, _, Fail<'_>>(2usize), byte, byte, be_u32, be_u32, be_u32).parse(reply);
        let (_, (_, kind, _, replacements, map_entries, updates)) =
            fields.map_err(|_| BadReply("shorter than sixteen bytes"))?;
        if kind >> 5 != TYPE {
            return Err(BadReply("another type of disc information than the one asked for"));
        }
        Ok(PseudoOverwriteResources { replacements, map_entries, updates })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb().as_bytes(), [0x51, 2, 0, 0, 0, 0, 0, 0, 16, 0]);
        let reply = [0, 14, 0x40, 0, 0, 1, 0x23, 0x45, 0, 0, 0x7F, 0xFE, 0, 0, 0, 2];
        let left = PseudoOverwriteResources::parse(&reply).unwrap();
        assert_eq!((left.replacements, left.map_entries, left.updates), (0x1_2345, 0x7FFE, 2));
        assert_eq!(left.clusters(), 0x7FFE);
        assert!(PseudoOverwriteResources::parse(&reply[..15]).is_err());
        let standard = [0, 32, 0x01, 1, 1, 1, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0];
        assert!(PseudoOverwriteResources::parse(&standard).is_err());
    }
}
