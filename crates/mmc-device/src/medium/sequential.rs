//! Media that grow at a next writable address, and those that no longer do.

use super::{
    Medium, MediumState, MediumTrack, PseudoOverwrite, Refusal, SessionInfo, TrackState, optional, told,
};
use crate::command::disc_info::{DiscInformation, DiscStatus, SessionState};
use crate::command::mode::MultiSession;
use crate::command::track_info::{TrackAddress, TrackInformation};
use crate::feature::FeatureCode;
use crate::{Drive, DriveError, Lba, Profile, Transport};

pub(super) fn read<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    disc: Option<&DiscInformation>,
) -> Result<Medium, DriveError> {
    let status = match disc {
        Some(disc) if profile.is_sequential() => disc.status,
        _ => DiscStatus::Complete,
    };
    let complete = status == DiscStatus::Complete;
    let mut tracks = tracks_by_information(drive, disc, complete)?;
    if tracks.is_empty() && status != DiscStatus::Blank {
        tracks = tracks_by_toc(drive)?;
    }
    let recorded_blocks =
        if complete { optional(drive.read_capacity())?.map_or(0, |capacity| capacity.blocks()) } else { 0 };
    if complete {
        complete_tracks(&mut tracks, recorded_blocks);
    }
    let blank_random = is_blank_random(drive, profile, disc)?;
    if blank_random {
        tracks.iter_mut().for_each(|track| track.state = TrackState::Blank);
    }
    let sessions = sessions_of(&tracks, disc);
    let last_session = disc.map_or(SessionState::Complete, |disc| disc.last_session);

    let unwritten = sessions.is_empty() && last_session == SessionState::Empty;
    let mut refusal = None;
    let next = match complete {
        true => None,
        false => next_writable(drive, profile, disc, (&tracks, sessions.is_empty()), &mut refusal)?,
    };
    let state = match status {
        _ if blank_random => MediumState::Blank,
        DiscStatus::Blank => MediumState::Blank,
        // A BD-R that was formatted and never written says incomplete.
        DiscStatus::Incomplete if unwritten => MediumState::Blank,
        DiscStatus::Incomplete => MediumState::Appendable,
        DiscStatus::Complete => MediumState::Complete,
        DiscStatus::Other if next.is_some() => MediumState::Appendable,
        DiscStatus::Other => MediumState::Complete,
    };
    let readable = sessions.iter().map(end_of).max().unwrap_or(0);
    let capacity = match next {
        Some((lba, free)) => lba.blocks_from_zero().saturating_add(free).max(readable),
        None if blank_random => tracks.iter().map(|track| track.blocks).sum(),
        None => readable,
    };
    let mut medium = Medium {
        profile,
        state,
        next_writable: next.map(|(lba, _)| lba),
        free_blocks: next.map_or(0, |(_, free)| free),
        capacity,
        write_unit: profile.write_unit(),
        erasable: disc.is_some_and(|disc| disc.erasable) && profile.is_sequential(),
        damaged: tracks.iter().any(|track| track.damaged) || last_session == SessionState::Damaged,
        needs_format: false,
        unfinished_session: state != MediumState::Complete
            && (sessions.last().is_some_and(|session| !session.closed)
                // One in which nothing was recorded makes no session that could be read.
                || tracks.iter().any(|track| track.damaged)
                || empty_reservations(profile, &tracks).next().is_some()),
        growing: false,
        background_format_pending: false,
        pseudo_overwrite: pseudo_overwrite(drive, profile)?,
        // Where an address is known all the same, nothing is missing.
        refusal: refusal.filter(|_| next.is_none()),
        sessions,
        tracks,
    };
    if medium.is_replaceable() {
        // The session stays open for all that follows.
        medium.unfinished_session = empty_reservations(profile, &medium.tracks).next().is_some()
            || medium.tracks.iter().any(|track| track.state == TrackState::Open || track.damaged);
    }
    Ok(medium)
}

/// Whether a BD-R is formatted for random recording, and nothing is recorded: it has one track, over all of it.
fn is_blank_random<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    disc: Option<&DiscInformation>,
) -> Result<bool, DriveError> {
    if profile != Profile::BD_R_RRM || disc.is_none_or(|disc| disc.status == DiscStatus::Complete) {
        return Ok(false);
    }
    let track = optional(drive.track_information(TrackAddress::Track(1)))?;
    Ok(track.is_some_and(|track| track.blank))
}

/// Pseudo-overwrite, where the medium was formatted for it.
fn pseudo_overwrite<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
) -> Result<Option<PseudoOverwrite>, DriveError> {
    if profile != Profile::BD_R_SRM {
        return Ok(None);
    }
    let configuration = optional(drive.configuration())?;
    let feature = configuration.as_ref().and_then(|found| found.feature(FeatureCode::PSEUDO_OVERWRITE));
    if !feature.is_some_and(|feature| feature.current) {
        return Ok(None);
    }
    let left = optional(drive.pseudo_overwrite_resources())?;
    Ok(Some(PseudoOverwrite { replacements: left.map(|left| left.clusters()) }))
}

/// Tracks whose size was announced and in which nothing is recorded. They keep their session from being closed.
pub(crate) fn empty_reservations(
    profile: Profile,
    tracks: &[MediumTrack],
) -> impl Iterator<Item = &MediumTrack> {
    reservations(profile, tracks).filter(|track| track.state == TrackState::Blank)
}

/// Tracks whose size was announced.
pub(crate) fn reservations(profile: Profile, tracks: &[MediumTrack]) -> impl Iterator<Item = &MediumTrack> {
    let candidates = match profile {
        Profile::DVD_PLUS_R | Profile::DVD_PLUS_R_DL => tracks,
        profile if profile.is_dvd_minus_r() => tracks,
        // The last one is the rest of the disc, whatever a drive says of it.
        Profile::BD_R_SRM => tracks.split_last().map_or(tracks, |(_, others)| others),
        _ => &[],
    };
    candidates.iter().filter(|track| track.reserved)
}

fn end_of(session: &SessionInfo) -> u32 {
    session.start.blocks_from_zero().saturating_add(session.blocks)
}

/// Tracks by READ TRACK INFORMATION; none if the drive has not got it.
fn tracks_by_information<T: Transport>(
    drive: &mut Drive<T>,
    disc: Option<&DiscInformation>,
    complete: bool,
) -> Result<Vec<MediumTrack>, DriveError> {
    let Some(disc) = disc else { return Ok(Vec::new()) };
    let mut tracks = Vec::new();
    for number in disc.first_track.max(1)..=disc.last_track_in_last_session {
        // A drive that lies about the number of tracks is believed as far as it can name them.
        let Some(track) = optional(drive.track_information(TrackAddress::Track(number)))? else { break };
        let state = match (track.blank, track.next_writable) {
            (true, _) if !complete => TrackState::Blank,
            (false, Some(_)) if !complete => TrackState::Open,
            _ => TrackState::Recorded,
        };
        tracks.push(MediumTrack {
            number,
            session: track.session.max(1),
            state,
            start: track.start,
            blocks: track.size,
            data: track.is_data(),
            damaged: track.damage,
            reserved: track.reserved,
            packet: track.packet,
            next_writable: track.next_writable,
            free_blocks: track.free_blocks,
        });
    }
    Ok(tracks)
}

/// Tracks by the table of contents, all of them closed: with their sessions from the full one on CD, with
/// the last session told apart by the session information elsewhere.
fn tracks_by_toc<T: Transport>(drive: &mut Drive<T>) -> Result<Vec<MediumTrack>, DriveError> {
    if let Some(full) = optional(drive.full_toc())? {
        let mut entries = full.tracks.clone();
        entries.sort_by_key(|track| (track.session, track.number));
        let tracks = entries.iter().enumerate().map(|(index, track)| {
            let next = entries.get(index + 1).filter(|next| next.session == track.session);
            let end = next.map(|next| next.start).or_else(|| full.lead_out(track.session));
            recorded_track(track.number, u16::from(track.session), track.control, track.start, end)
        });
        return Ok(tracks.collect());
    }
    let Some(toc) = optional(drive.toc())? else { return Ok(Vec::new()) };
    let last = optional(drive.last_session())?.filter(|last| last.last_session > 1);
    let mut entries = toc.tracks.clone();
    entries.sort_by_key(|track| track.number);
    entries.dedup_by_key(|track| track.number);
    let tracks = entries.iter().enumerate().map(|(index, track)| {
        let session = last
            .filter(|last| track.number >= last.first_track)
            .map_or(1, |last| u16::from(last.last_session));
        let end = entries.get(index + 1).map(|next| next.start).or(toc.lead_out);
        recorded_track(track.number, session, track.control, track.start, end)
    });
    Ok(tracks.collect())
}

fn recorded_track(number: u8, session: u16, control: u8, start: Lba, end: Option<Lba>) -> MediumTrack {
    MediumTrack {
        number: u16::from(number),
        session,
        state: TrackState::Recorded,
        start,
        blocks: end.and_then(|end| end.since(start)).unwrap_or(0),
        data: control & 4 != 0,
        damaged: false,
        reserved: false,
        packet: false,
        next_writable: None,
        free_blocks: 0,
    }
}

/// Fills in, from the capacity, what a drive without the commands about tracks leaves open.
fn complete_tracks(tracks: &mut Vec<MediumTrack>, recorded_blocks: u32) {
    if tracks.is_empty() && recorded_blocks > 0 {
        let end = i32::try_from(recorded_blocks).ok().map(Lba::new);
        tracks.push(recorded_track(1, 1, 4, Lba::ZERO, end));
    }
    if let Some(last) = tracks.last_mut()
        && last.blocks == 0
    {
        last.blocks = recorded_blocks.saturating_sub(last.start.blocks_from_zero());
    }
}

/// Sessions that have something recorded in them.
fn sessions_of(tracks: &[MediumTrack], disc: Option<&DiscInformation>) -> Vec<SessionInfo> {
    let mut sessions: Vec<SessionInfo> = Vec::new();
    for track in tracks {
        let end = match (track.state, track.next_writable) {
            (TrackState::Blank, _) => continue,
            (TrackState::Open, Some(next)) => next.blocks_from_zero(),
            _ => track.start.blocks_from_zero().saturating_add(track.blocks),
        };
        match sessions.last_mut() {
            Some(session) if session.number == track.session => {
                session.last_track = track.number;
                session.blocks = session.blocks.max(end.saturating_sub(session.start.blocks_from_zero()));
            }
            _ => sessions.push(SessionInfo {
                number: track.session,
                first_track: track.number,
                last_track: track.number,
                start: track.start,
                blocks: end.saturating_sub(track.start.blocks_from_zero()),
                closed: disc.is_none_or(|disc| {
                    disc.status == DiscStatus::Complete
                        || track.session < disc.sessions
                        || disc.last_session == SessionState::Complete
                }),
            }),
        }
    }
    sessions
}

/// Next writable address of a sequential medium, and the blocks free from there.
fn next_writable<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    disc: Option<&DiscInformation>,
    (tracks, blank): (&[MediumTrack], bool),
    refusal: &mut Option<Refusal>,
) -> Result<Option<(Lba, u32)>, DriveError> {
    let mut track = writable_track_told(drive, profile, refusal)?;
    if profile.is_cd() && track.and_then(|track| track.next_writable).is_none() && !blank {
        // Some drives know the address only after they were told how the track will be written.
        if let Some(mut parameters) = optional(drive.write_parameters())? {
            parameters.set_track_at_once(MultiSession::NEXT_ALLOWED, false, false);
            if optional(drive.select_mode_page(parameters.as_bytes()))?.is_some() {
                track = writable_track_told(drive, profile, refusal)?;
            }
        }
    }
    let found = track.and_then(|track| Some((track.next_writable?, track.free_blocks)));
    let last = tracks.last().and_then(|track| Some((track.next_writable?, track.free_blocks)));
    let (lba, free) = match found.or(last) {
        Some(found) => found,
        // A blank CD begins at 0 whatever the drive cannot tell.
        None if profile.is_cd() && blank => (Lba::ZERO, 0),
        None => return Ok(None),
    };
    if !profile.is_cd() {
        return Ok((lba >= Lba::ZERO).then_some((lba, free)));
    }
    // Drives name the start of the pregap, or worse, before a track is begun on a blank CD.
    let lba = if blank { Lba::ZERO } else { lba.max(Lba::ZERO) };
    let lead_out = match disc.map(|disc| disc.last_possible_lead_out.to_be_bytes()) {
        Some([_, minute, second, frame]) if minute < 90 => Lba::from_msf(minute, second, frame),
        _ => Lba::ZERO,
    };
    let free = if free > 0 { free } else { lead_out.since(lba).unwrap_or(0) };
    Ok(Some((lba, free)))
}

/// The track that a writer goes on with: CD and DVD+R have a number of its own for it, the others name
/// their last track.
pub(crate) fn writable_track<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
) -> Result<Option<TrackInformation>, DriveError> {
    writable_track_told(drive, profile, &mut None)
}

fn writable_track_told<T: Transport>(
    drive: &mut Drive<T>,
    profile: Profile,
    refusal: &mut Option<Refusal>,
) -> Result<Option<TrackInformation>, DriveError> {
    let invisible = profile.is_cd() || matches!(profile, Profile::DVD_PLUS_R | Profile::DVD_PLUS_R_DL);
    if invisible && let Some(track) = told(drive.track_information(TrackAddress::Invisible), refusal)? {
        return Ok(Some(track));
    }
    let Some(disc) = told(drive.disc_information(), refusal)? else { return Ok(None) };
    let last = TrackAddress::Track(disc.last_track_in_last_session.max(1));
    told(drive.track_information(last), refusal)
}
