//! Formatting: what a medium needs before it can be written, and what its owner may choose.

use crate::command::disc_info::BackgroundFormat;
use crate::command::format::{FormatUnit, RESTART, WHOLE_MEDIUM};
use crate::command::format_capacities::{FormatCapacities, FormatState, FormatType, FormattableCapacity};
use crate::feature::{Feature, FeatureCode};
use crate::recorder::restricted::PACKET;
use crate::{Drive, DriveError, Medium, MediumState, NotWritable, Profile, Transport};

/// Room that the drive keeps for blocks that turn out to be bad. BD and DVD-RAM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SpareArea {
    /// What the drive offers first.
    #[default]
    Default,
    /// None. BD-RE and DVD-RAM.
    None,
    /// The least that the drive offers.
    Least,
    /// The most that the drive offers.
    Most,
    /// So many blocks or a little more, between the least and the most; on DVD-RAM one of the sizes that the drive offers.
    Blocks(u32),
}

/// How a BD-R is recorded once it is formatted, which can be chosen once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BdRMode {
    /// Sequentially.
    #[default]
    Sequential,
    /// Sequentially, with recorded clusters replaced when they are written again.
    PseudoOverwrite,
    /// Every cluster once, in any order. No recorder of this crate writes to such a disc.
    Random,
}

/// A format to carry out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FormatRequest {
    /// All of the medium is formatted and, where the drive can do it, certified: up to hours. Otherwise minutes.
    pub full: bool,
    /// Room for bad blocks.
    pub spare: SpareArea,
    /// For BD-R.
    pub bd_r: BdRMode,
}

/// Formats a medium, after which nothing is on it: DVD+RW, DVD-RAM, BD-RE; DVD-RW, which is in restricted overwrite
/// mode then; a blank BD-R, once.
///
/// # Errors
/// [`DriveError::NotWritable`] for a medium that has no formats, or not the one wanted; [`DriveError::EraseFailed`].
pub fn format<T: Transport>(drive: &mut Drive<T>, request: &FormatRequest) -> Result<Medium, DriveError> {
    drive.wait_until_ready()?;
    let medium = drive.medium()?;
    let profile = medium.profile;
    if profile == Profile::BD_R_SRM && medium.state != MediumState::Blank {
        return Err(DriveError::NotWritable { profile, reason: NotWritable::NotErasable });
    }
    let unit = format_for(drive, profile, request)?;
    drive.begin_change()?;
    match drive.format_unit(&unit) {
        // Some drives only restart what was formatted before, which leaves what is recorded.
        Err(error) if profile == Profile::DVD_PLUS_RW && !medium.needs_format && error.is_unsupported() => {
            drive.format_unit(&FormatUnit { parameter: RESTART, ..unit })?;
            crate::blank::zero_head(drive)?;
        }
        result => result?,
    }
    let medium = drive.medium();
    drive.end_change();
    medium
}

/// Formats an overwritable medium that must be, and resumes a suspended background format. Whether
/// anything was begun.
pub(crate) fn format_if_needed<T: Transport>(
    drive: &mut Drive<T>,
    medium: &Medium,
) -> Result<bool, DriveError> {
    if medium.needs_format {
        let format = format_for(drive, medium.profile, &FormatRequest::default())?;
        drive.begin_change()?;
        drive.format_unit(&format)?;
        return Ok(true);
    }
    if medium.profile != Profile::DVD_PLUS_RW || !medium.background_format_pending {
        return Ok(false);
    }
    if drive.disc_information()?.background_format != BackgroundFormat::Suspended {
        return Ok(false);
    }
    let format =
        FormatUnit { blocks: WHOLE_MEDIUM, kind: FormatType::DVD_PLUS_RW, sub_type: 0, parameter: RESTART };
    drive.begin_change()?;
    drive.format_unit(&format)?;
    Ok(true)
}

/// The spare areas that a formatted medium has, where the drive offers to format it with the same.
pub(crate) fn present_spare<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
) -> Result<SpareArea, DriveError> {
    if !has_spares(profile) {
        return Ok(SpareArea::Default);
    }
    let offered = drive.format_capacities()?;
    let whole = offered.formats.iter().map(|offer| offer.blocks).chain([offered.blocks]).max();
    let present = match whole.unwrap_or_default() - offered.blocks {
        0 => SpareArea::None,
        spare => SpareArea::Blocks(spare),
    };
    let is_same = |offer: FormattableCapacity| offer.blocks == offered.blocks;
    let is_offered =
        offered.state == FormatState::Formatted && chosen(profile, &offered, present).is_some_and(is_same);
    Ok(if is_offered { present } else { SpareArea::Default })
}

fn has_spares(profile: Profile) -> bool {
    matches!(profile, Profile::DVD_RAM | Profile::BD_R_SRM | Profile::BD_RE)
}

/// The format that is asked for, as the drive offers it.
fn format_for<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    request: &FormatRequest,
) -> Result<FormatUnit, DriveError> {
    let refused = |reason| DriveError::NotWritable { profile, reason };
    if profile != Profile::BD_R_SRM && request.bd_r != BdRMode::Sequential {
        return Err(refused(NotWritable::NoModes));
    }
    if !has_spares(profile) && request.spare != SpareArea::Default {
        return Err(refused(NotWritable::NoSpareAreas));
    }
    let (blocks, kind, sub_type, parameter) = match profile {
        Profile::DVD_PLUS_RW => (WHOLE_MEDIUM, FormatType::DVD_PLUS_RW, 0, 0),
        Profile::DVD_RW_SEQUENTIAL | Profile::DVD_RW_RESTRICTED_OVERWRITE if !request.full => {
            (0, FormatType::DVD_RW_QUICK, 0, PACKET)
        }
        _ => {
            let offered = drive.format_capacities()?;
            let offer = chosen(profile, &offered, request.spare).ok_or_else(|| {
                let spares =
                    spares_on_offer(profile, &offered).filter(|_| request.spare != SpareArea::Default);
                refused(spares.unwrap_or(NotWritable::NoFormat))
            })?;
            let certify = request.full && offer.kind == FormatType::BD_WITH_SPARES && certifies(drive);
            let sub_type = match (profile, request.bd_r) {
                (Profile::BD_R_SRM, BdRMode::Sequential) => 1,
                (Profile::BD_R_SRM, BdRMode::Random) => 2,
                (Profile::BD_R_SRM, BdRMode::PseudoOverwrite) => 0,
                // No certification otherwise: drives without it refuse the sub-types that ask for it.
                _ => {
                    if certify {
                        2
                    } else {
                        0
                    }
                }
            };
            (offer.blocks, offer.kind, sub_type, offer.parameter)
        }
    };
    Ok(FormatUnit { blocks, kind, sub_type, parameter })
}

/// Whether the drive can certify a BD-RE in full.
fn certifies<T: Transport>(drive: &mut Drive<T>) -> bool {
    let Ok(configuration) = drive.configuration() else { return false };
    let formats = configuration.feature(FeatureCode::FORMATTABLE).and_then(Feature::formattable);
    formats.is_some_and(|formats| formats.certification)
}

/// The drive's offer that is taken: on BD its default with spare areas, else the one without.
pub(crate) fn format_on_offer(profile: Profile, offered: &FormatCapacities) -> Option<FormattableCapacity> {
    chosen(profile, offered, SpareArea::Default)
}

fn chosen(profile: Profile, offered: &FormatCapacities, spare: SpareArea) -> Option<FormattableCapacity> {
    let first = |kinds: &[FormatType]| kinds.iter().find_map(|kind| offered.format(*kind).copied());
    let all = |kind: FormatType| offered.formats.iter().filter(move |offer| offer.kind == kind).copied();
    let with_spares = with_spares(profile);
    match (profile, spare) {
        (Profile::DVD_PLUS_RW | Profile::DVD_PLUS_RW_DL, _) => first(&[FormatType::DVD_PLUS_RW]),
        (Profile::DVD_RW_SEQUENTIAL | Profile::DVD_RW_RESTRICTED_OVERWRITE, _) => {
            first(&[FormatType::DVD_RW_FULL, FormatType::FULL])
        }
        (Profile::BD_RE, SpareArea::Default) => {
            first(&[FormatType::BD_WITH_SPARES, FormatType::BD_WITHOUT_SPARES, FormatType::FULL])
        }
        (Profile::BD_RE, SpareArea::None) => first(&[FormatType::BD_WITHOUT_SPARES]),
        (Profile::BD_R_SRM, SpareArea::Default) => first(&[FormatType::BD_R_WITH_SPARES, FormatType::FULL]),
        (Profile::BD_R_SRM, SpareArea::None) => None,
        (_, SpareArea::Default) => first(&[FormatType::FULL]),
        (_, SpareArea::None | SpareArea::Least) => all(with_spares).max_by_key(|offer| offer.blocks),
        (_, SpareArea::Most) => all(with_spares).min_by_key(|offer| offer.blocks),
        (_, SpareArea::Blocks(spare)) => with_spare_of(profile, spare, offered, all(with_spares)),
    }
}

/// The type of formats that leave room for bad blocks.
fn with_spares(profile: Profile) -> FormatType {
    match profile {
        Profile::BD_RE => FormatType::BD_WITH_SPARES,
        Profile::BD_R_SRM => FormatType::BD_R_WITH_SPARES,
        _ => FormatType::FULL,
    }
}

/// What the drive offers instead of a size that it does not.
fn spares_on_offer(profile: Profile, offered: &FormatCapacities) -> Option<NotWritable> {
    let whole = offered.formats.iter().map(|offer| offer.blocks).chain([offered.blocks]).max()?;
    let kind = with_spares(profile);
    let spares = offered.formats.iter().filter(|offer| offer.kind == kind).map(|offer| whole - offer.blocks);
    let (least, most) = (spares.clone().min()?, spares.max()?);
    let none = offered.format(FormatType::BD_WITHOUT_SPARES).is_some();
    Some(NotWritable::SpareArea { least, most, between: has_sizes_between(profile), none })
}

/// Whether an offer of a format with spare areas can be made smaller or larger: on DVD-RAM they are what they are.
fn has_sizes_between(profile: Profile) -> bool {
    profile != Profile::DVD_RAM
}

/// An offer made smaller or larger, in whole clusters, so that so much is spare.
fn with_spare_of(
    profile: Profile,
    spare: u32,
    offered: &FormatCapacities,
    offers: impl Iterator<Item = FormattableCapacity> + Clone,
) -> Option<FormattableCapacity> {
    // The medium without spare areas is what the largest of all offers has, or the unformatted one.
    let whole = offered.formats.iter().map(|offer| offer.blocks).chain([offered.blocks]).max()?;
    if !has_sizes_between(profile) {
        return { offers }.find(|offer| whole - offer.blocks == spare);
    }
    let least = offers.clone().map(|offer| offer.blocks).min()?;
    let most = offers.clone().map(|offer| offer.blocks).max()?;
    let blocks = whole.checked_sub(spare)? / 32 * 32;
    let first = offers.min_by_key(|offer| offer.blocks)?;
    (least..=most).contains(&blocks).then_some(FormattableCapacity { blocks, ..first })
}
