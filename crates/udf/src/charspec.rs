use nom::number::complete::u8;
use nom::{IResult, Parser};

use crate::nom_ext::array;

/// A character set specification, 64 bytes (ECMA-167 1/7.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CharSpec {
    /// Character set type; 0 is CS0, the only one in UDF.
    pub set_type: u8,
    /// Character set information.
    pub information: [u8; 63],
}

impl CharSpec {
    /// OSTA Compressed Unicode (UDF 2.1.2).
    pub const OSTA_CS0: CharSpec = {
        let text = *b"OSTA Compressed Unicode";
        let mut information = [0; 63];
        let mut index = 0;
        while index < text.len() {
            information[index] = text[index];
            index += 1;
        }
        CharSpec { set_type: 0, information }
    };

    pub(crate) fn parse(input: &[u8]) -> IResult<&[u8], CharSpec> {
        (u8, array::<63>).map(|(set_type, information)| CharSpec { set_type, information }).parse(input)
    }

    pub(crate) fn bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        bytes[0] = self.set_type;
        bytes[1..].copy_from_slice(&self.information);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn osta_compressed_unicode() {
        let bytes = CharSpec::OSTA_CS0.bytes();
        assert_eq!(&bytes[..25], b"\0OSTA Compressed Unicode\0");
        assert!(bytes[25..].iter().all(|byte| *byte == 0));
        assert_eq!(CharSpec::parse(&bytes).unwrap().1, CharSpec::OSTA_CS0);
    }
}
