use std::iter::FusedIterator;

use crate::file::{AllocationType, ExtAd};
use crate::{ExtentType, LongAd, ShortAd};

/// An allocation descriptor of any kind (ECMA-167 4/14.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AllocationDescriptor {
    /// Short: in the partition of what holds the descriptor.
    Short(ShortAd),
    /// Long: names its partition.
    Long(LongAd),
    /// Extended: names its partition.
    Extended(ExtAd),
}

impl AllocationDescriptor {
    /// Bytes of the extent, at most 2^30 - 1.
    #[must_use]
    pub const fn length(&self) -> u32 {
        match self {
            AllocationDescriptor::Short(ad) => ad.length(),
            AllocationDescriptor::Long(ad) => ad.length(),
            AllocationDescriptor::Extended(ad) => ad.length(),
        }
    }

    /// What the extent is.
    #[must_use]
    pub const fn extent_type(&self) -> ExtentType {
        match self {
            AllocationDescriptor::Short(ad) => ad.extent_type(),
            AllocationDescriptor::Long(ad) => ad.extent_type(),
            AllocationDescriptor::Extended(ad) => ad.extent_type(),
        }
    }

    /// First logical block in the partition.
    #[must_use]
    pub const fn block(&self) -> u32 {
        match self {
            AllocationDescriptor::Short(ad) => ad.position,
            AllocationDescriptor::Long(ad) => ad.block,
            AllocationDescriptor::Extended(ad) => ad.location.block,
        }
    }

    /// The partition, by the index of its map; `None` where it is that of what holds the descriptor.
    #[must_use]
    pub const fn partition(&self) -> Option<u16> {
        match self {
            AllocationDescriptor::Short(_) => None,
            AllocationDescriptor::Long(ad) => Some(ad.partition),
            AllocationDescriptor::Extended(ad) => Some(ad.location.partition),
        }
    }
}

/// The allocation descriptors in an area, up to one of length 0, which ends the sequence (ECMA-167 4/12.1), or
/// to the last that is complete. There are none in an area of embedded data or of a reserved kind.
#[derive(Clone, Debug)]
pub struct AllocationDescriptors<'a> {
    kind: AllocationType,
    rest: &'a [u8],
}

impl<'a> AllocationDescriptors<'a> {
    /// Those in `area`.
    #[must_use]
    pub const fn new(kind: AllocationType, area: &'a [u8]) -> AllocationDescriptors<'a> {
        AllocationDescriptors { kind, rest: area }
    }

    /// What has not been passed: behind the end, bytes that are no descriptor.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl Iterator for AllocationDescriptors<'_> {
    type Item = AllocationDescriptor;

    fn next(&mut self) -> Option<AllocationDescriptor> {
        let (rest, descriptor) = match self.kind {
            AllocationType::Short => {
                let (rest, ad) = ShortAd::parse(self.rest).ok()?;
                (rest, AllocationDescriptor::Short(ad))
            }
            AllocationType::Long => {
                let (rest, ad) = LongAd::parse(self.rest).ok()?;
                (rest, AllocationDescriptor::Long(ad))
            }
            AllocationType::Extended => {
                let (rest, ad) = ExtAd::parse(self.rest).ok()?;
                (rest, AllocationDescriptor::Extended(ad))
            }
            AllocationType::Embedded | AllocationType::Reserved(_) => return None,
        };
        if descriptor.length() == 0 {
            return None;
        }
        self.rest = rest;
        Some(descriptor)
    }
}

impl FusedIterator for AllocationDescriptors<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sequence_ends_at_length_0() {
        let area = [0, 8, 0, 0, 5, 0, 0, 0, 0, 8, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x40, 9, 0, 0, 0, 1];
        let mut descriptors = AllocationDescriptors::new(AllocationType::Short, &area);
        let first = descriptors.next().unwrap();
        assert_eq!((first.length(), first.block(), first.partition()), (2048, 5, None));
        assert_eq!(descriptors.next().unwrap().extent_type(), ExtentType::NotAllocated);
        assert_eq!(descriptors.next(), None);
        assert_eq!(descriptors.next(), None);
        assert_eq!(descriptors.rest(), &area[16..]);
    }

    #[test]
    fn kinds_with_a_partition() {
        let mut area = [0; 21];
        area[0] = 1;
        area[4] = 7;
        area[8] = 2;
        let mut descriptors = AllocationDescriptors::new(AllocationType::Long, &area);
        let long = descriptors.next().unwrap();
        assert_eq!((long.length(), long.block(), long.partition()), (1, 7, Some(2)));
        assert_eq!((descriptors.next(), descriptors.rest().len()), (None, 5));
        area[12] = 9;
        area[16] = 3;
        let extended = AllocationDescriptors::new(AllocationType::Extended, &area).next().unwrap();
        assert_eq!((extended.length(), extended.block(), extended.partition()), (1, 9, Some(3)));
        for kind in [AllocationType::Embedded, AllocationType::Reserved(5)] {
            assert_eq!(AllocationDescriptors::new(kind, &area).next(), None);
        }
    }

    proptest! {
        #[test]
        fn each_takes_its_size(area in prop::collection::vec(any::<u8>(), 0..200), kind in 0..8u16) {
            let kind = crate::file::IcbFlags::from_bits_retain(kind).allocation();
            let size = match kind {
                AllocationType::Short => 8,
                AllocationType::Long => 16,
                _ => 20,
            };
            let mut descriptors = AllocationDescriptors::new(kind, &area);
            let number = descriptors.by_ref().count();
            prop_assert_eq!(descriptors.rest(), &area[number * size..]);
        }
    }
}
