use nom::IResult;

use super::{DESCRIPTOR_LEN, VolumeDescriptorHeader, VolumeDescriptorType, VolumeFields};

/// Primary Volume Descriptor (ECMA-119 8.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryVolumeDescriptor {
    /// Version of the structure (8.4.3); 1.
    pub version: u8,
    /// The volume and its primary directory hierarchy.
    pub fields: VolumeFields,
}

impl PrimaryVolumeDescriptor {
    /// Reads a sector. Unused and reserved fields are not looked at.
    ///
    /// # Errors
    /// When it is no primary volume descriptor or shorter than 2048 bytes.
    pub fn parse(sector: &[u8]) -> IResult<&[u8], PrimaryVolumeDescriptor> {
        let (rest, header) = VolumeDescriptorHeader::expect(sector, VolumeDescriptorType::PRIMARY)?;
        let (rest, (_, fields)) = VolumeFields::parse(rest)?;
        Ok((rest, PrimaryVolumeDescriptor { version: header.version, fields }))
    }

    /// The sector.
    #[must_use]
    pub fn encode(&self) -> [u8; DESCRIPTOR_LEN] {
        let mut sector = [0; DESCRIPTOR_LEN];
        let header = VolumeDescriptorHeader { kind: VolumeDescriptorType::PRIMARY, version: self.version };
        sector[..7].copy_from_slice(&header.encode());
        self.fields.encode_into(&mut sector, (0, [0; 32]));
        sector
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::test_support::sector;
    use super::super::{Identifiers, PathTables, RootDirectory, VolumeTimes};
    use super::*;
    use crate::text::padded;
    use crate::{LogicalBlock, RecordingTime, VolumeTime};
    use proptest::prelude::*;

    /// The descriptor that [`written_by_hand`] is the sector of.
    pub(crate) fn example() -> VolumeFields {
        VolumeFields {
            identifiers: Identifiers {
                system: padded(b"SYS").unwrap(),
                volume: padded(b"VOL").unwrap(),
                volume_set: padded(b"SET").unwrap(),
                publisher: padded(b"PUB").unwrap(),
                data_preparer: padded(b"PREP").unwrap(),
                application: padded(b"APP").unwrap(),
                copyright_file: padded(b"C.TXT;1").unwrap(),
                abstract_file: padded(b"A.TXT;1").unwrap(),
                bibliographic_file: padded(b"B.TXT;1").unwrap(),
            },
            volume_space_size: 0x0102_0304,
            volume_set_size: 1,
            volume_sequence_number: 1,
            logical_block_size: 2048,
            path_tables: PathTables {
                size: 10,
                type_l: LogicalBlock::new(0x13),
                optional_type_l: None,
                type_m: LogicalBlock::new(0x15),
                optional_type_m: None,
            },
            root: RootDirectory::new(LogicalBlock::new(28), 2048, RecordingTime::from_unix(0)),
            times: VolumeTimes { creation: VolumeTime::from_unix(0, 0), ..VolumeTimes::NOT_SPECIFIED },
            file_structure_version: 1,
            application_use: [b'u'; 512],
        }
    }

    /// Byte positions are those of the standard's table, counted from 1.
    pub(crate) fn written_by_hand() -> [u8; DESCRIPTOR_LEN] {
        sector(&[
            (1, b"\x01CD001\x01"),
            (9, &[b' '; 64]),
            (9, b"SYS"),
            (41, b"VOL"),
            (81, &[4, 3, 2, 1, 1, 2, 3, 4]),
            (121, &[1, 0, 0, 1]),
            (125, &[1, 0, 0, 1]),
            (129, &[0, 8, 8, 0]),
            (133, &[10, 0, 0, 0, 0, 0, 0, 10]),
            (141, &[0x13, 0, 0, 0]),
            (149, &[0, 0, 0, 0x15]),
            (157, &[34, 0, 28, 0, 0, 0, 0, 0, 0, 28, 0, 8, 0, 0, 0, 0, 8, 0]),
            (175, &[70, 1, 1, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 1, 1, 0]),
            (191, &[b' '; 813 - 190]),
            (191, b"SET"),
            (319, b"PUB"),
            (447, b"PREP"),
            (575, b"APP"),
            (703, b"C.TXT;1"),
            (740, b"A.TXT;1"),
            (777, b"B.TXT;1"),
            (814, b"1970010100000000\0"),
            (831, b"0000000000000000\0"),
            (848, b"0000000000000000\0"),
            (865, b"0000000000000000\0"),
            (882, b"\x01"),
            (884, &[b'u'; 512]),
        ])
    }

    #[test]
    fn bytes_of_the_standard() {
        let descriptor = PrimaryVolumeDescriptor { version: 1, fields: example() };
        assert!(descriptor.encode() == written_by_hand());
        assert_eq!(PrimaryVolumeDescriptor::parse(&written_by_hand()).unwrap().1, descriptor);
        assert_eq!(VolumeFields::disagreements(&written_by_hand()).count(), 0);
    }

    #[test]
    fn differing_halves_are_told() {
        let mut sector = written_by_hand();
        sector[87] = 9;
        sector[173] = 9;
        let told: Vec<_> = VolumeFields::disagreements(&sector).map(|it| (it.offset, it.clause)).collect();
        assert_eq!(told, [(80, "8.4.8"), (166, "8.4.18")]);
    }

    #[test]
    fn damaged_descriptors_are_refused() {
        assert!(PrimaryVolumeDescriptor::parse(&written_by_hand()[..2047]).is_err());
        let mut other = written_by_hand();
        other[0] = 2;
        assert!(PrimaryVolumeDescriptor::parse(&other).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_round_trip(damage in proptest::collection::vec((7usize..1395, any::<u8>()), 0..300)) {
            let mut sector = written_by_hand();
            for (at, byte) in damage {
                sector[at] = byte;
            }
            let descriptor = PrimaryVolumeDescriptor::parse(&sector).unwrap().1;
            let again = PrimaryVolumeDescriptor::parse(&descriptor.encode()).unwrap().1;
            prop_assert_eq!(again, descriptor);
        }
    }
}
