/// The name of a session in the place of the logical unit (SSID): the initiator's part, and the target's.
pub(super) fn parse(lun: u64) -> ([u8; 6], u16) {
    let [a, b, c, d, e, f, high, low] = lun.to_be_bytes();
    ([a, b, c, d, e, f], u16::from_be_bytes([high, low]))
}

/// The same back.
pub(super) fn encode([a, b, c, d, e, f]: [u8; 6], tsih: u16) -> u64 {
    let [high, low] = tsih.to_be_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, high, low])
}
