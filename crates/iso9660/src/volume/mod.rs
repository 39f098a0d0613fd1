//! Volume descriptors (ECMA-119 8): one sector each, from sector 16 of the session to the terminator.

mod boot_record;
mod fields;
mod header;
mod identifiers;
mod partition;
mod path_tables;
mod primary;
mod root_directory;
mod supplementary;
mod terminator;
mod times;

pub use boot_record::BootRecord;
pub use fields::VolumeFields;
pub use header::{STANDARD_IDENTIFIER, VolumeDescriptorHeader, VolumeDescriptorType};
pub use identifiers::Identifiers;
pub use partition::VolumePartitionDescriptor;
pub use path_tables::PathTables;
pub use primary::PrimaryVolumeDescriptor;
pub use root_directory::RootDirectory;
pub use supplementary::{SupplementaryVolumeDescriptor, VolumeFlags};
pub use terminator::VolumeDescriptorSetTerminator;
pub use times::VolumeTimes;

/// Bytes of a volume descriptor.
pub const DESCRIPTOR_LEN: usize = 2048;

/// The volume descriptors begin this many sectors after the start of the session: the System Area
/// before them has 16 (6.2.1).
pub const FIRST_DESCRIPTOR: u32 = 16;

#[cfg(test)]
mod test_support {
    use super::*;

    /// A sector of zeros with these bytes at these positions, which count from 1 as the standard does.
    pub(super) fn sector(parts: &[(usize, &[u8])]) -> [u8; DESCRIPTOR_LEN] {
        let mut sector = [0; DESCRIPTOR_LEN];
        for (position, bytes) in parts {
            sector[position - 1..position - 1 + bytes.len()].copy_from_slice(bytes);
        }
        sector
    }
}
