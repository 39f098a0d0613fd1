//! GET CONFIGURATION (46h).

use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, be_u32, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::feature::{Feature, FeatureCode};
use crate::{Cdb, Profile};

/// Length of the header.
pub const HEADER: usize = 8;

/// Longest reply that is asked for.
pub const LONGEST: usize = 4096;

/// Which features are asked for, bits 1 and 0 of byte 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RequestType {
    /// All from the starting one on.
    All = 0,
    /// Those of them that are current.
    Current = 1,
    /// Exactly the starting one.
    One = 2,
}

/// What the drive can do, now and in principle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Profile of the medium in the drive.
    pub current_profile: Profile,
    /// Features in the drive's order.
    pub features: Vec<Feature>,
}

/// The command, for a reply of `len` bytes.
#[must_use]
pub fn cdb(kind: RequestType, start: FeatureCode, len: u16) -> Cdb {
    let mut cdb = [0; 10];
    cdb[0] = OperationCode::GET_CONFIGURATION.0;
    cdb[1] = kind as u8;
    BigEndian::write_u16(&mut cdb[2..4], start.0);
    BigEndian::write_u16(&mut cdb[7..9], len);
    Cdb::from(cdb)
}

/// Bytes of the whole reply according to its header.
pub(crate) fn announced(header: &[u8]) -> usize {
    let len: u32 = be_u32::<_, Fail<'_>>.parse(header).map_or(0, |(_, len)| len);
    usize::try_from(len).unwrap_or(usize::MAX).saturating_add(4)
}

impl Configuration {
    /// Reads the reply, up to the first descriptor that is cut short.
    ///
    /// # Errors
    /// When it is shorter than its header.
    pub fn parse(reply: &[u8]) -> Result<Configuration, BadReply> {
        let (rest, (len, _, profile)) = (be_u32::<_, Fail<'_>>, be_u16, be_u16)
            .parse(reply)
            .map_err(|_| BadReply("shorter than its header"))?;
        let mut rest = super::clipped(rest, 0, usize::try_from(len).unwrap_or(usize::MAX).saturating_sub(4));
        let mut features = Vec::new();
        while let Ok((tail, (code, flags, len))) = (be_u16::<_, Fail<'_>>, byte, byte).parse(rest) {
            let Ok((tail, data)) = take::<_, _, Fail<'_>>(usize::from(len)).parse(tail) else { break };
            if code == 0 && !features.is_empty() {
                // Zeros behind a reply that is shorter than it says.
                break;
            }
            features.push(Feature {
                code: FeatureCode(code),
                version: flags >> 2 & 0x0F,
                persistent: flags & 2 != 0,
                current: flags & 1 != 0,
                data: data.to_vec(),
            });
            rest = tail;
        }
        Ok(Configuration { current_profile: Profile(profile), features })
    }

    /// A feature of the drive, current or not.
    #[must_use]
    pub fn feature(&self, code: FeatureCode) -> Option<&Feature> {
        self.features.iter().find(|feature| feature.code == code)
    }

    /// Whether a feature is current: whether it can be used with this medium.
    #[must_use]
    pub fn is_current(&self, code: FeatureCode) -> bool {
        self.feature(code).is_some_and(|feature| feature.current)
    }

    /// Profiles of the drive, and whether each is current.
    pub fn profiles(&self) -> Vec<(Profile, bool)> {
        self.feature(FeatureCode::PROFILE_LIST).map(Feature::profiles).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const REPLY: [u8; 32] = [
        0, 0, 0, 0x1C, 0, 0, 0, 0x41, // header: BD-R
        0, 0, 0x03, 8, 0, 0x41, 1, 0, 0, 0x43, 0, 0, // profile list
        0, 0x38, 0x00, 4, 0, 0, 0, 0, // pseudo-overwrite, not current
        0, 0, 0, 0,
    ];

    #[test]
    fn bytes() {
        assert_eq!(
            cdb(RequestType::One, FeatureCode::PSEUDO_OVERWRITE, 16).as_bytes(),
            [0x46, 2, 0, 0x38, 0, 0, 0, 0, 16, 0]
        );
    }

    #[test]
    fn features_and_profiles() {
        let configuration = Configuration::parse(&REPLY).unwrap();
        assert_eq!(configuration.current_profile, Profile::BD_R_SRM);
        assert_eq!(configuration.profiles(), [(Profile::BD_R_SRM, true), (Profile::BD_RE, false)]);
        assert_eq!(configuration.features.len(), 2);
        assert!(configuration.is_current(FeatureCode::PROFILE_LIST));
        assert!(!configuration.is_current(FeatureCode::PSEUDO_OVERWRITE));
        assert_eq!(announced(&REPLY), 32);
    }

    #[test]
    fn replies_shorter_than_they_say() {
        assert_eq!(Configuration::parse(&REPLY[..20]).unwrap().features.len(), 1);
        assert_eq!(Configuration::parse(&REPLY[..19]).unwrap().features.len(), 0);
        assert_eq!(Configuration::parse(&REPLY[..8]).unwrap().current_profile, Profile::BD_R_SRM);
        assert!(Configuration::parse(&REPLY[..7]).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(reply in proptest::collection::vec(any::<u8>(), 0..128)) {
            if let Ok(configuration) = Configuration::parse(&reply) {
                let _ = configuration.profiles();
                for feature in &configuration.features {
                    let _ = (feature.track_at_once(), feature.real_time_streaming(), feature.removable_medium());
                }
            }
        }
    }
}
