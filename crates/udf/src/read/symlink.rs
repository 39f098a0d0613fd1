//! Path components (ECMA-167 4/14.16): the content of symbolic links.

use super::identifier::decode_name;
use crate::file::{ComponentType, PathComponents};

/// Most bytes of path components that are read.
pub(super) const MOST_BYTES: u64 = 65_536;

/// Puts the components together with slashes; tells what is wrong, if something is.
pub(super) fn decode_target(content: &[u8], target: &mut Vec<u8>) -> Option<&'static str> {
    let mut wrong = None;
    // Whether the target ends with a slash that stands for the root.
    let mut is_root = false;
    let mut is_first = true;
    for component in PathComponents::new(content) {
        let Ok(component) = component else { return Some("a target of a link that ends inside a component") };
        let kind = component.component_type;
        let root = matches!(kind, ComponentType::AGREED_ROOT | ComponentType::ROOT);
        if root {
            if !is_first {
                wrong = Some("a root inside a link's target, which begins again there");
            }
            target.clear();
            target.push(b'/');
        } else {
            if !is_first && !is_root {
                target.push(b'/');
            }
            match kind {
                ComponentType::PARENT => target.extend_from_slice(b".."),
                ComponentType::CURRENT => target.push(b'.'),
                ComponentType::NAME => wrong = decode_name(component.identifier, target).or(wrong),
                _ => return Some("a component of a link's target of unknown type"),
            }
        }
        (is_root, is_first) = (root, false);
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(content: &[u8]) -> (String, bool) {
        let mut target = Vec::new();
        let wrong = decode_target(content, &mut target);
        (String::from_utf8(target).unwrap(), wrong.is_some())
    }

    #[test]
    fn components_become_a_path() {
        let relative = [3, 0, 0, 0, 4, 0, 0, 0, 5, 3, 0, 0, 8, b'a', b'b', 5, 3, 0, 0, 16, 0x04, 0x16];
        assert_eq!(decoded(&relative), (".././ab/Ж".to_owned(), false));
        assert_eq!(decoded(&[2, 0, 0, 0, 5, 2, 0, 0, 8, b'x']), ("/x".to_owned(), false));
        assert_eq!(decoded(&[2, 0, 0, 0]), ("/".to_owned(), false));
        assert_eq!(decoded(&[]), (String::new(), false));
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert_eq!(decoded(&[5, 9, 0, 0, 8, b'x']), (String::new(), true));
        assert_eq!(decoded(&[5, 2, 0, 0, 8, b'x', 5]), ("x".to_owned(), true));
        assert_eq!(decoded(&[4, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0]), ("/.".to_owned(), true));
        assert_eq!(decoded(&[77, 0, 0, 0]), (String::new(), true));
    }
}
