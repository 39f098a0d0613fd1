//! INQUIRY and REQUEST SENSE (SPC).

use crate::Sense;

use super::SimulatedDrive;
use super::decode::Block;
use super::status::{self, Outcome};

const VENDOR: &[u8; 8] = b"FSIMAGE ";
const PRODUCT: &[u8; 16] = b"SIMULATED DRIVE ";
const REVISION: &[u8; 4] = b"0001";
const SERIAL_NUMBER: &[u8; 8] = b"00000001";

/// Vital product data pages: what there is, serial number, identification.
const SUPPORTED: u8 = 0x00;
const UNIT_SERIAL_NUMBER: u8 = 0x80;
const IDENTIFICATION: u8 = 0x83;

impl SimulatedDrive {
    pub(super) fn inquiry(&self, block: &Block) -> Outcome<Vec<u8>> {
        if block[1] & 0x01 != 0 {
            return vital_product_data(block[2]);
        }
        if block[1] != 0 || block[2] != 0 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        let mut reply = vec![
            0x05, // CD/DVD device
            0x80, // the medium is removable
            0x05, // SPC-3
            0x02, // response data format 2
            31, 0, 0, 0,
        ];
        reply.extend_from_slice(VENDOR);
        reply.extend_from_slice(PRODUCT);
        reply.extend_from_slice(REVISION);
        Ok(reply)
    }

    pub(super) fn request_sense(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        if block[1] & 0x01 != 0 {
            // Descriptor format.
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        let sense = match self.deferred.take().or_else(|| self.attention.pop_front()) {
            Some(sense) => sense,
            None => self.progress().unwrap_or(status::NO_SENSE),
        };
        Ok(fixed_format(&sense).to_vec())
    }
}

fn vital_product_data(page: u8) -> Outcome<Vec<u8>> {
    let data = match page {
        SUPPORTED => vec![SUPPORTED, UNIT_SERIAL_NUMBER, IDENTIFICATION],
        UNIT_SERIAL_NUMBER => SERIAL_NUMBER.to_vec(),
        IDENTIFICATION => {
            // One designator of the logical unit: in ASCII, made of vendor, product and serial number.
            let name = [VENDOR.as_slice(), PRODUCT, SERIAL_NUMBER].concat();
            [&[0x02, 0x01, 0, name.len() as u8], name.as_slice()].concat()
        }
        _ => return Err(status::INVALID_FIELD_IN_CDB.into()),
    };
    let mut reply = vec![0x05, page, 0, data.len() as u8];
    reply.extend(data);
    Ok(reply)
}

/// Sense data in fixed format, response code 70h or 71h.
pub(crate) fn fixed_format(sense: &Sense) -> [u8; 18] {
    let mut data = [0; 18];
    data[0] = if sense.deferred { 0x71 } else { 0x70 };
    data[2] = sense.key;
    if let Some(information) = sense.information {
        data[0] |= 0x80;
        data[3..7].copy_from_slice(&information.to_be_bytes());
    }
    data[7] = 10;
    data[12] = sense.asc;
    data[13] = sense.ascq;
    if let Some(progress) = sense.progress {
        data[15] = 0x80;
        data[16..18].copy_from_slice(&progress.to_be_bytes());
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sense_data_in_fixed_format() {
        let sense = Sense { information: Some(0x0102_0304), ..status::WRITE_ERROR };
        let expected = [0xF0, 0, 3, 1, 2, 3, 4, 10, 0, 0, 0, 0, 0x0C, 0, 0, 0, 0, 0];
        assert_eq!(fixed_format(&sense), expected);
        let sense = Sense { progress: Some(0x8000), ..status::NOT_READY_OPERATION_IN_PROGRESS };
        let expected = [0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x04, 0x07, 0, 0x80, 0x80, 0];
        assert_eq!(fixed_format(&sense), expected);
        assert_eq!(fixed_format(&Sense { deferred: true, ..status::WRITE_ERROR })[0], 0x71);
    }
}
