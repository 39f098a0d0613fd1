use sector_io::SectorCount;

use crate::command::disc_info::{BackgroundFormat, DiscInformation, DiscStatus, SessionState};
use crate::command::format_capacities::{FormatCapacities, FormatState};
use crate::command::mode::MultiSession;
use crate::command::track_info::{TrackAddress, TrackInformation};
use crate::{Drive, DriveError, Lba, Profile, Transport};

/// What can be done with a medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediumState {
    /// Nothing is recorded on a medium that is written sequentially.
    Blank,
    /// Sessions are recorded and another one can follow.
    Appendable,
    /// Nothing can be added.
    Complete,
    /// Any block can be written at any time, perhaps after a format.
    Overwritable,
}

/// What a track's blocks hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackState {
    /// Nothing yet: the track that a writer would begin, or a reserved one.
    Blank,
    /// Data up to a point, with room behind it.
    Open,
    /// Data, closed.
    Recorded,
}

/// A track of the medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediumTrack {
    /// Track number, from 1.
    pub number: u16,
    /// Session it belongs to, from 1.
    pub session: u16,
    /// What it holds.
    pub state: TrackState,
    /// First block.
    pub start: Lba,
    /// Blocks, as the drive reports them: with the two run-out blocks of a CD track written track at
    /// once, and with the free blocks of an open track.
    pub blocks: u32,
    /// Whether it holds data and not audio.
    pub data: bool,
    /// Whether the drive reports damage.
    pub damaged: bool,
    /// Whether its size was announced by RESERVE TRACK, as the drive reports it.
    pub reserved: bool,
    /// Where writing goes on in it.
    pub next_writable: Option<Lba>,
    /// Blocks free in it.
    pub free_blocks: u32,
}

/// A session with something recorded in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionInfo {
    /// Session number, from 1.
    pub number: u16,
    /// Its first track.
    pub first_track: u16,
    /// Its last recorded track.
    pub last_track: u16,
    /// First block of its first track. A file system of this session has its volume descriptors 16
    /// blocks on.
    pub start: Lba,
    /// Blocks from there to the end of its last recorded track.
    pub blocks: u32,
    /// Whether the session is closed.
    pub closed: bool,
}

/// A medium as the drive describes it at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// Current profile.
    pub profile: Profile,
    /// What can be done with it.
    pub state: MediumState,
    /// Sessions with data, ascending. An overwritable medium has one, over all of it.
    pub sessions: Vec<SessionInfo>,
    /// Tracks, ascending, with the blank and open ones.
    pub tracks: Vec<MediumTrack>,
    /// Where the next session begins: `None` if none can.
    pub next_writable: Option<Lba>,
    /// Blocks that can be written from there.
    pub free_blocks: u32,
    /// Blocks of the medium: recorded ones and free ones, from block 0.
    pub capacity: u32,
    /// Blocks in the smallest unit of recording: 1, 16 or 32.
    pub write_unit: u32,
    /// Whether it can be blanked or formatted and used again.
    pub erasable: bool,
    /// Whether the drive reports a damaged track or session.
    pub damaged: bool,
    /// Whether it must be formatted before the first write. The recorder does so by itself.
    pub needs_format: bool,
    /// Whether its last session was left open with data in it, or with a reserved track in which nothing is.
    /// It must be closed before another one can begin: [`close_open_session`](crate::close_open_session).
    pub unfinished_session: bool,
    /// Whether a background format is not complete (DVD+RW).
    pub background_format_pending: bool,
}

impl Medium {
    /// Blocks from block 0 to the end of what is recorded, some of which may be gaps between sessions.
    /// All blocks of a formatted overwritable medium.
    pub fn readable(&self) -> SectorCount {
        let end = |session: &SessionInfo| session.start.blocks_from_zero().saturating_add(session.blocks);
        SectorCount::new(self.sessions.iter().map(end).max().unwrap_or(0))
    }

    /// The session with the highest number.
    pub fn newest_session(&self) -> Option<&SessionInfo> {
        self.sessions.last()
    }
}

/// Asks the drive for all of it. Commands that a drive may lack are done without.
pub(crate) fn read<T: Transport>(drive: &mut Drive<T>) -> Result<Medium, DriveError> {
    drive.wait_until_ready()?;
    let profile = optional(drive.current_profile())?.unwrap_or(Profile::NONE);
    let disc = optional(drive.disc_information())?;
    if profile.is_overwritable() {
        read_overwritable(drive, profile, disc.as_ref())
    } else {
        read_sequential(drive, profile, disc.as_ref())
    }
}

/// `None` for a command that the drive refuses or answers unusably; the other errors stay errors.
fn optional<V>(result: Result<V, DriveError>) -> Result<Option<V>, DriveError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(
            error @ (DriveError::NotSupported { .. }
            | DriveError::MediumIncompatible { .. }
            | DriveError::Failed { .. }
            | DriveError::NoSuchModePage { .. }
            | DriveError::InvalidModeParameters { .. }
            | DriveError::BadReply { .. }),
        ) => {
            tracing::debug!(%error, "doing without");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn read_overwritable<T: Transport>(
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
        let offer = crate::blank::format_on_offer(profile, formats);
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
    let capacity = capacity.unwrap_or(0);
    let recorded = !needs_format && capacity > 0;
    let track = MediumTrack {
        number: 1,
        session: 1,
        state: if recorded { TrackState::Recorded } else { TrackState::Blank },
        start: Lba::ZERO,
        blocks: capacity,
        data: true,
        damaged: false,
        reserved: false,
        next_writable: Some(Lba::ZERO),
        free_blocks: capacity,
    };
    let session = SessionInfo {
        number: 1,
        first_track: 1,
        last_track: 1,
        start: Lba::ZERO,
        blocks: capacity,
        closed: true,
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
        background_format_pending: matches!(
            background,
            Some(BackgroundFormat::Suspended | BackgroundFormat::Running)
        ) || (plus_rw && needs_format),
    })
}

fn read_sequential<T: Transport>(
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
    let sessions = sessions_of(&tracks, disc);
    let last_session = disc.map_or(SessionState::Complete, |disc| disc.last_session);

    let unwritten = sessions.is_empty() && last_session == SessionState::Empty;
    let next =
        if complete { None } else { next_writable(drive, profile, disc, &tracks, sessions.is_empty())? };
    let state = match status {
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
        None => readable,
    };
    Ok(Medium {
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
                || empty_reservations(profile, &tracks).next().is_some()),
        background_format_pending: false,
        sessions,
        tracks,
    })
}

/// Tracks whose size was announced and in which nothing is recorded. They keep their session from being closed.
pub(crate) fn empty_reservations(
    profile: Profile,
    tracks: &[MediumTrack],
) -> impl Iterator<Item = &MediumTrack> {
    let candidates = match profile {
        Profile::DVD_PLUS_R | Profile::DVD_PLUS_R_DL => tracks,
        // The last one is the rest of the disc, whatever a drive says of it.
        Profile::BD_R_SRM => tracks.split_last().map_or(tracks, |(_, others)| others),
        _ => &[],
    };
    candidates.iter().filter(|track| track.reserved && track.state == TrackState::Blank)
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
    tracks: &[MediumTrack],
    blank: bool,
) -> Result<Option<(Lba, u32)>, DriveError> {
    let mut track = writable_track(drive, profile)?;
    if profile.is_cd() && track.and_then(|track| track.next_writable).is_none() && !blank {
        // Some drives know the address only after they were told how the track will be written.
        if let Some(mut parameters) = optional(drive.write_parameters())? {
            parameters.set_track_at_once(MultiSession::NEXT_ALLOWED, false, false);
            if optional(drive.select_mode_page(parameters.as_bytes()))?.is_some() {
                track = writable_track(drive, profile)?;
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
    let invisible = profile.is_cd() || matches!(profile, Profile::DVD_PLUS_R | Profile::DVD_PLUS_R_DL);
    if invisible && let Some(track) = optional(drive.track_information(TrackAddress::Invisible))? {
        return Ok(Some(track));
    }
    let Some(disc) = optional(drive.disc_information())? else { return Ok(None) };
    optional(drive.track_information(TrackAddress::Track(disc.last_track_in_last_session.max(1))))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::scripted::{Line, Scripted, check, good, reply};

    pub(crate) fn blank(profile: Profile) -> Medium {
        Medium {
            profile,
            state: MediumState::Blank,
            sessions: Vec::new(),
            tracks: Vec::new(),
            next_writable: Some(Lba::ZERO),
            free_blocks: 1000,
            capacity: 1000,
            write_unit: profile.write_unit(),
            erasable: false,
            damaged: false,
            needs_format: false,
            unfinished_session: false,
            background_format_pending: false,
        }
    }

    /// Ready, with this profile and this disc information.
    fn ready(profile: u8, disc: [u8; 12], lead_out: [u8; 4]) -> Vec<Line> {
        let mut information = disc.to_vec();
        information.resize(34, 0);
        information[20..24].copy_from_slice(&lead_out);
        vec![
            good(&[0x00]),
            reply(&[0x51], &information),
            reply(&[0x46, 1], &[0, 0, 0, 4, 0, 0, 0, profile]),
            reply(&[0x51], &information),
        ]
    }

    /// Both steps of READ TRACK INFORMATION.
    fn track(number: u8, answer: [u8; 28]) -> [Line; 2] {
        let mut header = answer;
        header[1] = 26;
        [
            reply(&[0x52, 1, 0, 0, 0, number, 0, 0, 8], &header[..8]),
            reply(&[0x52, 1, 0, 0, 0, number], &header),
        ]
    }

    /// A track information reply: number, session, kind byte, NWA valid, start, NWA, free, size.
    fn information(head: [u8; 4], start: u32, next: u32, free: u32, size: u32) -> [u8; 28] {
        let [number, session, kind, valid] = head;
        let mut bytes = [
            0, 0, number, session, 0, 4, kind, valid, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0,
        ];
        bytes[8..12].copy_from_slice(&start.to_be_bytes());
        bytes[12..16].copy_from_slice(&next.to_be_bytes());
        bytes[16..20].copy_from_slice(&free.to_be_bytes());
        bytes[24..28].copy_from_slice(&size.to_be_bytes());
        bytes
    }

    fn read_all(lines: Vec<Line>) -> Medium {
        let mut drive = Scripted::drive(lines);
        let medium = drive.medium().unwrap();
        drive.transport().finish();
        medium
    }

    #[test]
    fn appendable_dvd_plus_r() {
        let mut lines = ready(0x1B, [0, 32, 0x01, 1, 2, 2, 2, 0x20, 0, 0, 0, 0], [0; 4]);
        lines.extend(track(1, information([1, 1, 0x01, 0], 0, 0, 0, 0x1000)));
        lines.extend(track(2, information([2, 2, 0x41, 1], 0x1800, 0x1800, 0x20_0000, 0x20_0000)));
        lines.extend(track(0xFF, information([2, 2, 0x41, 1], 0x1800, 0x1800, 0x20_0000, 0x20_0000)));
        let medium = read_all(lines);
        assert_eq!(medium.state, MediumState::Appendable);
        assert_eq!(medium.next_writable, Some(Lba::new(0x1800)));
        assert_eq!((medium.free_blocks, medium.capacity, medium.write_unit), (0x20_0000, 0x20_1800, 16));
        let session = SessionInfo {
            number: 1,
            first_track: 1,
            last_track: 1,
            start: Lba::ZERO,
            blocks: 0x1000,
            closed: true,
        };
        assert_eq!(medium.sessions, [session]);
        assert_eq!(medium.tracks[1].state, TrackState::Blank);
        assert_eq!(medium.readable().get(), 0x1000);
        assert!(!medium.unfinished_session && !medium.erasable && !medium.damaged);
    }

    #[test]
    fn formatted_bd_r_without_data_counts_as_blank() {
        let mut lines = ready(0x41, [0, 32, 0x01, 1, 1, 1, 1, 0x20, 0, 0, 0, 0], [0; 4]);
        let only = information([1, 1, 0x41, 1], 0, 0, 11_826_176, 11_826_176);
        lines.extend(track(1, only));
        // No table of contents, since a track is known; the last track names the address.
        let mut information_again = vec![0, 32, 0x01, 1, 1, 1, 1, 0x20, 0, 0, 0, 0];
        information_again.resize(34, 0);
        lines.push(reply(&[0x51], &information_again));
        lines.extend(track(1, only));
        let medium = read_all(lines);
        assert_eq!(medium.state, MediumState::Blank);
        assert_eq!((medium.next_writable, medium.free_blocks), (Some(Lba::ZERO), 11_826_176));
        assert!(medium.sessions.is_empty());
    }

    #[test]
    fn blank_cd_whose_drive_names_the_pregap_or_nothing() {
        let blank = [0, 32, 0x00, 1, 1, 1, 1, 0x20, 0, 0, 0, 0];
        let mut lines = ready(0x09, blank, [0, 79, 59, 74]);
        lines.extend([check(&[0x52], 5, 0x24, 0)]);
        lines.extend(track(0xFF, information([1, 1, 0x41, 1], 0, (-150i32).cast_unsigned(), 0, 0)));
        let medium = read_all(lines);
        assert_eq!(medium.state, MediumState::Blank);
        assert_eq!((medium.next_writable, medium.free_blocks), (Some(Lba::ZERO), 359_849));

        let mut lines = ready(0x09, blank, [0, 79, 59, 74]);
        lines.extend([check(&[0x52], 5, 0x24, 0), check(&[0x52], 5, 0x24, 0)]);
        lines.push(reply(&[0x51], &blank));
        lines.push(check(&[0x52], 5, 0x24, 0));
        assert_eq!(read_all(lines).next_writable, Some(Lba::ZERO));
    }

    #[test]
    fn appendable_cd_whose_drive_wants_the_write_parameters_first() {
        let disc = [0, 32, 0x01, 1, 2, 2, 2, 0x20, 0, 0, 0, 0];
        let mut lines = ready(0x09, disc, [0, 79, 59, 74]);
        lines.extend(track(1, information([1, 1, 0x01, 0], 0, 0, 0, 702)));
        lines.push(check(&[0x52, 1, 0, 0, 0, 2], 5, 0x24, 0));
        lines.extend(track(0xFF, information([2, 2, 0x41, 0], 0, 0, 0, 0)));
        let mut page = vec![0, 58, 0, 0, 0, 0, 0, 0, 0x05, 50];
        page.resize(60, 0);
        lines.extend([reply(&[0x5A], &page), reply(&[0x5A], &page), good(&[0x55])]);
        lines.extend(track(0xFF, information([2, 2, 0x41, 1], 12_102, 12_102, 347_747, 0)));
        let medium = read_all(lines);
        assert_eq!((medium.next_writable, medium.free_blocks), (Some(Lba::new(12_102)), 347_747));
        assert_eq!(medium.sessions.len(), 1);
    }

    #[test]
    fn drive_without_the_commands_about_tracks() {
        // As QEMU's: disc information, table of contents, capacity.
        let mut lines = ready(0x08, [0, 32, 0x0E, 1, 1, 1, 1, 0, 0, 0, 0, 0], [0; 4]);
        let full = [
            0, 46, 1, 1, 1, 0x14, 0, 0xA0, 0, 0, 0, 0, 1, 0, 0, 1, 0x14, 0, 0xA1, 0, 0, 0, 0, 1, 0, 0, 1,
            0x14, 0, 0xA2, 0, 0, 0, 0, 0, 10, 5, 1, 0x14, 0, 1, 0, 0, 0, 0, 0, 2, 0,
        ];
        lines.extend([check(&[0x52], 5, 0x20, 0), reply(&[0x43, 2, 2], &full), reply(&[0x43, 2, 2], &full)]);
        lines.push(reply(&[0x25], &[0, 0, 2, 0x5C, 0, 0, 8, 0]));
        let medium = read_all(lines);
        assert_eq!(medium.state, MediumState::Complete);
        assert_eq!((medium.readable().get(), medium.capacity), (605, 605));
        assert_eq!(medium.newest_session().unwrap().last_track, 1);
    }

    #[test]
    fn drive_that_answers_every_toc_with_the_old_one_or_none() {
        let disc = [0, 32, 0x0E, 1, 1, 1, 1, 0, 0, 0, 0, 0];
        let toc = [0, 0x12, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xAA, 0, 0, 0, 0x0B, 0x40];
        let mut lines = ready(0x08, disc, [0; 4]);
        lines.push(check(&[0x52], 5, 0x20, 0));
        lines.extend((0..4).map(|_| reply(&[0x43], &toc)));
        lines.push(reply(&[0x43, 0, 1], &[0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0]));
        lines.push(reply(&[0x25], &[0, 0, 0x0B, 0x3F, 0, 0, 8, 0]));
        assert_eq!(read_all(lines).readable().get(), 2880);

        let mut lines = ready(0x10, disc, [0; 4]);
        lines.extend([check(&[0x52], 5, 0x20, 0), check(&[0x43], 2, 0x24, 0), check(&[0x43], 5, 0x24, 0)]);
        lines.push(reply(&[0x25], &[0, 0, 0x0B, 0x3F, 0, 0, 8, 0]));
        assert_eq!(read_all(lines).readable().get(), 2880);
    }

    #[test]
    fn unformatted_and_suspended_dvd_plus_rw() {
        let unformatted = [0, 0, 0, 16, 0, 0x23, 0x05, 0x40, 1, 0, 8, 0, 0, 0x23, 0x05, 0x40, 0x98, 0, 0, 0];
        let mut lines = ready(0x1A, [0, 32, 0x10, 1, 1, 1, 1, 0x20, 0, 0, 0, 0], [0; 4]);
        lines.extend([reply(&[0x23], &unformatted), reply(&[0x23], &unformatted)]);
        let medium = read_all(lines);
        assert_eq!((medium.state, medium.needs_format), (MediumState::Overwritable, true));
        assert_eq!(medium.capacity, 2_295_104);
        assert!(medium.sessions.is_empty() && medium.erasable);

        let mut lines = ready(0x1A, [0, 32, 0x1E, 1, 1, 1, 1, 0x21, 0, 0, 0, 0], [0; 4]);
        lines.extend([check(&[0x23], 5, 0x20, 0), reply(&[0x25], &[0, 0x23, 0x05, 0x3F, 0, 0, 8, 0])]);
        let medium = read_all(lines);
        assert!(!medium.needs_format && medium.background_format_pending);
        assert_eq!((medium.capacity, medium.readable().get()), (2_295_104, 2_295_104));
    }

    #[test]
    fn open_session_with_data() {
        let disc = [0, 32, 0x05, 1, 1, 1, 1, 0x20, 0, 0, 0, 0];
        let mut lines = ready(0x1B, disc, [0; 4]);
        let open = information([1, 1, 0x81, 1], 0, 0x400, 0x20_0000, 0x20_0400);
        lines.extend(track(1, open));
        lines.extend(track(0xFF, open));
        let medium = read_all(lines);
        assert!(medium.unfinished_session);
        assert_eq!(medium.sessions[0].blocks, 0x400);
        assert!(!medium.sessions[0].closed);
    }
}
