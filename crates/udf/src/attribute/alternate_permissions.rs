use nom::Parser;
use nom::number::complete::le_u16;

use super::generic::push;
use super::{AttributeType, ExtendedAttribute};
use crate::Error;
use crate::nom_ext::run;

/// Alternate permissions (ECMA-167 4/14.10.4). Not to be recorded in UDF (3.3.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AlternatePermissions {
    /// Owner identification.
    pub owner: u16,
    /// Group identification.
    pub group: u16,
    /// Permission: 4 bits for each of system, owner, group and other; a bit that is set forbids.
    pub permission: u16,
}

const NAME: &str = "alternate permissions";

impl AlternatePermissions {
    /// What the attribute says.
    ///
    /// # Errors
    /// [`Error::Truncated`]; [`Error::Value`] for another attribute.
    pub fn parse(attribute: &ExtendedAttribute<'_>) -> Result<AlternatePermissions, Error> {
        let data = attribute.data_of(AttributeType::ALTERNATE_PERMISSIONS, NAME)?;
        let (owner, group, permission) = run(NAME, data, |input| (le_u16, le_u16, le_u16).parse(input))?;
        Ok(AlternatePermissions { owner, group, permission })
    }

    /// Appends the attribute.
    ///
    /// # Errors
    /// None that can occur.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let parts: [&[u8]; 3] =
            [&self.owner.to_le_bytes(), &self.group.to_le_bytes(), &self.permission.to_le_bytes()];
        push(AttributeType::ALTERNATE_PERMISSIONS, &parts, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nobody_may_write() {
        let bytes = [3, 0, 0, 0, 1, 0, 0, 0, 20, 0, 0, 0, 0xe8, 0x03, 0x64, 0, 0x22, 0x22, 0, 0];
        let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
        let permissions = AlternatePermissions::parse(&attribute).unwrap();
        assert_eq!(permissions, AlternatePermissions { owner: 1000, group: 100, permission: 0x2222 });
        let mut encoded = Vec::new();
        permissions.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);
    }

    proptest! {
        #[test]
        fn survives(owner: u16, group: u16, permission: u16) {
            let permissions = AlternatePermissions { owner, group, permission };
            let mut bytes = Vec::new();
            permissions.encode(&mut bytes).unwrap();
            let (attribute, _) = ExtendedAttribute::parse(&bytes).unwrap();
            prop_assert_eq!(AlternatePermissions::parse(&attribute), Ok(permissions));
        }
    }
}
