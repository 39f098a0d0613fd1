//! What a raw recording's subchannel Q tells of the disc.

use super::{CdDisc, CdTrack};
use crate::cd::{Control, Msf, Position, Q, Subchannel};

/// The table of contents, as the lead-in tells it.
#[derive(Clone, Debug, Default)]
pub(super) struct RawLeadIn {
    /// Track number, control, start.
    tracks: Vec<(u8, u8, i32)>,
    lead_out: Option<i32>,
}

impl RawLeadIn {
    /// First sector of the lead-out, once it was told.
    pub(super) fn lead_out(&self) -> Option<i32> {
        self.lead_out
    }

    /// Takes a sector of the lead-in.
    pub(super) fn take(&mut self, channels: &Subchannel) {
        let Some(Q { control, position: Position::Contents { point, entry, .. } }) = Q::parse(&channels.q)
        else {
            return;
        };
        let Some(at) = Msf::from_bcd(entry).map(|msf| msf.to_lba().get()) else { return };
        match point {
            Position::START_OF_LEAD_OUT => self.lead_out = Some(at),
            1..=99 if !self.tracks.iter().any(|(number, ..)| *number == point) => {
                self.tracks.push((point, control.0, at));
            }
            _ => {}
        }
    }

    /// Takes a sector of the program; gives whether it is data, which come scrambled.
    pub(super) fn program(&mut self, channels: &Subchannel, lba: i32, disc: &mut CdDisc) -> bool {
        let Some(q) = Q::parse(&channels.q) else {
            return disc.tracks.last().is_some_and(|track| track.control & Control::DATA.0 != 0);
        };
        match q.position {
            Position::Program { track, index, .. } if track != Position::LEAD_OUT => {
                if disc.tracks.last().is_none_or(|last| last.number < track) && disc.tracks.len() < 99 {
                    let indexes = vec![lba; usize::from(index > 0) + 1];
                    let control = q.control.0;
                    disc.tracks.push(CdTrack { number: track, control, indexes, ..CdTrack::default() });
                } else if let Some(last) = disc.tracks.last_mut()
                    && usize::from(index) == last.indexes.len()
                {
                    last.indexes.push(lba);
                }
            }
            Position::Catalog { number, .. } => disc.catalog = Some(number.to_string()),
            Position::Isrc { code, .. } => {
                if let Some(last) = disc.tracks.last_mut() {
                    last.isrc = Some(code.as_str().to_owned());
                }
            }
            _ => {}
        }
        q.control.has(Control::DATA)
    }

    /// Where the lead-out begins, if lead-in and program agree about the tracks.
    pub(super) fn finish(&mut self, disc: &mut CdDisc) -> Option<i32> {
        self.tracks.sort_unstable();
        let same = self.tracks.len() == disc.tracks.len()
            && self.tracks.iter().zip(&disc.tracks).all(|((number, _, start), track)| {
                *number == track.number && *start == track.start() && track.indexes.len() >= 2
            });
        for ((_, control, _), track) in self.tracks.iter().zip(&mut disc.tracks) {
            track.control = *control;
        }
        self.lead_out.filter(|_| same && !disc.tracks.is_empty())
    }
}
