//! INQUIRY (12h): who the drive is.

use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::u8 as byte;

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Length of the reply asked for. USB bridges stall when asked for more.
pub const REPLY: usize = 36;

/// Peripheral device type of CD, DVD and BD drives.
pub const TYPE_MULTIMEDIA: u8 = 0x05;

/// Standard INQUIRY data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// Peripheral device type, 5 for optical drives.
    pub peripheral_type: u8,
    /// Whether media can be removed.
    pub removable: bool,
    /// Version of SPC that the drive claims.
    pub version: u8,
    /// Vendor, up to 8 characters, without padding.
    pub vendor: String,
    /// Product, up to 16 characters, without padding.
    pub product: String,
    /// Revision, up to 4 characters, without padding.
    pub revision: String,
}

/// The command.
#[must_use]
pub fn cdb() -> Cdb {
    Cdb::from([OperationCode::INQUIRY.0, 0, 0, 0, REPLY as u8, 0])
}

impl Inquiry {
    /// Reads the reply. The texts of old drives may be missing.
    ///
    /// # Errors
    /// When there are not even five bytes.
    pub fn parse(reply: &[u8]) -> Result<Inquiry, BadReply> {
        if reply.len() < 5 {
            return Err(BadReply("shorter than its header"));
        }
        let reply = super::padded::<REPLY>(reply);
        let (_, (peripheral, removable, version, _, vendor, product, revision)) =
            (byte::<_, Fail<'_>>, byte, byte, take(5usize), take(8usize), take(16usize), take(4usize))
                .parse(&reply[..])
                .map_err(|_| BadReply("shorter than its header"))?;
        Ok(Inquiry {
            peripheral_type: peripheral & 0x1F,
            removable: removable & 0x80 != 0,
            version,
            vendor: text(vendor),
            product: text(product),
            revision: text(revision),
        })
    }
}

/// Printable ASCII without the padding; other bytes become question marks.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|&b| b != b' ' && b != 0).map_or(0, |last| last + 1);
    let printable = bytes[..end].iter().map(|&b| if (0x20..0x7F).contains(&b) { char::from(b) } else { '?' });
    printable.collect::<String>().trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb().as_bytes(), [0x12, 0, 0, 0, 0x24, 0]);
    }

    #[test]
    fn standard_data() {
        let mut reply = vec![0x05, 0x80, 0x05, 0x32, 0x1F, 0, 0, 0];
        reply.extend_from_slice(b"HL-DT-STBD-RE  BH16NS40 1.03");
        let inquiry = Inquiry::parse(&reply).unwrap();
        assert_eq!(inquiry.peripheral_type, TYPE_MULTIMEDIA);
        assert!(inquiry.removable);
        assert_eq!(inquiry.vendor, "HL-DT-ST");
        assert_eq!(inquiry.product, "BD-RE  BH16NS40");
        assert_eq!(inquiry.revision, "1.03");
    }

    #[test]
    fn short_and_odd_replies() {
        assert!(Inquiry::parse(&[5, 0x80]).is_err());
        let inquiry = Inquiry::parse(&[5, 0x80, 0, 0, 3, 0, 0, 0, b'A', 0x07, 0xFF]).unwrap();
        assert_eq!(inquiry.vendor, "A??");
        assert_eq!(inquiry.product, "");
    }
}
