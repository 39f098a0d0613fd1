use iso9660::VolumeTime;
use iso9660::volume::VolumeTimes;

use super::{UdfFields, VolumeTexts};
use crate::tree::FileSystem;

/// Fields of the descriptors of single file systems, in place of those that all have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct OwnFields {
    /// Of the primary volume descriptor. The enhanced one has these too where it has none of its own.
    pub iso9660: DescriptorFields,
    /// Of the enhanced volume descriptor (ISO 9660:1999).
    pub enhanced: DescriptorFields,
    /// Of Joliet's supplementary volume descriptor.
    pub joliet: DescriptorFields,
    /// Of the descriptors of UDF.
    pub udf: UdfFields,
}

/// Fields of one volume descriptor. What is `None` is as in the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct DescriptorFields {
    /// Texts.
    pub texts: VolumeTexts,
    /// Times.
    pub times: DescriptorTimes,
}

/// Times of one volume descriptor (ECMA-119 8.4.26 to 8.4.29); one that is not specified can be among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct DescriptorTimes {
    /// When the volume was created.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::volume_time"))]
    pub creation: Option<VolumeTime>,
    /// When it was last modified.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::volume_time"))]
    pub modification: Option<VolumeTime>,
    /// From when on it may be regarded as obsolete.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::volume_time"))]
    pub expiration: Option<VolumeTime>,
    /// From when on it may be used.
    #[cfg_attr(feature = "serde", serde(with = "crate::portable::volume_time"))]
    pub effective: Option<VolumeTime>,
}

impl DescriptorTimes {
    /// Those of `times` that are not as in `others`.
    pub(crate) fn that_differ(times: &VolumeTimes, others: &VolumeTimes) -> DescriptorTimes {
        let differing = |time: VolumeTime, other: VolumeTime| (time != other).then_some(time);
        DescriptorTimes {
            creation: differing(times.creation, others.creation),
            modification: differing(times.modification, others.modification),
            expiration: differing(times.expiration, others.expiration),
            effective: differing(times.effective, others.effective),
        }
    }

    fn or(self, times: VolumeTimes) -> VolumeTimes {
        VolumeTimes {
            creation: self.creation.unwrap_or(times.creation),
            modification: self.modification.unwrap_or(times.modification),
            expiration: self.expiration.unwrap_or(times.expiration),
            effective: self.effective.unwrap_or(times.effective),
        }
    }
}

impl OwnFields {
    /// Those of a volume descriptor of ISO 9660, from what it follows to what it has alone.
    fn of(&self, file_system: FileSystem) -> impl DoubleEndedIterator<Item = &DescriptorFields> {
        let (follows, own) = match file_system {
            FileSystem::Joliet => (None, Some(&self.joliet)),
            FileSystem::Enhanced => (Some(&self.iso9660), Some(&self.enhanced)),
            FileSystem::Iso9660 | FileSystem::RockRidge => (None, Some(&self.iso9660)),
            FileSystem::Udf | FileSystem::HfsPlus => (None, None),
        };
        follows.into_iter().chain(own)
    }

    /// The texts of a volume descriptor of ISO 9660; `common` are those that all have.
    pub(super) fn texts(&self, file_system: FileSystem, common: &VolumeTexts) -> VolumeTexts {
        self.of(file_system).fold(common.clone(), |texts, fields| fields.texts.or(&texts))
    }

    /// Its times, likewise.
    pub(super) fn times(&self, file_system: FileSystem, common: VolumeTimes) -> VolumeTimes {
        self.of(file_system).fold(common, |times, fields| fields.times.or(times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enhanced_descriptor_follows_the_primary_one() {
        let text = |text: &str| Some(text.to_owned());
        let common = VolumeTexts { publisher: text("all"), system: text("all"), ..VolumeTexts::default() };
        let mut own = OwnFields::default();
        own.iso9660.texts = VolumeTexts { publisher: text("primary"), ..VolumeTexts::default() };
        own.joliet.texts.system = text("Joliet");
        own.enhanced.times.expiration = Some(VolumeTime::NOT_SPECIFIED);
        own.iso9660.times.expiration = Some(VolumeTime::from_unix(5, 0));
        own.iso9660.times.effective = Some(VolumeTime::from_unix(6, 0));
        let found = |file_system| {
            let texts = own.texts(file_system, &common);
            let times = own.times(file_system, VolumeTimes::NOT_SPECIFIED);
            let at = |time: VolumeTime| time.to_unix().map(|(seconds, _)| seconds);
            (texts.publisher.unwrap(), texts.system.unwrap(), at(times.expiration), at(times.effective))
        };
        let expected = |publisher: &str, system: &str| (publisher.to_owned(), system.to_owned());
        for (file_system, (publisher, system), expiration, effective) in [
            (FileSystem::Iso9660, expected("primary", "all"), Some(5), Some(6)),
            (FileSystem::Enhanced, expected("primary", "all"), None, Some(6)),
            (FileSystem::Joliet, expected("all", "Joliet"), None, None),
        ] {
            assert_eq!(found(file_system), (publisher, system, expiration, effective), "{file_system}");
        }
    }
}
