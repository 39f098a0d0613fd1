//! The order of names (TN1150, Case-Insensitive String Comparison Algorithm).

use std::cmp::Ordering;

/// Capital letters by ranges: the first, the last, how far apart they are, and how far from its capital a small letter
/// is. TN1150's table knows the letters of Unicode 2.1 but those that have a decomposition.
#[rustfmt::skip]
const CAPITALS: &[(u16, u16, u16, u16)] = &[
    (0x0041, 0x005a, 1, 32),
    (0x00c6, 0x00c6, 1, 32),
    (0x00d0, 0x00d0, 1, 32),
    (0x00d8, 0x00d8, 1, 32),
    (0x00de, 0x00de, 1, 32),
    (0x0110, 0x0110, 1, 1),
    (0x0126, 0x0126, 1, 1),
    (0x0132, 0x0132, 1, 1),
    (0x013f, 0x0141, 2, 1),
    (0x014a, 0x014a, 1, 1),
    (0x0152, 0x0152, 1, 1),
    (0x0166, 0x0166, 1, 1),
    (0x0181, 0x0181, 1, 210),
    (0x0182, 0x0184, 2, 1),
    (0x0186, 0x0186, 1, 206),
    (0x0187, 0x0187, 1, 1),
    (0x0189, 0x018a, 1, 205),
    (0x018b, 0x018b, 1, 1),
    (0x018e, 0x018e, 1, 79),
    (0x018f, 0x018f, 1, 202),
    (0x0190, 0x0190, 1, 203),
    (0x0191, 0x0191, 1, 1),
    (0x0193, 0x0193, 1, 205),
    (0x0194, 0x0194, 1, 207),
    (0x0196, 0x0196, 1, 211),
    (0x0197, 0x0197, 1, 209),
    (0x0198, 0x0198, 1, 1),
    (0x019c, 0x019c, 1, 211),
    (0x019d, 0x019d, 1, 213),
    (0x019f, 0x019f, 1, 214),
    (0x01a2, 0x01a4, 2, 1),
    (0x01a7, 0x01a7, 1, 1),
    (0x01a9, 0x01a9, 1, 218),
    (0x01ac, 0x01ac, 1, 1),
    (0x01ae, 0x01ae, 1, 218),
    (0x01b1, 0x01b2, 1, 217),
    (0x01b3, 0x01b5, 2, 1),
    (0x01b7, 0x01b7, 1, 219),
    (0x01b8, 0x01b8, 1, 1),
    (0x01bc, 0x01bc, 1, 1),
    (0x01c4, 0x01c4, 1, 2),
    (0x01c5, 0x01c5, 1, 1),
    (0x01c7, 0x01c7, 1, 2),
    (0x01c8, 0x01c8, 1, 1),
    (0x01ca, 0x01ca, 1, 2),
    (0x01cb, 0x01cb, 1, 1),
    (0x01e4, 0x01e4, 1, 1),
    (0x01f1, 0x01f1, 1, 2),
    (0x01f2, 0x01f2, 1, 1),
    (0x0391, 0x03a1, 1, 32),
    (0x03a3, 0x03a9, 1, 32),
    (0x03e2, 0x03ee, 2, 1),
    (0x0402, 0x0404, 2, 80),
    (0x0405, 0x0406, 1, 80),
    (0x0408, 0x040b, 1, 80),
    (0x040f, 0x040f, 1, 80),
    (0x0410, 0x0418, 1, 32),
    (0x041a, 0x042f, 1, 32),
    (0x0460, 0x0474, 2, 1),
    (0x0478, 0x0480, 2, 1),
    (0x0490, 0x04be, 2, 1),
    (0x04c3, 0x04c3, 1, 1),
    (0x04c7, 0x04c7, 1, 1),
    (0x04cb, 0x04cb, 1, 1),
    (0x0531, 0x0556, 1, 48),
    (0x10a0, 0x10c5, 1, 48),
    (0x2160, 0x216f, 1, 16),
    (0xff21, 0xff3a, 1, 32),
];

/// The unit that a unit is taken for when names are compared; `None` for those that are passed over. Zero comes last.
fn folded(unit: u16) -> Option<u16> {
    match unit {
        0 => Some(u16::MAX),
        1..=0x7f => Some((unit as u8).to_ascii_lowercase().into()),
        0x200c..=0x200f | 0x202a..=0x202e | 0x206a..=0x206f | 0xfeff => None,
        _ => {
            let behind = CAPITALS.partition_point(|row| row.0 <= unit);
            let row = CAPITALS.get(behind.wrapping_sub(1));
            let capital = row.filter(|row| unit <= row.1 && (unit - row.0).is_multiple_of(row.2));
            Some(capital.map_or(unit, |row| unit + row.3))
        }
    }
}

/// The units of a name that count when it is compared.
pub(crate) fn folded_units(name: &[u16]) -> impl Iterator<Item = u16> + Clone + '_ {
    name.iter().filter_map(|&unit| folded(unit))
}

/// How two names of a folder stand in the catalog. Equal ones are the same name, whatever their case.
#[must_use]
pub fn compare_names(one: &[u16], other: &[u16]) -> Ordering {
    folded_units(one).cmp(folded_units(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn units(name: &str) -> Vec<u16> {
        name.encode_utf16().collect()
    }

    #[test]
    fn case_does_not_count() {
        for (one, other) in [
            ("README", "readme"),
            ("\u{c6}\u{d8}\u{de}", "\u{e6}\u{f8}\u{fe}"),
            ("\u{391}\u{3a9}", "\u{3b1}\u{3c9}"),
            ("\u{410}\u{42f}", "\u{430}\u{44f}"),
            ("\u{2160}", "\u{2170}"),
            ("\u{ff21}", "\u{ff41}"),
            ("a\u{200d}b\u{feff}", "ab"),
        ] {
            assert_eq!(compare_names(&units(one), &units(other)), Ordering::Equal, "{one}");
        }
        // These have decompositions, and are not in the table as such.
        assert_ne!(compare_names(&units("\u{c9}"), &units("\u{e9}")), Ordering::Equal);
        // Letters that came to Unicode later.
        assert_ne!(compare_names(&units("\u{220}"), &units("\u{19e}")), Ordering::Equal);
    }

    #[test]
    fn zero_comes_last() {
        let metadata = units("\0\0\0\0HFS+ Private Data");
        for other in ["a", "\u{436}", "\u{fffd}", "zz"] {
            assert_eq!(compare_names(&units(other), &metadata), Ordering::Less, "{other}");
        }
        assert_eq!(compare_names(&units("B"), &units("a")), Ordering::Greater);
        assert_eq!(compare_names(&units("a"), &units("ab")), Ordering::Less);
        assert_eq!(compare_names(&units("_"), &units("a")), Ordering::Less);
    }

    #[test]
    fn the_table_ascends() {
        for pair in CAPITALS.windows(2) {
            assert!(pair[0].1 < pair[1].0, "{pair:x?}");
        }
        let small: Vec<u16> =
            (1..=u16::MAX).filter(|&unit| folded(unit).is_some_and(|to| to != unit)).collect();
        assert_eq!(small.len(), NUMBER_OF_CAPITALS);
        assert!(small.iter().all(|&unit| folded(unit).and_then(folded) == folded(unit)));
    }

    const NUMBER_OF_CAPITALS: usize = 312;

    proptest! {
        #[test]
        fn it_is_an_order(
            one in prop::collection::vec(any::<u16>(), 0..6),
            two in prop::collection::vec(any::<u16>(), 0..6),
        ) {
            prop_assert_eq!(compare_names(&one, &two), compare_names(&two, &one).reverse());
            prop_assert_eq!(compare_names(&one, &one), Ordering::Equal);
        }
    }
}
