use std::iter::FusedIterator;

use nom::bytes::complete::take;
use nom::number::complete::{le_u16, u8};
use nom::{IResult, Parser};

use crate::Error;
use crate::nom_ext::run;

/// What a path component stands for (ECMA-167 4/14.16.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ComponentType(pub u8);

impl ComponentType {
    /// The root of a hierarchy that writer and reader have agreed on; without an identifier, the root of all
    /// of the reader's file systems: what `/` is in a POSIX path.
    pub const AGREED_ROOT: ComponentType = ComponentType(1);
    /// The root of the file system that the path is recorded in.
    pub const ROOT: ComponentType = ComponentType(2);
    /// The parent of the component before.
    pub const PARENT: ComponentType = ComponentType(3);
    /// The same as the component before.
    pub const CURRENT: ComponentType = ComponentType(4);
    /// An object by its name.
    pub const NAME: ComponentType = ComponentType(5);
}

/// A path component (ECMA-167 4/14.16.1): the content of a symbolic link is a sequence of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PathComponent<'a> {
    /// Component type.
    pub component_type: ComponentType,
    /// Component file version number; 0 is any.
    pub version: u16,
    /// Component identifier in CS0, at most 255 bytes.
    pub identifier: &'a [u8],
}

const NAME: &str = "path component";

impl<'a> PathComponent<'a> {
    /// Bytes in front of the identifier.
    pub const FIXED: usize = 4;

    /// The component at the beginning of `bytes`, and what is behind it.
    ///
    /// # Errors
    /// [`Error::Truncated`].
    pub fn parse(bytes: &'a [u8]) -> Result<(PathComponent<'a>, &'a [u8]), Error> {
        let component = run(NAME, bytes, fields)?;
        Ok((component, bytes.get(component.size()..).unwrap_or_default()))
    }

    /// Bytes of the component.
    #[must_use]
    pub const fn size(&self) -> usize {
        Self::FIXED + self.identifier.len()
    }

    /// Appends the component to a path.
    ///
    /// # Errors
    /// [`Error::Length`] for an identifier over 255 bytes.
    pub fn encode(&self, path: &mut Vec<u8>) -> Result<(), Error> {
        let length = self.identifier.len();
        let Ok(identifier_length) = std::primitive::u8::try_from(length) else {
            let (field, value) = ("length of component identifier", length as u64);
            return Err(Error::Length { structure: NAME, field, value, most: 255 });
        };
        path.extend([self.component_type.0, identifier_length]);
        path.extend(self.version.to_le_bytes());
        path.extend(self.identifier);
        Ok(())
    }
}

fn fields(input: &[u8]) -> IResult<&[u8], PathComponent<'_>> {
    let (input, (component_type, length, version)) = (u8, u8, le_u16).parse(input)?;
    let (input, identifier) = take(length).parse(input)?;
    Ok((input, PathComponent { component_type: ComponentType(component_type), version, identifier }))
}

/// The components of a path (ECMA-167 4/8.7), up to the first that is not complete, which is an error.
#[derive(Clone, Debug)]
pub struct PathComponents<'a>(&'a [u8]);

impl<'a> PathComponents<'a> {
    /// Those in `path`, the content of a symbolic link.
    #[must_use]
    pub const fn new(path: &'a [u8]) -> PathComponents<'a> {
        PathComponents(path)
    }
}

impl<'a> Iterator for PathComponents<'a> {
    type Item = Result<PathComponent<'a>, Error>;

    fn next(&mut self) -> Option<Result<PathComponent<'a>, Error>> {
        if self.0.is_empty() {
            return None;
        }
        match PathComponent::parse(std::mem::take(&mut self.0)) {
            Ok((component, rest)) => {
                self.0 = rest;
                Some(Ok(component))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

impl FusedIterator for PathComponents<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATH: [u8; 21] = [1, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 5, 0x02, 0x01, 16, 0x04, 0x36, 0, 0x61];

    #[test]
    fn every_kind_of_component() {
        let of = |component_type, version, identifier| PathComponent { component_type, version, identifier };
        let expected = [
            of(ComponentType::AGREED_ROOT, 0, &[][..]),
            of(ComponentType::PARENT, 0, &[]),
            of(ComponentType::CURRENT, 0, &[]),
            of(ComponentType::NAME, 258, &[16, 0x04, 0x36, 0, 0x61]),
        ];
        let components: Vec<_> = PathComponents::new(&PATH).map(Result::unwrap).collect();
        assert_eq!(components, expected);
        let mut path = Vec::new();
        for component in &components {
            component.encode(&mut path).unwrap();
        }
        assert_eq!(path, PATH);
    }

    #[test]
    fn an_incomplete_one_is_the_last() {
        let mut components = PathComponents::new(&PATH[..20]).skip(3);
        assert!(matches!(components.next(), Some(Err(Error::Truncated { available: 8, .. }))));
        assert_eq!(components.next(), None);
        let long = PathComponent { component_type: ComponentType::NAME, version: 0, identifier: &[8; 256] };
        assert!(matches!(long.encode(&mut Vec::new()), Err(Error::Length { value: 256, most: 255, .. })));
    }

    proptest! {
        #[test]
        fn any_bytes(path in prop::collection::vec(any::<u8>(), 0..600)) {
            let mut encoded = Vec::new();
            for component in PathComponents::new(&path).map_while(Result::ok) {
                component.encode(&mut encoded).unwrap();
            }
            prop_assert_eq!(&encoded, &path[..encoded.len()]);
        }
    }
}
