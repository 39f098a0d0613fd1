use std::fmt;

use crate::Lba;

/// Frames from block 0 to where addresses would be 00:00:00 again: what lies in front of block -150 has the last minutes
/// of 100.
const LEAD_IN: i32 = 450_150;

/// Minute, second and frame: an absolute address on a CD, or a length. 00:00:00 is 150 sectors in front of block 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msf {
    /// 0 to 99.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 74.
    pub frame: u8,
}

impl Msf {
    /// The time of these numbers; `None` for seconds or frames that do not exist, and for more than 99 minutes.
    #[must_use]
    pub const fn new(minute: u8, second: u8, frame: u8) -> Option<Msf> {
        if minute < 100 && second < 60 && frame < 75 { Some(Msf { minute, second, frame }) } else { None }
    }

    /// The time so many frames take. Hours wrap, as they do in a subchannel: 450 000 frames are 0 again.
    #[must_use]
    pub const fn from_frames(frames: u32) -> Msf {
        let frames = frames % 450_000;
        Msf { minute: (frames / 4500) as u8, second: (frames / 75 % 60) as u8, frame: (frames % 75) as u8 }
    }

    /// Frames from 00:00:00 on.
    #[must_use]
    pub const fn frames(self) -> u32 {
        (self.minute as u32 * 60 + self.second as u32) * 75 + self.frame as u32
    }

    /// The absolute address of a block. Below block -150 lies the lead-in, whose addresses end with 99:59:74.
    #[must_use]
    pub const fn from_lba(lba: Lba) -> Msf {
        let lba = lba.get();
        let frames = if lba >= -150 { lba.saturating_add(150) } else { lba.saturating_add(LEAD_IN) };
        Msf::from_frames(frames.unsigned_abs())
    }

    /// The block of an absolute address.
    #[must_use]
    pub const fn to_lba(self) -> Lba {
        Lba::from_msf(self.minute, self.second, self.frame)
    }

    /// Two decimal digits in each byte, as in headers and subchannels.
    #[must_use]
    pub const fn to_bcd(self) -> [u8; 3] {
        [to_bcd(self.minute), to_bcd(self.second), to_bcd(self.frame)]
    }

    /// Reads [`Msf::to_bcd`]; `None` for what is no decimal number or no time.
    #[must_use]
    pub const fn from_bcd(bytes: [u8; 3]) -> Option<Msf> {
        match (from_bcd(bytes[0]), from_bcd(bytes[1]), from_bcd(bytes[2])) {
            (Some(minute), Some(second), Some(frame)) => Msf::new(minute, second, frame),
            _ => None,
        }
    }
}

impl fmt::Display for Msf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.minute, self.second, self.frame)
    }
}

/// Two decimal digits in a byte.
pub(crate) const fn to_bcd(value: u8) -> u8 {
    ((value / 10) << 4) | (value % 10)
}

/// The value of two decimal digits in a byte.
pub(crate) const fn from_bcd(byte: u8) -> Option<u8> {
    if byte >> 4 < 10 && byte & 15 < 10 { Some((byte >> 4) * 10 + (byte & 15)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses() {
        for (lba, text) in [
            (0, "00:02:00"),
            (-150, "00:00:00"),
            (-151, "99:59:74"),
            (-22_650, "95:00:00"),
            (16, "00:02:16"),
            (398_099, "88:29:74"),
        ] {
            let msf = Msf::from_lba(Lba::new(lba));
            assert_eq!((msf.to_string().as_str(), msf.to_lba().get()), (text, lba));
        }
        assert_eq!(Msf::from_lba(Lba::new(398_099)).to_bcd(), [0x88, 0x29, 0x74]);
        assert_eq!(Msf::from_bcd([0x0A, 0, 0]), None);
        assert_eq!(Msf::from_bcd([0x00, 0x60, 0]), None);
    }

    proptest! {
        #[test]
        fn both_ways(lba in -45_150i32..404_850) {
            let msf = Msf::from_lba(Lba::new(lba));
            prop_assert_eq!(msf.to_lba(), Lba::new(lba));
            prop_assert_eq!(Msf::from_bcd(msf.to_bcd()), Some(msf));
            prop_assert_eq!(Msf::from_frames(msf.frames()), msf);
        }
    }
}
