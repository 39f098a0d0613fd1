//! SEND CUE SHEET.

use super::{AtOnce, CdDisc, CdTrack};
use crate::simulated::SimulatedDrive;
use crate::simulated::decode::{Block, minutes};
use crate::simulated::medium_kind::Family;
use crate::simulated::status::{self, Outcome};

/// Lines of the longest sheet: 99 tracks of 99 indexes, codes, catalog number, lead-in and lead-out.
const MOST_LINES: usize = 99 * 101 + 4;

/// Sectors of one form that the host sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) start: i32,
    pub(super) end: i32,
    /// Data form, without the bits for subchannels.
    pub(super) form: u8,
}

impl Area {
    /// Bytes of a sector.
    pub(super) fn bytes(self) -> usize {
        match self.form {
            0x10 => 2048,
            0x20 | 0x30 => 2336,
            _ => 2352,
        }
    }
}

impl SimulatedDrive {
    pub(in crate::simulated) fn send_cue_sheet(&mut self, block: &Block, sheet: &[u8]) -> Outcome<usize> {
        let len = usize::from(block[6]) << 16 | usize::from(block[7]) << 8 | usize::from(block[8]);
        let mode = self.pages.write_mode();
        let medium = &self.loaded()?.medium;
        if medium.family() != Family::Cd {
            return Err(status::INCOMPATIBLE_MEDIUM.into());
        }
        if !mode.is_session_at_once_cd() {
            return Err(status::COMMAND_SEQUENCE.into());
        }
        if medium.finalized {
            return Err(status::CANNOT_WRITE_MEDIUM.into());
        }
        if medium.open_session().is_some() {
            return Err(status::COMMAND_SEQUENCE.into());
        }
        if len == 0 || len % 8 != 0 || len / 8 > MOST_LINES {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        if sheet.len() != len {
            return Err(crate::simulated::execute::wrong_transfer());
        }
        let start = if medium.sessions.is_empty() {
            -150
        } else {
            i32::try_from(medium.next_track_start()).unwrap_or(i32::MAX) - 150
        };
        let first = medium.track_count() as u8 + 1;
        let limit = i32::try_from(medium.end_of_user_data()).unwrap_or(i32::MAX);
        let plan = read(sheet, start, first).filter(|plan| plan.end <= limit);
        let plan = plan.ok_or(status::INVALID_FIELD_IN_PARAMETER_LIST)?;
        self.at_once = Some(plan);
        Ok(len)
    }
}

/// What a sheet plans, its first pregap beginning at `start`; `None` for one that contradicts itself.
fn read(sheet: &[u8], start: i32, first: u8) -> Option<AtOnce> {
    let mut disc = CdDisc::default();
    let mut areas: Vec<Area> = Vec::new();
    let mut cd_text = false;
    let (mut end, mut seen_lead_in) = (None, false);
    let mut zero = None;
    let mut code: Option<(u8, Vec<u8>)> = None;
    let mut catalog = Vec::new();
    let (lines, _) = sheet.as_chunks::<8>();
    for &[control, number, index, form, copy, minute, second, frame] in lines {
        let text = [number, index, form, copy, minute, second, frame];
        match control & 0x0F {
            2 => catalog.extend(text),
            3 => {
                let (of, characters) = code.get_or_insert_with(|| (number, Vec::new()));
                if *of != number {
                    return None;
                }
                characters.extend(&text[1..]);
            }
            1 => {
                if end.is_some() {
                    return None;
                }
                let frames = (i32::from(minute) * 60 + i32::from(second)) * 75 + i32::from(frame);
                if minutes((frames - 150).into()) != [minute, second, frame] {
                    return None;
                }
                if number == 0 {
                    cd_text = form & 0x40 != 0;
                    seen_lead_in = true;
                    if !matches!(form & 0x3F, 0x01 | 0x14) {
                        return None;
                    }
                    continue;
                }
                if !seen_lead_in {
                    return None;
                }
                // Times of a later session run from its first pregap, or from that of the disc: programs differ.
                let lba = frames - *zero.get_or_insert(frames) + start;
                if let Some(area) = areas.last_mut() {
                    if lba <= area.start {
                        return None;
                    }
                    area.end = lba;
                }
                if number == 0xAA {
                    end = Some(lba);
                    continue;
                }
                place(&mut disc, first, number, index, control >> 4, copy & 0x80 != 0, lba)?;
                if let Some((of, characters)) = code.take() {
                    let track = disc.tracks.last_mut().filter(|track| track.number == of)?;
                    track.isrc = Some(String::from_utf8(characters).ok()?);
                }
                let known = matches!(form, 0x00 | 0x10 | 0x11 | 0x20 | 0x21 | 0x30 | 0x31);
                let is_audio = control & 0x40 == 0;
                if !known || is_audio != (form == 0) {
                    return None;
                }
                areas.push(Area { start: lba, end: lba, form });
            }
            _ => return None,
        }
    }
    let end = end?;
    if !catalog.is_empty() {
        let digits = catalog.get(..13).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
        disc.catalog = Some(String::from_utf8(digits.to_vec()).ok()?);
    }
    // Gapless sound has the next track's pregap among its four seconds.
    let long_enough = |track: &CdTrack, next: i32| next - track.start() >= 300;
    let nexts = disc.tracks.iter().skip(1).map(CdTrack::start).chain([end]);
    let whole = disc
        .tracks
        .iter()
        .zip(nexts)
        .all(|(track, next)| track.indexes.len() >= 2 && long_enough(track, next));
    if !whole || disc.tracks.is_empty() {
        return None;
    }
    Some(AtOnce::cue_sheet(disc, areas, end, cd_text))
}

fn place(
    disc: &mut CdDisc,
    first: u8,
    number: u8,
    index: u8,
    control: u8,
    alternate_copy: bool,
    lba: i32,
) -> Option<()> {
    let same = disc.tracks.last_mut().filter(|track| track.number == number);
    if let Some(track) = same {
        if usize::from(index) != track.indexes.len() || track.control != control {
            return None;
        }
        track.indexes.push(lba);
        return Some(());
    }
    // The first track has a pregap.
    let most = u8::from(!disc.tracks.is_empty());
    if number != first + disc.tracks.len() as u8 || number > 99 || index > most {
        return None;
    }
    // Without a pregap, index 0 is empty.
    let indexes = if index == 0 { vec![lba] } else { vec![lba, lba] };
    disc.tracks.push(CdTrack { number, control, indexes, isrc: None, alternate_copy });
    Some(())
}
