use iso9660::system_area::Guid;
use sha2::{Digest, Sha256};

/// Numbers that tell disks and partitions apart. They follow from what is planned, for this crate has neither
/// clock nor chance.
pub(super) struct Identity([u8; 32]);

impl Identity {
    /// Of what `parts` say.
    pub(super) fn of(parts: &[&[u8]]) -> Identity {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Identity(hash.finalize().into())
    }

    /// The disk's signature in a master boot record; it is not 0.
    pub(super) fn signature(&self) -> u32 {
        u32::from_le_bytes([self.0[0], self.0[1], self.0[2], self.0[3]]).max(1)
    }

    /// The disk's GUID.
    pub(super) fn disk(&self) -> Guid {
        self.guid(0)
    }

    /// The GUID of the partition of that number, from 1.
    pub(super) fn partition(&self, number: u32) -> Guid {
        self.guid(number)
    }

    /// A GUID as one that was made by chance is marked (RFC 9562 5.4).
    fn guid(&self, number: u32) -> Guid {
        let hash = Sha256::new().chain_update(self.0).chain_update(number.to_le_bytes()).finalize();
        let mut guid = [0; 16];
        guid.copy_from_slice(&hash[..16]);
        guid[7] = guid[7] & 0x0F | 0x40;
        guid[8] = guid[8] & 0x3F | 0x80;
        Guid(guid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_input_same_numbers() {
        let identity = || Identity::of(&[b"CDROM", b"x"]);
        assert_eq!(identity().disk(), identity().disk());
        assert_ne!(identity().disk(), identity().partition(1));
        assert_ne!(identity().disk(), Identity::of(&[b"CDROMx", b""]).disk());
        let text = identity().disk().to_string();
        assert_eq!((&text[14..15], text.len()), ("4", 36));
    }
}
