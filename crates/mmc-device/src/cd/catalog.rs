use std::fmt;
use std::str::FromStr;

/// Media Catalog Number of a disc: 13 digits, of which the last is the check digit of EAN-13.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MediaCatalogNumber([u8; 13]);

/// No catalog number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCatalog {
    /// Something else than up to 13 digits.
    #[error("a media catalog number has 13 digits, of which zeros in front may be left out")]
    Digits,
    /// The last digit contradicts the others.
    #[error("the last digit of a media catalog number checks the others, and would have to be {expected}")]
    CheckDigit {
        /// What it would have to be.
        expected: u8,
    },
}

impl MediaCatalogNumber {
    /// The digits, as values from 0 to 9.
    #[must_use]
    pub fn digits(&self) -> [u8; 13] {
        self.0
    }

    /// The number of these digits, whatever the last one is: what discs and sheets in circulation have.
    #[must_use]
    pub fn from_digits(digits: [u8; 13]) -> Option<MediaCatalogNumber> {
        digits.iter().all(|digit| *digit < 10).then_some(MediaCatalogNumber(digits))
    }

    /// Reads digits, of which zeros in front may be left out, whatever the last one is.
    ///
    /// # Errors
    /// [`BadCatalog::Digits`].
    pub fn unchecked(text: &str) -> Result<MediaCatalogNumber, BadCatalog> {
        if text.is_empty() || text.len() > 13 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadCatalog::Digits);
        }
        let mut digits = [0; 13];
        for (digit, byte) in digits[13 - text.len()..].iter_mut().zip(text.bytes()) {
            *digit = byte - b'0';
        }
        Ok(MediaCatalogNumber(digits))
    }

    /// Whether the last digit is the check digit of the others.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        self.0[12] == self.check_digit()
    }

    /// The check digit of the first twelve digits.
    #[must_use]
    pub fn check_digit(&self) -> u8 {
        let weighted = self.0[..12].iter().enumerate();
        let sum: u32 = weighted.map(|(at, digit)| u32::from(*digit) * if at % 2 == 0 { 1 } else { 3 }).sum();
        ((10 - sum % 10) % 10) as u8
    }

    /// As bytes 1 to 8 of mode 2 in subchannel Q begin (IEC 60908 17.5.2): 13 decimal digits, 12 zero bits.
    pub(super) fn to_q(self) -> [u8; 8] {
        let bits = self.0.iter().fold(0u64, |bits, digit| bits << 4 | u64::from(*digit));
        (bits << 12).to_be_bytes()
    }

    pub(super) fn from_q(bytes: [u8; 8]) -> Option<MediaCatalogNumber> {
        let bits = u64::from_be_bytes(bytes);
        MediaCatalogNumber::from_digits(std::array::from_fn(|at| (bits >> (60 - 4 * at) & 0x0F) as u8))
    }
}

impl FromStr for MediaCatalogNumber {
    type Err = BadCatalog;

    /// Reads digits, of which zeros in front may be left out, and compares the last one with the others.
    fn from_str(text: &str) -> Result<MediaCatalogNumber, BadCatalog> {
        let number = MediaCatalogNumber::unchecked(text)?;
        if number.is_checked() {
            Ok(number)
        } else {
            Err(BadCatalog::CheckDigit { expected: number.check_digit() })
        }
    }
}

impl fmt::Display for MediaCatalogNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(f, "{digit}"))
    }
}

impl fmt::Debug for MediaCatalogNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MediaCatalogNumber({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers() {
        let number: MediaCatalogNumber = "4006381333931".parse().unwrap();
        assert_eq!(number.to_string(), "4006381333931");
        assert_eq!("36000291452".parse::<MediaCatalogNumber>().unwrap().to_string(), "0036000291452");
        assert_eq!(
            "4006381333930".parse::<MediaCatalogNumber>(),
            Err(BadCatalog::CheckDigit { expected: 1 })
        );
        for odd in ["", "40063813339311", "400638133393X", "+1"] {
            assert_eq!(odd.parse::<MediaCatalogNumber>(), Err(BadCatalog::Digits), "{odd}");
        }
        assert_eq!(number.to_q(), [0x40, 0x06, 0x38, 0x13, 0x33, 0x93, 0x10, 0x00]);
        assert_eq!(MediaCatalogNumber::from_q([0xA0; 8]), None);
    }

    proptest! {
        #[test]
        fn both_ways(digits in proptest::array::uniform12(0u8..10)) {
            let mut all = [0; 13];
            all[..12].copy_from_slice(&digits);
            let number = MediaCatalogNumber(all);
            all[12] = number.check_digit();
            let number: MediaCatalogNumber = MediaCatalogNumber(all).to_string().parse().unwrap();
            prop_assert_eq!(MediaCatalogNumber::from_q(number.to_q()), Some(number));
        }
    }
}
