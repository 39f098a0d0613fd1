//! What a reader needs of extended attributes (ECMA-167 4/14.10): the numbers of devices, and times that a
//! file entry has no field for.

use crate::attribute::{
    DeviceSpecification, ExtendedAttribute, ExtendedAttributeHeaderDescriptor, ExtendedAttributes, FileTimes,
};

/// The attributes of a space up to the first that is damaged, whatever its header says.
fn attributes(space: &[u8]) -> impl Iterator<Item = ExtendedAttribute<'_>> {
    let area = space.get(ExtendedAttributeHeaderDescriptor::SIZE..).unwrap_or_default();
    ExtendedAttributes::new(area).map_while(Result::ok)
}

/// Major and minor number of a device.
pub(super) fn device_numbers(space: &[u8]) -> Option<(u32, u32)> {
    let device = attributes(space).find_map(|attribute| DeviceSpecification::parse(&attribute).ok())?;
    Some((device.major, device.minor))
}

/// Times that an entry may have no field for.
pub(super) fn file_times(space: &[u8]) -> FileTimes {
    attributes(space).find_map(|attribute| FileTimes::parse(&attribute).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(attributes: &[&[u8]]) -> Vec<u8> {
        [&[0; 24][..]].iter().chain(attributes).flat_map(|part| part.iter().copied()).collect()
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
        assert_eq!(file_times(&area(&[&times])).creation.unwrap().year, 2009);
        times[16] = 4;
        let found = file_times(&area(&[&times]));
        assert_eq!((found.creation, found.deletion.unwrap().year), (None, 2009));
        times[12] = 11;
        assert_eq!(
            file_times(&area(&[&times])),
            FileTimes::default(),
            "it is said to be shorter than its time"
        );
    }
}
