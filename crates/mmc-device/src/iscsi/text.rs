//! Keys and values (RFC 7143, clause 6.1): `key=value`, each ended by a zero byte.

/// Longest key.
const LONGEST_KEY: usize = 63;
/// Longest value that a key of this target has.
const LONGEST_VALUE: usize = 255;
/// Most keys in one text: an answer then fits in the 8192 bytes that every initiator takes.
const MOST_KEYS: usize = 64;

/// Why a text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadText;

/// The keys of a text, in its order. None stands there twice.
pub(super) fn parse(text: &[u8]) -> Result<Vec<(&str, &str)>, BadText> {
    let mut keys: Vec<(&str, &str)> = Vec::new();
    for pair in text.split(|byte| *byte == 0).filter(|pair| !pair.is_empty()) {
        let pair = str::from_utf8(pair).map_err(|_| BadText)?;
        let (key, value) = pair.split_once('=').ok_or(BadText)?;
        let fits = !key.is_empty() && key.len() <= LONGEST_KEY && value.len() <= LONGEST_VALUE;
        if !fits || keys.len() == MOST_KEYS || keys.iter().any(|(other, _)| *other == key) {
            return Err(BadText);
        }
        keys.push((key, value));
    }
    Ok(keys)
}

pub(super) fn append(text: &mut Vec<u8>, key: &str, value: &str) {
    text.extend_from_slice(key.as_bytes());
    text.push(b'=');
    text.extend_from_slice(value.as_bytes());
    text.push(0);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn literally() {
        let text = b"InitiatorName=iqn.2026-01.invalid:x\0SessionType=Normal\0Empty=\0";
        let expected = [("InitiatorName", "iqn.2026-01.invalid:x"), ("SessionType", "Normal"), ("Empty", "")];
        assert_eq!(parse(text).unwrap(), expected);
        assert_eq!(parse(b"").unwrap(), []);
        for bad in [&b"no value\0"[..], b"=x\0", b"a=1\0a=2\0", b"a=\xFF\0"] {
            assert_eq!(parse(bad), Err(BadText), "{bad:?}");
        }
        assert_eq!(parse(&[b"a=".as_slice(), &[b'x'; 256]].concat()), Err(BadText));
        assert_eq!(parse(&[[b'k'; 64].as_slice(), b"=x"].concat()), Err(BadText));
    }

    proptest! {
        #[test]
        fn round_trip(keys in proptest::collection::btree_map("[A-Za-z]{1,63}", "[ -~]{0,255}", 0..64)) {
            let mut text = Vec::new();
            for (key, value) in &keys {
                append(&mut text, key, value);
            }
            let expected: Vec<(&str, &str)> =
                keys.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            prop_assert_eq!(parse(&text).unwrap(), expected);
        }
    }
}
