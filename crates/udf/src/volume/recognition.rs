use std::fmt;

use nom::Parser;
use nom::number::complete::u8;

use crate::Error;
use crate::nom_ext::{array, clear, put, run};

/// A standard identifier of the volume recognition sequence (ECMA-167 2/9.1.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StandardId(pub [u8; 5]);

impl StandardId {
    /// A descriptor of ISO 9660, before or without UDF.
    pub const CD001: StandardId = StandardId(*b"CD001");
    /// Beginning of the extended area (ECMA-167 2/9.2).
    pub const BEA01: StandardId = StandardId(*b"BEA01");
    /// A volume by ECMA-167, second edition (3/9.1).
    pub const NSR02: StandardId = StandardId(*b"NSR02");
    /// A volume by ECMA-167, third edition (3/9.1).
    pub const NSR03: StandardId = StandardId(*b"NSR03");
    /// Boot descriptor (ECMA-167 2/9.4).
    pub const BOOT2: StandardId = StandardId(*b"BOOT2");
    /// End of the extended area (ECMA-167 2/9.3).
    pub const TEA01: StandardId = StandardId(*b"TEA01");
}

impl fmt::Debug for StandardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// The beginning of a volume structure descriptor, 2048 bytes (ECMA-167 2/9.1). The sequence starts at byte
/// 32,768 of the session. The content behind the first 7 bytes is the standard's own; for `BEA01`, `NSR02`,
/// `NSR03` and `TEA01` it is zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VolumeStructureDescriptor {
    /// Structure type; 0 but for `CD001`.
    pub structure_type: u8,
    /// Which standard.
    pub standard: StandardId,
    /// Structure version; 1.
    pub version: u8,
}

impl VolumeStructureDescriptor {
    /// Bytes of a descriptor. On devices with larger sectors, each begins a sector of its own.
    pub const SIZE: usize = 2048;

    /// The descriptor for `standard`, of type 0.
    #[must_use]
    pub const fn new(standard: StandardId) -> VolumeStructureDescriptor {
        VolumeStructureDescriptor { structure_type: 0, standard, version: 1 }
    }

    /// The descriptor at the beginning of `bytes`; `None` where the standard is not one of the known ones,
    /// which ends the sequence.
    ///
    /// # Errors
    /// [`Error::Truncated`] under 7 bytes.
    pub fn parse(bytes: &[u8]) -> Result<Option<VolumeStructureDescriptor>, Error> {
        let fields = (u8, array::<5>, u8);
        let mut parser = fields.map(|(structure_type, standard, version)| VolumeStructureDescriptor {
            structure_type,
            standard: StandardId(standard),
            version,
        });
        let descriptor = run("volume structure descriptor", bytes, |input| parser.parse(input))?;
        let known = [
            StandardId::CD001,
            StandardId::BEA01,
            StandardId::NSR02,
            StandardId::NSR03,
            StandardId::BOOT2,
            StandardId::TEA01,
        ];
        Ok(known.contains(&descriptor.standard).then_some(descriptor))
    }

    /// Fills `bytes`, at least 2048, with the descriptor and zeros.
    ///
    /// # Errors
    /// [`Error::BlockTooSmall`].
    pub fn encode(&self, bytes: &mut [u8]) -> Result<(), Error> {
        clear("volume structure descriptor", bytes, VolumeStructureDescriptor::SIZE)?;
        bytes[0] = self.structure_type;
        put(bytes, 1, &self.standard.0);
        bytes[6] = self.version;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_edition() {
        let mut bytes = [0; 2048];
        bytes[..7].copy_from_slice(&[0, b'N', b'S', b'R', b'0', b'3', 1]);
        let nsr = VolumeStructureDescriptor::new(StandardId::NSR03);
        assert_eq!(VolumeStructureDescriptor::parse(&bytes), Ok(Some(nsr)));
        let mut encoded = [0xff; 2048];
        nsr.encode(&mut encoded).unwrap();
        assert_eq!(encoded, bytes);
    }

    #[test]
    fn what_ends_the_sequence() {
        assert_eq!(VolumeStructureDescriptor::parse(&[0; 2048]), Ok(None));
        assert!(VolumeStructureDescriptor::parse(&[0; 6]).is_err());
        assert!(VolumeStructureDescriptor::new(StandardId::TEA01).encode(&mut [0; 2047]).is_err());
    }
}
