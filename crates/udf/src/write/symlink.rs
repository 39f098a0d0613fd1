use crate::cs0;
use crate::file::{ComponentType, PathComponent};

use super::names;

/// The data of a symbolic link: path components (ECMA-167 4/14.16, UDF 2.3.13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymlinkData {
    /// The components.
    pub bytes: Vec<u8>,
    /// The target as readers see it, where that is not the one given: where names of it are too long for CS0
    /// or no UTF-8, and where slashes follow one another or end it.
    pub changed: Option<String>,
}

impl SymlinkData {
    /// The components of a target with slashes between its names, as POSIX has it.
    #[must_use]
    pub fn new(target: &[u8]) -> SymlinkData {
        let mut bytes = Vec::with_capacity(target.len() + 16);
        let mut shown: Vec<u8> = Vec::with_capacity(target.len());
        let names = match target.strip_prefix(b"/") {
            Some(rest) => {
                push(ComponentType::AGREED_ROOT, &[], &mut bytes);
                shown.push(b'/');
                rest
            }
            None => target,
        };
        let mut first = true;
        for name in names.split(|&byte| byte == b'/').filter(|name| !name.is_empty()) {
            if !first {
                shown.push(b'/');
            }
            first = false;
            match name {
                b"." => push(ComponentType::CURRENT, &[], &mut bytes),
                b".." => push(ComponentType::PARENT, &[], &mut bytes),
                name => {
                    let (text, _) = names::text(name);
                    let identifier = cs0::encode(&text, 255).unwrap_or_else(|_| names::cut(&text, ""));
                    push(ComponentType::NAME, &identifier, &mut bytes);
                    let units = cs0::units(&identifier).unwrap_or_default();
                    shown.extend_from_slice(String::from_utf16_lossy(&units).as_bytes());
                    continue;
                }
            }
            shown.extend_from_slice(name);
        }
        let changed = (shown != target).then(|| String::from_utf8_lossy(&shown).into_owned());
        SymlinkData { bytes, changed }
    }
}

/// Identifiers are cut to what a component holds, so this does not fail.
fn push(component_type: ComponentType, identifier: &[u8], out: &mut Vec<u8>) {
    let _ = PathComponent { component_type, version: 0, identifier }.encode(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_component() {
        let link = SymlinkData::new("/a/../\u{436}/.".as_bytes());
        let expected: [&[u8]; 5] =
            [&[1, 0, 0, 0], &[5, 2, 0, 0, 8, b'a'], &[3, 0, 0, 0], &[5, 3, 0, 0, 16, 4, 0x36], &[4, 0, 0, 0]];
        assert_eq!(link, SymlinkData { bytes: expected.concat(), changed: None });
    }

    #[test]
    fn what_readers_will_see_otherwise() {
        assert_eq!(SymlinkData::new(b"a//b/").changed.as_deref(), Some("a/b"));
        assert_eq!(SymlinkData::new(b"//a").changed.as_deref(), Some("/a"));
        assert_eq!(SymlinkData::new(b"a\xff").changed.as_deref(), Some("a_"));
        assert_eq!(SymlinkData::new(b"/").changed, None);
        let long = format!("x/{}", "y".repeat(300));
        let shown = format!("x/{}", "y".repeat(254));
        assert_eq!(SymlinkData::new(long.as_bytes()).changed, Some(shown));
    }
}
