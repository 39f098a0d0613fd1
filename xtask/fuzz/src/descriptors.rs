use iso9660::volume::{
    BootRecord, PrimaryVolumeDescriptor, SupplementaryVolumeDescriptor, VolumeDescriptorHeader,
    VolumePartitionDescriptor,
};

/// What parses must encode to something that parses to the same.
macro_rules! round_trip {
    ($kind:ty, $sector:expr) => {
        if let Ok((_, found)) = <$kind>::parse($sector) {
            let encoded = found.encode();
            let (_, again) = <$kind>::parse(&encoded).expect("what was encoded must parse");
            assert_eq!(found, again);
        }
    };
}

pub(crate) fn run(bytes: &[u8]) {
    // A whole descriptor, whatever the fuzzer's length.
    let mut sector = [0; 2048];
    let length = bytes.len().min(sector.len());
    sector[..length].copy_from_slice(&bytes[..length]);
    for sector in [&sector[..], bytes] {
        round_trip!(VolumeDescriptorHeader, sector);
        round_trip!(PrimaryVolumeDescriptor, sector);
        round_trip!(SupplementaryVolumeDescriptor, sector);
        round_trip!(BootRecord, sector);
        round_trip!(VolumePartitionDescriptor, sector);
        VolumePartitionDescriptor::disagreements(sector).for_each(drop);
    }
}
