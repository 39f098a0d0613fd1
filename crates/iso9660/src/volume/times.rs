use nom::{IResult, Parser};

use crate::VolumeTime;

/// The four times of a volume (ECMA-119 8.4.26 to 8.4.29).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeTimes {
    /// When the information in the volume was created (8.4.26).
    pub creation: VolumeTime,
    /// When it was last modified (8.4.27).
    pub modification: VolumeTime,
    /// From when on it may be regarded as obsolete (8.4.28).
    pub expiration: VolumeTime,
    /// From when on it may be used (8.4.29).
    pub effective: VolumeTime,
}

impl VolumeTimes {
    /// Bytes of the fields.
    pub const LEN: usize = 68;

    /// None of the times is given.
    pub const NOT_SPECIFIED: VolumeTimes = VolumeTimes {
        creation: VolumeTime::NOT_SPECIFIED,
        modification: VolumeTime::NOT_SPECIFIED,
        expiration: VolumeTime::NOT_SPECIFIED,
        effective: VolumeTime::NOT_SPECIFIED,
    };

    /// Reads the 68 bytes.
    ///
    /// # Errors
    /// When fewer are there.
    pub fn parse(input: &[u8]) -> IResult<&[u8], VolumeTimes> {
        let time = VolumeTime::parse;
        let (rest, (creation, modification, expiration, effective)) =
            (time, time, time, time).parse(input)?;
        Ok((rest, VolumeTimes { creation, modification, expiration, effective }))
    }

    /// The 68 bytes.
    #[must_use]
    pub fn encode(&self) -> [u8; 68] {
        let mut fields = [0; 68];
        let times = [self.creation, self.modification, self.expiration, self.effective];
        for (field, time) in fields.chunks_exact_mut(VolumeTime::LEN).zip(times) {
            field.copy_from_slice(&time.encode());
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_standard() {
        let recorded = *b"1970010100000000\x002004022911301542\x000000000000000000\x000000000000000000\x00";
        let times = VolumeTimes {
            creation: VolumeTime::from_unix(0, 0),
            modification: VolumeTime::from_unix(1_078_054_215, 42),
            ..VolumeTimes::NOT_SPECIFIED
        };
        assert_eq!(times.encode(), recorded);
        assert_eq!(VolumeTimes::parse(&recorded).unwrap().1, times);
    }
}
