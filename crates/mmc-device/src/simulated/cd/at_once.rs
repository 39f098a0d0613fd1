//! WRITE while a session is recorded at once or raw.

use super::cue::Area;
use super::raw::RawLeadIn;
use super::{CdDisc, WITH_SUBCHANNEL};
use crate::cd::{
    PQ_BYTES, Pack, RAW_BYTES, RawSector, SUBCHANNEL_BYTES, SectorForm, Subchannel, encode_mode_1, scramble,
};
use crate::simulated::SimulatedDrive;
use crate::simulated::disc_info::ATIP_LEAD_IN;
use crate::simulated::execute::{in_memory, wrong_transfer};
use crate::simulated::faults::Marks;
use crate::simulated::loaded::Loaded;
use crate::simulated::medium::{Session, Track, TrackState};
use crate::simulated::medium_kind::Family;
use crate::simulated::status::{self, Outcome, at};
use crate::{Lba, Outgoing};

/// A session that is being recorded at once.
#[derive(Clone, Debug)]
pub(in crate::simulated) struct AtOnce {
    disc: CdDisc,
    kind: Kind,
    /// First sector that the program has, and first behind it.
    start: i32,
    pub(super) end: i32,
    /// Where the next WRITE has to go; `None` before the first one.
    next: Option<i32>,
    packs: Vec<Pack>,
}

#[derive(Clone, Debug)]
enum Kind {
    /// By cue sheet. Whether CD-TEXT is sent for the lead-in.
    Cue { areas: Vec<Area>, cd_text: bool },
    /// Sectors as they are, with so many bytes of subchannels.
    Raw { subchannel: usize, lead_in: RawLeadIn },
}

impl AtOnce {
    pub(super) fn cue_sheet(disc: CdDisc, areas: Vec<Area>, end: i32, cd_text: bool) -> AtOnce {
        let start = areas.first().map_or(-150, |area| area.start);
        AtOnce { disc, kind: Kind::Cue { areas, cd_text }, start, end, next: None, packs: Vec::new() }
    }

    fn raw(subchannel: usize, end: i32) -> AtOnce {
        let kind = Kind::Raw { subchannel, lead_in: RawLeadIn::default() };
        AtOnce { disc: CdDisc::default(), kind, start: -150, end, next: None, packs: Vec::new() }
    }

    /// Where the next WRITE may go.
    fn expects(&self, lba: i32) -> bool {
        let lead_in = ATIP_LEAD_IN as i32;
        match (self.next, &self.kind) {
            (Some(next), _) => next == lba,
            (None, Kind::Cue { cd_text: true, .. }) => lba == lead_in,
            (None, Kind::Cue { .. }) => lba == self.start,
            (None, Kind::Raw { .. }) => lba == lead_in,
        }
    }

    /// Bytes of a sector, and how many sectors from there on have as many.
    fn sector_bytes(&self, lba: i32) -> Option<(usize, u32)> {
        if lba < self.start {
            let bytes = match &self.kind {
                Kind::Cue { .. } => SUBCHANNEL_BYTES,
                Kind::Raw { subchannel, .. } => RAW_BYTES + subchannel,
            };
            return Some((bytes, lba.abs_diff(self.start)));
        }
        match &self.kind {
            Kind::Cue { areas, .. } => {
                let area = areas.iter().find(|area| area.start <= lba && lba < area.end)?;
                Some((area.bytes(), lba.abs_diff(area.end)))
            }
            Kind::Raw { subchannel, .. } => {
                (lba < self.end).then(|| (RAW_BYTES + subchannel, lba.abs_diff(self.end)))
            }
        }
    }
}

impl SimulatedDrive {
    /// WRITE of a session at once, of raw sectors, or of sound in a track; `None` for a data track.
    pub(in crate::simulated) fn write_cd(
        &mut self,
        lba: u32,
        sectors: u32,
        data: Outgoing<'_>,
    ) -> Option<Outcome<usize>> {
        let mode = self.pages.write_mode();
        if mode.is_audio_track_cd() {
            return Some(in_memory(data).and_then(|data| self.write_sound(lba, sectors, &data)));
        }
        if let Some(subchannel) = mode.raw_subchannel() {
            let limit = self.loaded().ok()?.medium.capacity as i32;
            if self.at_once.is_none() {
                if !self.loaded().ok()?.medium.sessions.is_empty() {
                    return Some(Err(status::CANNOT_WRITE_MEDIUM.into()));
                }
                // The lead-out goes as far behind the last possible start as it is long.
                self.at_once = Some(AtOnce::raw(subchannel, limit + 6750));
            }
        } else if !mode.is_session_at_once_cd() {
            return None;
        } else if self.at_once.is_none() {
            return Some(Err(status::COMMAND_SEQUENCE.into()));
        }
        Some(in_memory(data).and_then(|data| self.write_at_once(lba as i32, sectors, &data)))
    }

    fn write_at_once(&mut self, lba: i32, sectors: u32, data: &[u8]) -> Outcome<usize> {
        let Some(mut plan) = self.at_once.take() else { return Err(status::COMMAND_SEQUENCE.into()) };
        let result = self.take_sectors(&mut plan, lba, sectors, data);
        self.at_once = Some(plan);
        if self.slot.is_none() {
            self.at_once = None;
        }
        result
    }

    fn take_sectors(&mut self, plan: &mut AtOnce, lba: i32, sectors: u32, data: &[u8]) -> Outcome<usize> {
        let test = self.pages.write_mode().test;
        self.loaded()?;
        if !plan.expects(lba) {
            return Err(at(status::INVALID_ADDRESS_FOR_WRITE, lba as u32).into());
        }
        // All of it fits, or nothing is recorded.
        let (mut next, mut len) = (lba, 0);
        let mut left = sectors;
        while left > 0 {
            let Some((bytes, run)) = plan.sector_bytes(next) else {
                return Err(at(status::END_OF_USER_AREA, plan.end as u32).into());
            };
            let run = run.min(left);
            len += bytes * run as usize;
            next += run as i32;
            left -= run;
        }
        if len != data.len() {
            return Err(wrong_transfer());
        }
        let mut next = lba;
        let mut rest = data;
        let mut left = sectors;
        while left > 0 {
            let Some((bytes, run)) = plan.sector_bytes(next) else { break };
            let run = run.min(left);
            let Some((part, behind)) = rest.split_at_checked(bytes * run as usize) else { break };
            let there = u32::try_from(next).unwrap_or(0);
            let (carried_out, event) =
                if next < 0 { (run, None) } else { self.faults.interruption(there, run) };
            let part = &part[..bytes * carried_out as usize];
            if !test {
                self.keep_sectors(plan, next, bytes, part)?;
            }
            next += carried_out as i32;
            plan.next = Some(next);
            self.suffer(event, next as u32)?;
            rest = behind;
            left -= run;
        }
        Ok(data.len())
    }

    /// Keeps sectors of one size.
    fn keep_sectors(&mut self, plan: &mut AtOnce, first: i32, bytes: usize, data: &[u8]) -> Outcome<()> {
        let marks = match u32::try_from(first) {
            Ok(start) => self.faults.marks(start, (data.len() / bytes) as u32),
            Err(_) => Marks::default(),
        };
        let mut wholes = Vec::new();
        let mut begin = first;
        for (lba, sector) in (first..).zip(data.chunks_exact(bytes)) {
            if lba < plan.start && bytes == SUBCHANNEL_BYTES {
                for symbols in sector.as_chunks().0 {
                    take_pack(&mut plan.packs, symbols)?;
                }
                continue;
            }
            let mut whole = [0; WITH_SUBCHANNEL];
            let (main, behind) = whole.split_at_mut(RAW_BYTES);
            let Some(main) = main.first_chunk_mut::<RAW_BYTES>() else { continue };
            let channels = match &mut plan.kind {
                Kind::Raw { lead_in, .. } => {
                    main.copy_from_slice(&sector[..RAW_BYTES]);
                    let channels = channels_of(&sector[RAW_BYTES..]);
                    if lba < plan.start {
                        lead_in.take(&channels);
                        for symbols in channels.r_to_w.as_chunks().0 {
                            // Nothing there, or something else than CD-TEXT.
                            drop(take_pack(&mut plan.packs, symbols));
                        }
                        continue;
                    }
                    if lead_in.program(&channels, lba, &mut plan.disc) {
                        scramble(main);
                    }
                    channels
                }
                Kind::Cue { areas, .. } => {
                    let area = areas.iter().find(|area| area.start <= lba && lba < area.end);
                    let form = area.map_or(0, |area| area.form);
                    put_main(form, lba, sector, main);
                    match plan.disc.track_at(lba) {
                        Some(track) => plan.disc.subchannel(track, lba),
                        None => continue,
                    }
                }
            };
            if lba >= plan.program_end() {
                continue;
            }
            behind.copy_from_slice(&channels.encode());
            if wholes.is_empty() {
                begin = lba;
            }
            wholes.push(whole);
        }
        marks.apply(begin, &mut wholes);
        let loaded = self.loaded()?;
        loaded.keep_sectors(begin, &wholes)?;
        let recorded = first.saturating_add((data.len() / bytes) as i32).min(plan.program_end());
        loaded.note_at_once(recorded);
        loaded.recorded((data.len() / bytes) as u32)?;
        self.defer(marks.lost);
        Ok(())
    }

    /// Sound of a track recorded at once.
    fn write_sound(&mut self, lba: u32, sectors: u32, data: &[u8]) -> Outcome<usize> {
        let mode = self.pages.write_mode();
        if data.len() as u64 != u64::from(sectors) * RAW_BYTES as u64 {
            return Err(wrong_transfer());
        }
        if mode.test {
            self.pretend(lba, sectors)?;
            return Ok(data.len());
        }
        if let Some(refusal) = self.loaded()?.medium.refusal(mode, lba, sectors) {
            return Err(refusal.into());
        }
        if sectors == 0 {
            return Ok(data.len());
        }
        let (carried_out, event) = self.faults.interruption(lba, sectors);
        let marks = self.faults.marks(lba, carried_out);
        let (catalog, isrc) = self.pages.codes();
        let control = mode.control();
        let loaded = self.loaded()?;
        if carried_out > 0 {
            loaded.begin_sound(lba, control, catalog, isrc);
            let mut wholes = Vec::with_capacity(carried_out as usize);
            for (lba, sector) in (lba as i32..).zip(data.chunks_exact(RAW_BYTES)).take(carried_out as usize) {
                wholes.push(loaded.sound(lba, sector));
            }
            marks.apply(lba as i32, &mut wholes);
            loaded.keep_sectors(lba as i32, &wholes)?;
            loaded.medium.record(lba, carried_out, control);
            loaded.recorded(carried_out)?;
        }
        self.defer(marks.lost);
        self.suffer(event, lba + carried_out)?;
        Ok(data.len())
    }

    /// SYNCHRONIZE CACHE: a session that has all its sectors gets its lead-out and table of contents.
    pub(in crate::simulated) fn finish_at_once(&mut self) -> Outcome<()> {
        let last = !self.pages.next_session_allowed();
        let test = self.pages.write_mode().test;
        let Some(plan) = &mut self.at_once else { return Ok(()) };
        if let Kind::Raw { lead_in, .. } = &mut plan.kind {
            match lead_in.finish(&mut plan.disc) {
                Some(end) if plan.next.is_some_and(|next| next >= end) => plan.end = end,
                Some(_) => return Ok(()),
                None => return Err(status::SESSION_FIXATION_LEAD_IN.into()),
            }
        } else if plan.next != Some(plan.end) {
            return Ok(());
        }
        let Some(plan) = self.at_once.take() else { return Ok(()) };
        if test {
            return Ok(());
        }
        let is_raw = matches!(plan.kind, Kind::Raw { .. });
        let loaded = self.loaded()?;
        loaded.complete(plan, last || is_raw);
        self.events.features_changed();
        Ok(())
    }
}

impl AtOnce {
    /// First sector of the lead-out, as far as it is known.
    fn program_end(&self) -> i32 {
        match &self.kind {
            Kind::Cue { .. } => self.end,
            Kind::Raw { lead_in, .. } => lead_in.lead_out().unwrap_or(self.end),
        }
    }
}

/// A pack of CD-TEXT that has not come before.
fn take_pack(packs: &mut Vec<Pack>, symbols: &[u8; 24]) -> Outcome<()> {
    match Pack::from_symbols(symbols) {
        Ok(pack) => {
            let is_new = packs.len() < 8 * 256 && !packs.contains(&pack);
            packs.extend(is_new.then_some(pack));
            Ok(())
        }
        Err(_) => Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into()),
    }
}

fn channels_of(bytes: &[u8]) -> Subchannel {
    match (bytes.first_chunk::<SUBCHANNEL_BYTES>(), bytes.first_chunk::<PQ_BYTES>()) {
        (Some(all), _) => Subchannel::parse(all),
        (None, Some(pq)) => Subchannel::parse_pq(pq),
        // A host that sends no subchannels leaves them to no one: there is nothing in them.
        (None, None) => Subchannel { p: false, q: [0; 12], r_to_w: [0; SUBCHANNEL_BYTES] },
    }
}

/// The sector as it is on the disc, from what the host sends in this form.
fn put_main(form: u8, lba: i32, sector: &[u8], main: &mut [u8; RAW_BYTES]) {
    let address = crate::cd::Msf::from_lba(Lba::new(lba));
    match (form, sector.first_chunk::<2048>()) {
        (0x10, Some(user)) => encode_mode_1(address, user, main),
        (0x20 | 0x30, _) => {
            crate::cd::encode_mode_0(address, main);
            main[15] = 2;
            main[16..].copy_from_slice(&sector[..2336]);
        }
        _ => main.copy_from_slice(&sector[..RAW_BYTES]),
    }
}

impl Loaded {
    /// Keeps sectors with their subchannels, and their user data where all programs find them.
    fn keep_sectors(&mut self, first: i32, wholes: &[[u8; WITH_SUBCHANNEL]]) -> Outcome<()> {
        self.raw.write(first, wholes)?;
        for (lba, whole) in (first..).zip(wholes) {
            let Ok(place) = u32::try_from(lba) else { continue };
            let main = whole.first_chunk().unwrap_or(&[0; RAW_BYTES]);
            match RawSector::parse(main) {
                Ok(sector) if matches!(sector.form, SectorForm::Mode1 | SectorForm::Mode2Form1(_)) => {
                    self.store.write(place, sector.user_data())?;
                }
                _ => self.store.write_zeros(place, 1)?,
            }
            self.medium.written.insert(place, place + 1);
        }
        Ok(())
    }

    /// A sector of sound with the subchannels of its track.
    fn sound(&self, lba: i32, samples: &[u8]) -> [u8; WITH_SUBCHANNEL] {
        let mut whole = [0; WITH_SUBCHANNEL];
        whole[..RAW_BYTES].copy_from_slice(samples);
        if let Some(track) = self.medium.disc.track_at(lba) {
            let channels = self.medium.disc.subchannel(track, lba);
            whole[RAW_BYTES..].copy_from_slice(&channels.encode());
        }
        whole
    }

    /// Silence where an open track of sound ends.
    pub(in crate::simulated) fn pad_sound(&mut self, lba: u32, sectors: u32) -> Outcome<()> {
        let open = self.medium.track_at(lba).filter(|view| !view.invisible && view.mode & 4 == 0);
        if open.is_none() || self.medium.family() != Family::Cd {
            return Ok(());
        }
        let silence = [0; RAW_BYTES];
        let wholes: Vec<_> =
            (lba as i32..).take(sectors as usize).map(|lba| self.sound(lba, &silence)).collect();
        self.keep_sectors(lba as i32, &wholes)
    }

    /// A session being recorded is a damaged track until it is complete: one that no command closes.
    fn note_at_once(&mut self, next: i32) {
        let first = self.medium.next_at_once_start();
        let recorded = u32::try_from(next).unwrap_or(0).saturating_sub(first).max(1);
        let track = Track {
            start: first,
            recorded,
            reserved: None,
            state: TrackState::Damaged,
            at_once: true,
            mode: 4,
        };
        match self.medium.sessions.last_mut().filter(|session| !session.closed) {
            Some(session) => session.tracks = vec![track],
            None => self.medium.sessions.push(Session { closed: false, lead_out: 0, tracks: vec![track] }),
        }
        self.changed = true;
    }

    fn complete(&mut self, mut plan: AtOnce, last: bool) {
        // The lead-in goes round, and may begin with any of them.
        plan.packs.sort_by_key(|pack| (pack.block, pack.sequence));
        let end = u32::try_from(plan.end).unwrap_or(0);
        if self.medium.open_session().is_some() {
            self.medium.sessions.pop();
        }
        let starts: Vec<u32> =
            plan.disc.tracks.iter().map(|track| u32::try_from(track.start()).unwrap_or(0)).collect();
        let ends = starts.iter().skip(1).copied().chain([end]);
        let tracks = starts.iter().zip(ends).zip(&plan.disc.tracks).map(|((start, end), track)| Track {
            start: *start,
            recorded: end.saturating_sub(*start),
            reserved: None,
            state: TrackState::Closed,
            at_once: false,
            mode: track.control,
        });
        let tracks = tracks.collect();
        self.medium.sessions.push(Session { closed: false, lead_out: 0, tracks });
        self.medium.close_session(last);
        let disc = &mut self.medium.disc;
        disc.catalog = plan.disc.catalog.or(disc.catalog.take());
        disc.tracks.extend(plan.disc.tracks);
        disc.cd_text.extend(plan.packs.iter().flat_map(Pack::encode));
        self.changed = true;
    }

    /// Notes a track of sound that begins here.
    fn begin_sound(&mut self, lba: u32, control: u8, catalog: Option<String>, isrc: Option<String>) {
        let number = self.medium.track_count() as u8 + 1;
        let begins = self.medium.place(lba).is_some_and(|place| place.begins_track);
        if begins {
            let start = lba as i32;
            let indexes = vec![start - 150, start];
            let track = super::CdTrack { number, control, indexes, isrc, alternate_copy: false };
            self.medium.disc.tracks.push(track);
            self.medium.disc.catalog = catalog.or(self.medium.disc.catalog.take());
        }
    }
}
