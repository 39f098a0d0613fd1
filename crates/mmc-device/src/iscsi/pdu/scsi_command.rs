use byteorder::{BigEndian, ByteOrder};

use super::header::{FINAL, bit};
use super::{Header, opcode};

const READ: u8 = 0x40;
const WRITE: u8 = 0x20;
const ATTRIBUTE: u8 = 0x07;

/// SCSI Command (11.3). Its data segment is the first part of the data to the drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScsiCommand {
    /// Outside the order of command numbers.
    pub immediate: bool,
    /// No unsolicited Data-Out follows.
    pub last: bool,
    /// Data from the drive are expected.
    pub read: bool,
    /// Data go to the drive.
    pub write: bool,
    /// Task attribute, 3 bits.
    pub attribute: u8,
    /// Logical unit.
    pub lun: u64,
    /// Tag of the task until its end.
    pub initiator_task_tag: u32,
    /// Bytes the initiator wants moved.
    pub expected_data_transfer_length: u32,
    /// Command number.
    pub cmd_sn: u32,
    /// Status expected next.
    pub exp_stat_sn: u32,
    /// The command descriptor block, padded with zeros.
    pub cdb: [u8; 16],
}

impl ScsiCommand {
    /// From a header of this kind.
    #[must_use]
    pub fn parse(header: &Header) -> ScsiCommand {
        let [expected_data_transfer_length, cmd_sn, exp_stat_sn, block @ ..] = header.words;
        let mut cdb = [0; 16];
        BigEndian::write_u32_into(&block, &mut cdb);
        ScsiCommand {
            immediate: header.immediate(),
            last: header.flag(FINAL),
            read: header.flag(READ),
            write: header.flag(WRITE),
            attribute: header.flags & ATTRIBUTE,
            lun: header.lun,
            initiator_task_tag: header.initiator_task_tag,
            expected_data_transfer_length,
            cmd_sn,
            exp_stat_sn,
            cdb,
        }
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        let mut words = [self.expected_data_transfer_length, self.cmd_sn, self.exp_stat_sn, 0, 0, 0, 0];
        BigEndian::read_u32_into(&self.cdb, &mut words[3..]);
        let data = bit(self.read, READ) | bit(self.write, WRITE);
        Header {
            flags: bit(self.last, FINAL) | data | self.attribute & ATTRIBUTE,
            lun: self.lun,
            initiator_task_tag: self.initiator_task_tag,
            words,
            ..Header::request(opcode::SCSI_COMMAND, self.immediate)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::header::tests::rows;
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x01, 0xA1, 0, 0],
            [0; 4],
            [0, 1, 0, 0],
            [0; 4],
            [0, 0, 0, 5],
            [0, 0, 0x80, 0],
            [0, 0, 0, 2],
            [0, 0, 0, 4],
            [0x2A, 0, 0, 0],
            [0, 0x10, 0, 0],
            [0x10, 0, 0, 0],
            [0; 4],
        ]);
        let expected = ScsiCommand {
            immediate: false,
            last: true,
            read: false,
            write: true,
            attribute: 1,
            lun: 1 << 48,
            initiator_task_tag: 5,
            expected_data_transfer_length: 32_768,
            cmd_sn: 2,
            exp_stat_sn: 4,
            cdb: [0x2A, 0, 0, 0, 0, 0x10, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0],
        };
        assert_eq!(ScsiCommand::parse(&header), expected);
        assert_eq!(expected.encode(), header);
    }

    proptest! {
        #[test]
        fn round_trip(flags: [bool; 4], attribute in 0u8..8, lun: u64, words: [u32; 4], cdb: [u8; 16]) {
            let command = ScsiCommand {
                immediate: flags[0],
                last: flags[1],
                read: flags[2],
                write: flags[3],
                attribute,
                lun,
                initiator_task_tag: words[0],
                expected_data_transfer_length: words[1],
                cmd_sn: words[2],
                exp_stat_sn: words[3],
                cdb,
            };
            prop_assert_eq!(ScsiCommand::parse(&command.encode()), command);
        }
    }
}
