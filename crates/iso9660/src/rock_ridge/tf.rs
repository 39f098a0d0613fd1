use bitflags::bitflags;
use nom::number::complete::u8 as byte;
use nom::{IResult, Parser};

use crate::susp::Signature;
use crate::{RecordingTime, VolumeTime};

bitflags! {
    /// Which time stamps a `TF` entry has, in the order of their bits.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct TimeFlags: u8 {
        /// Creation of the file.
        const CREATION = 0x01;
        /// Last change of its data.
        const MODIFY = 0x02;
        /// Last access.
        const ACCESS = 0x04;
        /// Last change of its attributes.
        const ATTRIBUTES = 0x08;
        /// Last backup.
        const BACKUP = 0x10;
        /// Expiration.
        const EXPIRATION = 0x20;
        /// From when on the file is in effect.
        const EFFECTIVE = 0x40;
        /// The stamps have 17 bytes rather than 7.
        const LONG_FORM = 0x80;
    }
}

/// The time stamps of a file, each of which may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamps<T> {
    /// Creation of the file.
    pub creation: Option<T>,
    /// Last change of its data, `st_mtime` of POSIX.
    pub modify: Option<T>,
    /// Last access, `st_atime`.
    pub access: Option<T>,
    /// Last change of its attributes, `st_ctime`.
    pub attributes: Option<T>,
    /// Last backup.
    pub backup: Option<T>,
    /// Expiration.
    pub expiration: Option<T>,
    /// From when on the file is in effect.
    pub effective: Option<T>,
}

impl<T> Default for Stamps<T> {
    /// No stamps.
    fn default() -> Self {
        Stamps {
            creation: None,
            modify: None,
            access: None,
            attributes: None,
            backup: None,
            expiration: None,
            effective: None,
        }
    }
}

impl<T: Copy> Stamps<T> {
    fn to_array(self) -> [Option<T>; 7] {
        let Stamps { creation, modify, access, attributes, backup, expiration, effective } = self;
        [creation, modify, access, attributes, backup, expiration, effective]
    }

    /// The flags of the stamps of which this is so.
    fn flags_of(self, is_so: impl Fn(T) -> bool) -> TimeFlags {
        let bits = self
            .to_array()
            .into_iter()
            .enumerate()
            .map(|(bit, stamp)| u8::from(stamp.is_some_and(&is_so)) << bit);
        TimeFlags::from_bits_retain(bits.fold(0, |all, bit| all | bit))
    }

    fn parse(
        flags: TimeFlags,
        mut stamp: impl FnMut(&[u8]) -> IResult<&[u8], T>,
        mut payload: &[u8],
    ) -> IResult<&[u8], Stamps<T>> {
        let mut stamps = [None; 7];
        for (bit, field) in stamps.iter_mut().enumerate() {
            if flags.bits() >> bit & 1 == 1 {
                let (rest, value) = stamp(payload)?;
                *field = Some(value);
                payload = rest;
            }
        }
        let [creation, modify, access, attributes, backup, expiration, effective] = stamps;
        Ok((payload, Stamps { creation, modify, access, attributes, backup, expiration, effective }))
    }
}

/// `TF`, time stamps of a file (RRIP 4.1.6), in either of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStamps {
    /// Stamps of 7 bytes, in whole seconds.
    Short(Stamps<RecordingTime>),
    /// Stamps of 17 bytes, in hundredths of seconds.
    Long(Stamps<VolumeTime>),
}

impl TimeStamps {
    /// `TF`.
    pub const SIGNATURE: Signature = Signature(*b"TF");

    /// Reads the payload.
    ///
    /// # Errors
    /// When it ends before the last stamp that its flags announce.
    pub fn parse(payload: &[u8]) -> IResult<&[u8], TimeStamps> {
        let (rest, flags) = byte.map(TimeFlags::from_bits_retain).parse(payload)?;
        if flags.contains(TimeFlags::LONG_FORM) {
            let (rest, stamps) = Stamps::parse(flags, VolumeTime::parse, rest)?;
            Ok((rest, TimeStamps::Long(stamps)))
        } else {
            let (rest, stamps) = Stamps::parse(flags, RecordingTime::parse, rest)?;
            Ok((rest, TimeStamps::Short(stamps)))
        }
    }

    /// The flags as recorded.
    #[must_use]
    pub fn flags(&self) -> TimeFlags {
        match self {
            TimeStamps::Short(stamps) => stamps.flags_of(|_| true),
            TimeStamps::Long(stamps) => stamps.flags_of(|_| true) | TimeFlags::LONG_FORM,
        }
    }

    /// The flags of the stamps that are given, and are no date and time of day.
    #[must_use]
    pub fn impossible(&self) -> TimeFlags {
        match self {
            TimeStamps::Short(stamps) => stamps.flags_of(|time| time.is_impossible()),
            TimeStamps::Long(stamps) => stamps.flags_of(|time| time.is_impossible()),
        }
    }

    /// The flags of the stamps whose offset from Greenwich is out of its range, and counts as none.
    #[must_use]
    pub fn impossible_offsets(&self) -> TimeFlags {
        match self {
            TimeStamps::Short(stamps) => stamps.flags_of(|time| time.has_impossible_offset()),
            TimeStamps::Long(stamps) => stamps.flags_of(|time| time.has_impossible_offset()),
        }
    }

    /// Bytes that [`encode`](Self::encode) appends; at most 124.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let stamps = (self.flags() - TimeFlags::LONG_FORM).bits().count_ones() as usize;
        5 + stamps
            * match self {
                TimeStamps::Short(_) => RecordingTime::LEN,
                TimeStamps::Long(_) => VolumeTime::LEN,
            }
    }

    /// Appends the entry.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend([b'T', b'F', self.encoded_len() as u8, 1, self.flags().bits()]);
        match self {
            TimeStamps::Short(stamps) => {
                out.extend(stamps.to_array().into_iter().flatten().flat_map(|stamp| stamp.encode()));
            }
            TimeStamps::Long(stamps) => {
                out.extend(stamps.to_array().into_iter().flatten().flat_map(|stamp| stamp.encode()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_of_the_standard() {
        let time = RecordingTime::parse(&[104, 2, 29, 12, 30, 15, 4]).unwrap().1;
        let epoch = RecordingTime::from_unix(0);
        let stamps = TimeStamps::Short(Stamps {
            modify: Some(time),
            access: Some(epoch),
            attributes: Some(epoch),
            ..Stamps::default()
        });
        let mut out = Vec::new();
        stamps.encode(&mut out);
        let recorded = [
            b'T', b'F', 26, 1, 0x0E, // header, flags
            104, 2, 29, 12, 30, 15, 4, // modify
            70, 1, 1, 0, 0, 0, 0, // access
            70, 1, 1, 0, 0, 0, 0, // attributes
        ];
        assert_eq!(out, recorded);
        assert_eq!(TimeStamps::parse(&recorded[4..]).unwrap(), (&[][..], stamps));
        assert!(TimeStamps::parse(&recorded[4..25]).is_err());
    }

    #[test]
    fn bytes_of_the_long_form() {
        let stamps =
            TimeStamps::Long(Stamps { effective: Some(VolumeTime::from_unix(0, 42)), ..Stamps::default() });
        let mut out = Vec::new();
        stamps.encode(&mut out);
        assert_eq!(out, *b"TF\x16\x01\xC01970010100000042\0");
        assert_eq!(TimeStamps::parse(&out[4..]).unwrap().1, stamps);
    }

    proptest! {
        #[test]
        fn any_bytes_round_trip(payload in proptest::collection::vec(any::<u8>(), 0..140)) {
            if let Ok((rest, stamps)) = TimeStamps::parse(&payload) {
                let mut out = Vec::new();
                stamps.encode(&mut out);
                prop_assert_eq!(out.len(), stamps.encoded_len());
                prop_assert_eq!(usize::from(out[2]), out.len());
                prop_assert_eq!(&out[4..], &payload[..payload.len() - rest.len()]);
            }
        }
    }
}
