//! Media on which any block can be written at any time.

use super::{Medium, MediumState, MediumTrack, SessionInfo, TrackState, optional};
use crate::command::disc_info::{BackgroundFormat, DiscInformation};
use crate::command::format_capacities::{FormatCapacities, FormatState, FormatType};
use crate::command::track_info::TrackAddress;
use crate::{Drive, DriveError, Lba, Profile, Transport};

pub(super) fn read<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    disc: Option<&DiscInformation>,
) -> Result<Medium, DriveError> {
    let formats = optional(drive.format_capacities())?;
    let plus_rw = matches!(profile, Profile::DVD_PLUS_RW | Profile::DVD_PLUS_RW_DL);
    let background = disc.map(|disc| disc.background_format).filter(|_| plus_rw);
    let needs_format = match formats.as_ref().map(|formats| formats.state) {
        Some(FormatState::Unformatted) => true,
        Some(FormatState::Formatted) => false,
        Some(FormatState::Unknown) | None => background == Some(BackgroundFormat::None),
    };
    let listed = |formats: &FormatCapacities| {
        let offer = crate::format::format_on_offer(profile, formats);
        // DVD+RW lists its format with a size that leaves the choice to the drive now and then.
        offer.map(|offer| offer.blocks).filter(|blocks| (1..i32::MAX.cast_unsigned()).contains(blocks))
    };
    let capacity = if needs_format {
        formats.as_ref().map(|formats| listed(formats).unwrap_or(formats.blocks))
    } else {
        match optional(drive.read_capacity())?.map(|capacity| capacity.blocks()) {
            Some(blocks) if blocks > 0 => Some(blocks),
            _ => formats.as_ref().map(|formats| formats.blocks),
        }
    };
    let formatted = if needs_format { 0 } else { capacity.unwrap_or(0) };
    let restricted = profile == Profile::DVD_RW_RESTRICTED_OVERWRITE;
    let growing = restricted && formats.as_ref().is_some_and(|formats| formats.state == FormatState::Unknown);
    let (formatted, capacity) = match &formats {
        // The whole medium, of which as much can be read as has been written.
        Some(formats) if growing => {
            let track = optional(drive.track_information(TrackAddress::Track(1)))?;
            let end = track.and_then(|track| track.next_writable).map_or(formatted, Lba::blocks_from_zero);
            (end, formats.blocks.max(end))
        }
        // A quick format can go on behind the end.
        Some(formats) if restricted => {
            // What can be read must not be taken for larger than it is: it decides where growing begins.
            let formatted = if formats.blocks > 0 { formatted.min(formats.blocks) } else { formatted };
            let more = formats.format(FormatType::DVD_RW_QUICK_GROW).map_or(0, |offer| offer.blocks);
            let whole = [FormatType::DVD_RW_FULL, FormatType::DVD_RW_QUICK]
                .into_iter()
                .filter_map(|kind| formats.format(kind))
                .map(|offer| offer.blocks)
                .max();
            let grown = formatted.saturating_add(more);
            (formatted, whole.map_or(grown, |whole| grown.min(whole.max(formatted))))
        }
        _ => (formatted, capacity.unwrap_or(0)),
    };
    let recorded = formatted > 0;
    let track = MediumTrack {
        number: 1,
        session: 1,
        state: if recorded { TrackState::Recorded } else { TrackState::Blank },
        start: Lba::ZERO,
        blocks: if recorded { formatted } else { capacity },
        data: true,
        damaged: false,
        reserved: false,
        packet: true,
        next_writable: Some(Lba::ZERO),
        free_blocks: capacity,
    };
    let session = SessionInfo {
        number: 1,
        first_track: 1,
        last_track: 1,
        start: Lba::ZERO,
        blocks: formatted,
        closed: !growing,
    };
    Ok(Medium {
        profile,
        state: MediumState::Overwritable,
        sessions: if recorded { vec![session] } else { Vec::new() },
        tracks: vec![track],
        next_writable: Some(Lba::ZERO),
        free_blocks: capacity,
        capacity,
        write_unit: profile.write_unit(),
        erasable: true,
        damaged: false,
        needs_format,
        unfinished_session: false,
        growing,
        background_format_pending: matches!(
            background,
            Some(BackgroundFormat::Suspended | BackgroundFormat::Running)
        ) || (plus_rw && needs_format),
        pseudo_overwrite: None,
        refusal: None,
    })
}
