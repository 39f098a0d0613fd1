use crate::volume::{
    AnchorVolumeDescriptorPointer, ImplementationUseVolumeDescriptor, LogicalVolumeDescriptor,
    LogicalVolumeIntegrityDescriptor, PartitionDescriptor, PrimaryVolumeDescriptor, TerminatingDescriptor,
    UnallocatedSpaceDescriptor, VolumeDescriptorPointer,
};
use crate::{Descriptor, Error, Tag, TagId};

/// Any of the descriptors that describe a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VolumeDescriptor {
    /// Primary volume descriptor.
    Primary(Box<PrimaryVolumeDescriptor>),
    /// Anchor volume descriptor pointer.
    Anchor(AnchorVolumeDescriptorPointer),
    /// Volume descriptor pointer.
    Pointer(VolumeDescriptorPointer),
    /// Implementation use volume descriptor.
    ImplementationUse(Box<ImplementationUseVolumeDescriptor>),
    /// Partition descriptor.
    Partition(Box<PartitionDescriptor>),
    /// Logical volume descriptor.
    LogicalVolume(Box<LogicalVolumeDescriptor>),
    /// Unallocated space descriptor.
    UnallocatedSpace(UnallocatedSpaceDescriptor),
    /// Terminating descriptor.
    Terminating(TerminatingDescriptor),
    /// Logical volume integrity descriptor.
    Integrity(Box<LogicalVolumeIntegrityDescriptor>),
}

impl VolumeDescriptor {
    /// The descriptor in `block`; `None` if its tag is valid and says that it is none of these.
    ///
    /// # Errors
    /// As [`Descriptor::parse`].
    pub fn parse(block: &[u8]) -> Result<Option<VolumeDescriptor>, Error> {
        let (tag, _) = Tag::open(block)?;
        Ok(Some(match tag.id {
            TagId::PRIMARY_VOLUME => VolumeDescriptor::Primary(Descriptor::parse(block).map(Box::new)?),
            TagId::ANCHOR_VOLUME_POINTER => VolumeDescriptor::Anchor(Descriptor::parse(block)?),
            TagId::VOLUME_POINTER => VolumeDescriptor::Pointer(Descriptor::parse(block)?),
            TagId::IMPLEMENTATION_USE_VOLUME => {
                VolumeDescriptor::ImplementationUse(Descriptor::parse(block).map(Box::new)?)
            }
            TagId::PARTITION => VolumeDescriptor::Partition(Descriptor::parse(block).map(Box::new)?),
            TagId::LOGICAL_VOLUME => VolumeDescriptor::LogicalVolume(Descriptor::parse(block).map(Box::new)?),
            TagId::UNALLOCATED_SPACE => VolumeDescriptor::UnallocatedSpace(Descriptor::parse(block)?),
            TagId::TERMINATING => VolumeDescriptor::Terminating(Descriptor::parse(block)?),
            TagId::LOGICAL_VOLUME_INTEGRITY => {
                VolumeDescriptor::Integrity(Descriptor::parse(block).map(Box::new)?)
            }
            _ => return Ok(None),
        }))
    }

    /// Its tag.
    #[must_use]
    pub fn tag(&self) -> &Tag {
        match self {
            VolumeDescriptor::Primary(descriptor) => &descriptor.tag,
            VolumeDescriptor::Anchor(descriptor) => &descriptor.tag,
            VolumeDescriptor::Pointer(descriptor) => &descriptor.tag,
            VolumeDescriptor::ImplementationUse(descriptor) => &descriptor.tag,
            VolumeDescriptor::Partition(descriptor) => &descriptor.tag,
            VolumeDescriptor::LogicalVolume(descriptor) => &descriptor.tag,
            VolumeDescriptor::UnallocatedSpace(descriptor) => &descriptor.tag,
            VolumeDescriptor::Terminating(descriptor) => &descriptor.tag,
            VolumeDescriptor::Integrity(descriptor) => &descriptor.tag,
        }
    }

    /// Fills the whole of `block` with it.
    ///
    /// # Errors
    /// As [`Descriptor::encode`].
    pub fn encode(&self, block: &mut [u8]) -> Result<(), Error> {
        match self {
            VolumeDescriptor::Primary(descriptor) => descriptor.encode(block),
            VolumeDescriptor::Anchor(descriptor) => descriptor.encode(block),
            VolumeDescriptor::Pointer(descriptor) => descriptor.encode(block),
            VolumeDescriptor::ImplementationUse(descriptor) => descriptor.encode(block),
            VolumeDescriptor::Partition(descriptor) => descriptor.encode(block),
            VolumeDescriptor::LogicalVolume(descriptor) => descriptor.encode(block),
            VolumeDescriptor::UnallocatedSpace(descriptor) => descriptor.encode(block),
            VolumeDescriptor::Terminating(descriptor) => descriptor.encode(block),
            VolumeDescriptor::Integrity(descriptor) => descriptor.encode(block),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_descriptors_are_none_of_these() {
        let mut block = [0; 512];
        assert_eq!(VolumeDescriptor::parse(&block), Ok(None));
        let tag = Tag { id: TagId::FILE_SET, version: 2, serial: 0, crc_length: 496, location: 0 };
        tag.seal(&mut block).unwrap();
        assert_eq!(VolumeDescriptor::parse(&block), Ok(None));
    }

    proptest! {
        #[test]
        fn any_bytes_behind_a_valid_tag(
            mut block in prop::collection::vec(any::<u8>(), 16..=1024),
            id in 1..10u16,
        ) {
            let tag = Tag { id: TagId(id), version: 2, serial: 0, crc_length: 0, location: 7 };
            tag.seal(&mut block).unwrap();
            if let Ok(Some(descriptor)) = VolumeDescriptor::parse(&block) {
                prop_assert_eq!(descriptor.tag(), &tag);
                let mut encoded = vec![0; block.len().max(512)];
                descriptor.encode(&mut encoded).unwrap();
                prop_assert_eq!(VolumeDescriptor::parse(&encoded), Ok(Some(descriptor)));
            }
        }
    }
}
