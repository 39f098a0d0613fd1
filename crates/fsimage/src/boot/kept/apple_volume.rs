//! Volumes for Macs that share their files with the image.

use std::fmt;

/// Where the master directory block of HFS and the volume header of HFS+ are in a volume.
const HEADER: usize = 1024;

/// A volume that an import does not read: what is in it is known by the other file systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppleVolume {
    /// HFS (Inside Macintosh: Files, chapter 2).
    Hfs,
    /// HFS+, be it one with names that tell case (TN1150).
    HfsPlus,
}

impl AppleVolume {
    /// By the beginning of a volume.
    pub(in crate::boot) fn of(volume: &[u8]) -> Option<AppleVolume> {
        match volume.get(HEADER..HEADER + 2)? {
            b"BD" => Some(AppleVolume::Hfs),
            b"H+" | b"HX" => Some(AppleVolume::HfsPlus),
            _ => None,
        }
    }
}

impl fmt::Display for AppleVolume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AppleVolume::Hfs => "HFS",
            AppleVolume::HfsPlus => "HFS+",
        })
    }
}
