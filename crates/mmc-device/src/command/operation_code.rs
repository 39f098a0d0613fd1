use std::fmt;

/// Operation code, byte 0 of a command descriptor block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationCode(pub u8);

macro_rules! operation_codes {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        impl OperationCode {
            $(
                #[doc = $text]
                pub const $name: OperationCode = OperationCode($code);
            )*

            /// The command's name in SPC or MMC; `None` for codes this crate does not send.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($code => Some($text),)*
                    _ => None,
                }
            }
        }
    };
}

operation_codes! {
    TEST_UNIT_READY = 0x00, "TEST UNIT READY";
    REQUEST_SENSE = 0x03, "REQUEST SENSE";
    FORMAT_UNIT = 0x04, "FORMAT UNIT";
    INQUIRY = 0x12, "INQUIRY";
    START_STOP_UNIT = 0x1B, "START STOP UNIT";
    PREVENT_ALLOW_MEDIUM_REMOVAL = 0x1E, "PREVENT ALLOW MEDIUM REMOVAL";
    READ_FORMAT_CAPACITIES = 0x23, "READ FORMAT CAPACITIES";
    READ_CAPACITY = 0x25, "READ CAPACITY";
    READ_10 = 0x28, "READ(10)";
    WRITE_10 = 0x2A, "WRITE(10)";
    WRITE_AND_VERIFY_10 = 0x2E, "WRITE AND VERIFY(10)";
    SYNCHRONIZE_CACHE = 0x35, "SYNCHRONIZE CACHE";
    READ_SUB_CHANNEL = 0x42, "READ SUB-CHANNEL";
    READ_TOC = 0x43, "READ TOC/PMA/ATIP";
    GET_CONFIGURATION = 0x46, "GET CONFIGURATION";
    GET_EVENT_STATUS_NOTIFICATION = 0x4A, "GET EVENT STATUS NOTIFICATION";
    READ_DISC_INFORMATION = 0x51, "READ DISC INFORMATION";
    READ_TRACK_INFORMATION = 0x52, "READ TRACK INFORMATION";
    RESERVE_TRACK = 0x53, "RESERVE TRACK";
    SEND_OPC_INFORMATION = 0x54, "SEND OPC INFORMATION";
    MODE_SELECT_10 = 0x55, "MODE SELECT(10)";
    REPAIR_TRACK = 0x58, "REPAIR TRACK";
    MODE_SENSE_10 = 0x5A, "MODE SENSE(10)";
    CLOSE_TRACK_SESSION = 0x5B, "CLOSE TRACK SESSION";
    READ_BUFFER_CAPACITY = 0x5C, "READ BUFFER CAPACITY";
    SEND_CUE_SHEET = 0x5D, "SEND CUE SHEET";
    BLANK = 0xA1, "BLANK";
    READ_12 = 0xA8, "READ(12)";
    WRITE_12 = 0xAA, "WRITE(12)";
    GET_PERFORMANCE = 0xAC, "GET PERFORMANCE";
    READ_DISC_STRUCTURE = 0xAD, "READ DISC STRUCTURE";
    SET_STREAMING = 0xB6, "SET STREAMING";
    SET_CD_SPEED = 0xBB, "SET CD SPEED";
    READ_CD = 0xBE, "READ CD";
}

impl OperationCode {
    pub(crate) fn is_write(self) -> bool {
        matches!(self, OperationCode::WRITE_10 | OperationCode::WRITE_12 | OperationCode::WRITE_AND_VERIFY_10)
    }

    pub(crate) fn is_read(self) -> bool {
        matches!(self, OperationCode::READ_10 | OperationCode::READ_12 | OperationCode::READ_CD)
    }

    pub(crate) fn is_erasing(self) -> bool {
        matches!(self, OperationCode::BLANK | OperationCode::FORMAT_UNIT)
    }
}

impl fmt::Display for OperationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "operation {:02X}h", self.0),
        }
    }
}
