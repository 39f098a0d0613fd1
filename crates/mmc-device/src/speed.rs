use std::fmt;

/// Transfer rate in kilobytes per second of 1000 bytes, as MMC counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Speed(u32);

impl Speed {
    /// The fastest the drive can do (FFFFh in SET CD SPEED).
    pub const MAX: Speed = Speed(u32::MAX);

    /// This many kilobytes per second.
    #[must_use]
    pub const fn kilobytes_per_second(rate: u32) -> Speed {
        Speed(rate)
    }

    /// A multiple of the rate of audio CDs, 176.4 kB/s, rounded up as drives expect it.
    #[must_use]
    pub const fn cd(times: u32) -> Speed {
        Speed(times.saturating_mul(1764).div_ceil(10))
    }

    /// A multiple, in tenths, of the DVD rate, 1385 kB/s: 24 for the 2.4× of DVD+R.
    #[must_use]
    pub const fn dvd(tenths: u32) -> Speed {
        Speed(tenths.saturating_mul(1385).div_ceil(10))
    }

    /// A multiple of the BD rate, 4495.5 kB/s.
    #[must_use]
    pub const fn bd(times: u32) -> Speed {
        Speed(times.saturating_mul(44955).div_ceil(10))
    }

    /// Kilobytes per second.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Speed::MAX { f.write_str("maximum") } else { write!(f, "{} kB/s", self.0) }
    }
}

/// How the medium turns while it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// With constant linear velocity, or in zones of it (CLV, ZCLV, partial CAV): what drives do when nothing is asked for.
    ConstantLinear,
    /// With constant angular velocity from the inside to the outside (pure CAV). A speed is that at the outer edge.
    ConstantAngular,
}

impl Rotation {
    /// The two bits that stand for it in SET CD SPEED, SET STREAMING, GET PERFORMANCE and mode page 2Ah.
    pub(crate) const fn bits(self) -> u8 {
        match self {
            Rotation::ConstantLinear => 0,
            Rotation::ConstantAngular => 1,
        }
    }

    /// What the two bits stand for; `None` for reserved values.
    pub(crate) const fn of_bits(bits: u8) -> Option<Rotation> {
        match bits & 3 {
            0 => Some(Rotation::ConstantLinear),
            1 => Some(Rotation::ConstantAngular),
            _ => None,
        }
    }
}

impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rotation::ConstantLinear => "constant linear velocity",
            Rotation::ConstantAngular => "constant angular velocity",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples() {
        assert_eq!(Speed::cd(1).get(), 177);
        assert_eq!(Speed::cd(52).get(), 9173);
        assert_eq!(Speed::dvd(24).get(), 3324);
        assert_eq!(Speed::bd(2).get(), 8991);
        assert_eq!(Speed::dvd(u32::MAX).get(), u32::MAX / 10 + 1);
    }
}
