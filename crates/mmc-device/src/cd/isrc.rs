use std::fmt;
use std::str::FromStr;

/// International Standard Recording Code (ISO 3901) of a track: country, owner, year, serial number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Isrc([u8; 12]);

/// No recording code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an ISRC is CC-OOO-YY-NNNNN: country (2 letters), owner (3 letters or digits), year and serial number (digits)"
)]
pub struct BadIsrc;

impl Isrc {
    /// Its 12 characters, without dashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// As bytes 1 to 8 of mode 3 in subchannel Q have it (IEC 60908 17.5.3): five characters of 6 bits, 2 zero bits,
    /// seven decimal digits, 4 zero bits.
    pub(super) fn to_q(self) -> [u8; 8] {
        let mut bits = 0u64;
        for character in &self.0[..5] {
            bits = bits << 6 | u64::from(character - b'0');
        }
        bits <<= 2;
        for digit in &self.0[5..] {
            bits = bits << 4 | u64::from(digit - b'0');
        }
        (bits << 4).to_be_bytes()
    }

    pub(super) fn from_q(bytes: [u8; 8]) -> Option<Isrc> {
        let bits = u64::from_be_bytes(bytes);
        let mut text = [0; 12];
        for (at, character) in text.iter_mut().enumerate() {
            let value =
                if at < 5 { bits >> (58 - 6 * at) & 0x3F } else { bits >> (28 - 4 * (at - 5)) & 0x0F };
            *character = b'0' + value as u8;
        }
        Isrc::checked(text).ok()
    }

    fn checked(text: [u8; 12]) -> Result<Isrc, BadIsrc> {
        let is_owner = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        let is_whole = text[..2].iter().all(u8::is_ascii_uppercase)
            && text[2..5].iter().all(is_owner)
            && text[5..].iter().all(u8::is_ascii_digit);
        if is_whole { Ok(Isrc(text)) } else { Err(BadIsrc) }
    }
}

impl FromStr for Isrc {
    type Err = BadIsrc;

    /// Reads a code with or without dashes; small letters count as capitals.
    fn from_str(text: &str) -> Result<Isrc, BadIsrc> {
        let mut bytes = text.bytes();
        let with_dashes = text.len() == 15;
        let mut code = [0; 12];
        for (at, character) in code.iter_mut().enumerate() {
            if with_dashes && matches!(at, 2 | 5 | 7) && bytes.next() != Some(b'-') {
                return Err(BadIsrc);
            }
            *character = bytes.next().ok_or(BadIsrc)?.to_ascii_uppercase();
        }
        if bytes.next().is_some() { Err(BadIsrc) } else { Isrc::checked(code) }
    }
}

impl fmt::Display for Isrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.as_str();
        write!(f, "{}-{}-{}-{}", &code[..2], &code[2..5], &code[5..7], &code[7..])
    }
}

impl fmt::Debug for Isrc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Isrc({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes() {
        let code: Isrc = "us-rc1-76-07839".parse().unwrap();
        assert_eq!((code.as_str(), code.to_string().as_str()), ("USRC17607839", "US-RC1-76-07839"));
        assert_eq!("USRC17607839".parse(), Ok(code));
        for odd in [
            "",
            "USRC1760783",
            "USRC176078399",
            "US-RC1-76-0783",
            "USR-C1-76-07839",
            "U5RC17607839",
            "USRC1760783X",
            "US-RC1-76--7839",
        ] {
            assert_eq!(odd.parse::<Isrc>(), Err(BadIsrc), "{odd}");
        }
    }

    #[test]
    fn six_bits_for_letters_and_four_for_digits() {
        // 'U' is 25h and 'S' 23h, 'R' 22h, 'C' 13h, '1' 01h.
        let code: Isrc = "USRC17607839".parse().unwrap();
        assert_eq!(code.to_q(), [0x96, 0x38, 0x93, 0x04, 0x76, 0x07, 0x83, 0x90]);
        assert_eq!(Isrc::from_q([0xFF; 8]), None);
    }

    proptest! {
        #[test]
        fn both_ways(text in "[A-Z]{2}[A-Z0-9]{3}[0-9]{7}") {
            let code: Isrc = text.parse().unwrap();
            prop_assert_eq!(Isrc::from_q(code.to_q()), Some(code));
        }

        #[test]
        fn any_text(text in ".{0,20}") {
            let _ = text.parse::<Isrc>();
        }
    }
}
