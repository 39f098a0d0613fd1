//! What the descriptors of single file systems say.

use std::collections::BTreeMap;

use iso9660::read::VolumeSet;
use iso9660::volume::{Identifiers, VolumeTimes};
use joliet::Level;

use super::ImportWarning;
use crate::disc::udf::UdfVolume;
use crate::plan::{DescriptorFields, DescriptorTimes, EndMark, OwnFields, SpaceMark, UdfFields};
use crate::tree::{FileSystem, Timestamp};

/// Supplementary volume descriptors that are neither Joliet's nor the enhanced one.
pub(super) fn further_volumes(set: &VolumeSet) -> impl Iterator<Item = ImportWarning> {
    let joliet =
        set.supplementary.iter().position(|descriptor| Level::of(&descriptor.escape_sequences).is_some());
    let others = (0..set.supplementary.len()).filter(move |&index| Some(index) != joliet);
    others.map(|index| ImportWarning::SupplementaryVolume { number: index + 1 })
}

/// Application Use fields in which something stands that is not written again. Whole sums of an image are told as such, and
/// this crate's own marks follow from where a session lies.
pub(super) fn application_use(set: &VolumeSet) -> impl Iterator<Item = ImportWarning> {
    let says_something = |field: &[u8; 512]| {
        let is_blank = field.iter().all(|byte| [0, b' '].contains(byte));
        let is_own = SpaceMark::of(field).is_some() || EndMark::announced(field).is_some();
        !is_blank && !is_own && !super::checksums::implanted(field)
    };
    let joliet = joliet::descriptor(set).map(|descriptor| (FileSystem::Joliet, &descriptor.fields));
    let enhanced = set.enhanced.as_ref().map(|descriptor| (FileSystem::Enhanced, &descriptor.fields));
    let all = [Some((FileSystem::Iso9660, &set.primary.fields)), joliet, enhanced];
    let told = all.into_iter().flatten().filter(move |(_, fields)| says_something(&fields.application_use));
    told.map(|(file_system, _)| ImportWarning::ApplicationUse { file_system })
}

/// Fields of the descriptors of single file systems that do not follow from the primary volume descriptor.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnDescriptors {
    /// Texts of the Joliet and the enhanced descriptor.
    pub(super) identifiers: BTreeMap<FileSystem, Identifiers>,
    /// Their times.
    times: BTreeMap<FileSystem, DescriptorTimes>,
    udf: UdfFields,
}

impl OwnDescriptors {
    pub(super) fn of_session(set: Option<&VolumeSet>, udf: Option<&UdfVolume>) -> OwnDescriptors {
        let mut own =
            OwnDescriptors { udf: udf.map(UdfFields::of_volume).unwrap_or_default(), ..Self::default() };
        let Some(set) = set else { return own };
        let primary = &set.primary.fields;
        if let Some(joliet) = joliet::descriptor(set).map(|descriptor| &descriptor.fields) {
            let follows = joliet::identifiers(&primary.identifiers, joliet.identifiers.volume);
            own.take(FileSystem::Joliet, &joliet.identifiers, &follows);
            own.take_times(FileSystem::Joliet, &joliet.times, &primary.times);
        }
        if let Some(enhanced) = set.enhanced.as_ref().map(|descriptor| &descriptor.fields) {
            own.take(FileSystem::Enhanced, &enhanced.identifiers, &primary.identifiers);
            own.take_times(FileSystem::Enhanced, &enhanced.times, &primary.times);
        }
        own.udf.recorded = own
            .udf
            .recorded
            .filter(|&recorded| Timestamp::of_volume(primary.times.creation) != Some(recorded));
        own
    }

    fn take(&mut self, file_system: FileSystem, identifiers: &Identifiers, follows: &Identifiers) {
        if identifiers != follows {
            self.identifiers.insert(file_system, identifiers.clone());
        }
    }

    fn take_times(&mut self, file_system: FileSystem, times: &VolumeTimes, primary: &VolumeTimes) {
        self.times.insert(file_system, DescriptorTimes::that_differ(times, primary));
    }

    /// For a session that keeps when the volume was made and modified, or is modified now.
    pub(super) fn fields(&self, keeps_creation: bool) -> OwnFields {
        let fields = |file_system| {
            let times = self.times.get(&file_system).copied().unwrap_or_default();
            let times = match keeps_creation {
                true => times,
                false => DescriptorTimes { creation: None, modification: None, ..times },
            };
            DescriptorFields { times, ..DescriptorFields::default() }
        };
        OwnFields {
            iso9660: DescriptorFields::default(),
            enhanced: fields(FileSystem::Enhanced),
            joliet: fields(FileSystem::Joliet),
            udf: UdfFields { recorded: self.udf.recorded.filter(|_| keeps_creation), ..self.udf.clone() },
        }
    }
}
