//! What a reader needs of extended attributes (ECMA-167 4/14.10): the numbers of devices, and times that a
//! file entry has no field for.

use crate::Timestamp;

/// A device specification (4/14.10.7).
const DEVICE_SPECIFICATION: u32 = 12;
/// File times (4/14.10.5).
const FILE_TIMES: u32 = 5;
/// Bit of the file times that are there: creation comes first.
const CREATION: u32 = 1;
const HEADER: usize = 24;

/// The attributes of an area, each with its type and all its bytes.
fn attributes(area: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = area.get(HEADER..).unwrap_or_default();
    std::iter::from_fn(move || {
        let kind = number(rest, 0)?;
        let length = usize::try_from(number(rest, 8)?).ok()?;
        // Less than an attribute's own fields ends the list.
        let (attribute, behind) = rest.split_at_checked(length).filter(|_| length >= 12)?;
        rest = behind;
        Some((kind, attribute))
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Major and minor number of a device.
pub(super) fn device_numbers(area: &[u8]) -> Option<(u32, u32)> {
    let (_, device) = attributes(area).find(|(kind, _)| *kind == DEVICE_SPECIFICATION)?;
    Some((number(device, 16)?, number(device, 20)?))
}

/// Time of creation.
pub(super) fn creation(area: &[u8]) -> Option<Timestamp> {
    let (_, times) = attributes(area).find(|(kind, _)| *kind == FILE_TIMES)?;
    if number(times, 16)? & CREATION == 0 {
        return None;
    }
    Timestamp::parse(times.get(20..)?).ok().map(|(_, time)| time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(attributes: &[&[u8]]) -> Vec<u8> {
        [&[0; HEADER][..]].iter().chain(attributes).flat_map(|part| part.iter().copied()).collect()
    }

    #[test]
    fn a_device_behind_another_attribute() {
        let other = [1, 0, 0, 0, 1, 0, 0, 0, 16, 0, 0, 0, 9, 9, 9, 9];
        let device = [12, 0, 0, 0, 1, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0];
        assert_eq!(device_numbers(&area(&[&other, &device])), Some((8, 1)));
        assert_eq!(device_numbers(&area(&[&other, &device[..20]])), None);
        assert_eq!(device_numbers(&[]), None);
        let endless = [0; 64];
        assert_eq!(device_numbers(&endless), None);
    }

    #[test]
    fn creation_among_the_file_times() {
        let mut times = vec![5, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0];
        times.extend([0x00, 0x10, 0xd9, 0x07, 7, 14, 22, 30, 5, 0, 0, 0]);
        assert_eq!(creation(&area(&[&times])).unwrap().year, 2009);
        times[16] = 4;
        assert_eq!(creation(&area(&[&times])), None, "that of deletion");
    }
}
