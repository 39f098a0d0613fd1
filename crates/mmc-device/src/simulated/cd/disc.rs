use serde::{Deserialize, Serialize};

use crate::Lba;
use crate::cd::{Control, Isrc, MediaCatalogNumber, Msf, Position, Q, Subchannel};

/// What a CD has besides sessions and tracks with data: what only subchannels tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulated) struct CdDisc {
    /// Catalog number, 13 digits.
    #[serde(default)]
    pub(in crate::simulated) catalog: Option<String>,
    /// Packs of CD-TEXT, 18 bytes each.
    #[serde(default)]
    pub(in crate::simulated) cd_text: Vec<u8>,
    /// Tracks of sound, and those of sessions recorded at once or raw.
    #[serde(default)]
    pub(in crate::simulated) tracks: Vec<CdTrack>,
}

/// A track as its subchannel tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulated) struct CdTrack {
    pub(in crate::simulated) number: u8,
    /// CTL nibble.
    pub(in crate::simulated) control: u8,
    /// First sector of index 0, of index 1, and so on.
    pub(in crate::simulated) indexes: Vec<i32>,
    /// Recording code, 12 characters.
    #[serde(default)]
    pub(in crate::simulated) isrc: Option<String>,
    /// The control bit for copies alternates.
    #[serde(default)]
    pub(in crate::simulated) alternate_copy: bool,
}

impl CdTrack {
    /// First sector of its pregap.
    pub(in crate::simulated) fn pregap(&self) -> i32 {
        self.indexes.first().copied().unwrap_or(0)
    }

    /// First sector of index 1.
    pub(in crate::simulated) fn start(&self) -> i32 {
        self.indexes.get(1).copied().unwrap_or(self.pregap())
    }
}

impl CdDisc {
    pub(in crate::simulated) fn is_empty(&self) -> bool {
        *self == CdDisc::default()
    }

    /// The track of a sector, pregaps included.
    pub(in crate::simulated) fn track_at(&self, lba: i32) -> Option<&CdTrack> {
        self.tracks.iter().rev().find(|track| track.pregap() <= lba)
    }

    /// The subchannels of a sector of a track.
    pub(in crate::simulated) fn subchannel(&self, track: &CdTrack, lba: i32) -> Subchannel {
        let index = track.indexes.partition_point(|start| *start <= lba).saturating_sub(1) as u8;
        let absolute = Msf::from_lba(Lba::new(lba));
        let copies = track.alternate_copy && absolute.frames() / 4 % 2 == 1;
        let control = Control(if copies { track.control & !Control::COPY.0 } else { track.control });
        let frame = absolute.frame;
        let same = |lba: i32| {
            let is_of_track = self.track_at(lba).is_some_and(|of| of.number == track.number);
            let at = track.indexes.partition_point(|start| *start <= lba);
            is_of_track && at == usize::from(index) + 1
        };
        let code = match lba.rem_euclid(100) {
            99 => self.catalog().map(|number| Position::Catalog { number, frame }),
            49 if index > 0 => track
                .isrc
                .as_ref()
                .and_then(|code| code.parse().ok())
                .map(|code: Isrc| Position::Isrc { code, frame }),
            _ => None,
        };
        let position = code.filter(|_| same(lba - 1) && same(lba + 1)).unwrap_or(Position::Program {
            track: track.number,
            index,
            relative: Msf::from_frames(lba.abs_diff(track.start())),
            absolute,
        });
        Subchannel::new(index == 0, &Q { control, position })
    }

    pub(in crate::simulated) fn catalog(&self) -> Option<MediaCatalogNumber> {
        let digits: Vec<u8> = self.catalog.as_ref()?.bytes().map(|digit| digit.wrapping_sub(b'0')).collect();
        MediaCatalogNumber::from_digits(digits.try_into().ok()?)
    }

    /// Whether a state file's numbers fit together.
    pub(in crate::simulated) fn check(&self) -> bool {
        let ascend = |track: &CdTrack| track.indexes.is_sorted() && (2..=100).contains(&track.indexes.len());
        self.tracks.len() <= 99
            && self.tracks.iter().all(ascend)
            && self.tracks.is_sorted_by_key(CdTrack::pregap)
            && self.cd_text.len() <= 8 * 256 * 18
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code stands in place of the position, and readers take it for one of the track beside it.
    #[test]
    fn no_code_stands_beside_another_track_or_index() {
        let track = |number, indexes: [i32; 2]| CdTrack {
            number,
            indexes: indexes.to_vec(),
            isrc: Some("USRC17607839".to_owned()),
            ..CdTrack::default()
        };
        let tracks = vec![track(1, [-150, 0]), track(2, [450, 450]), track(3, [800, 950])];
        let disc = CdDisc { catalog: Some("4006381333931".to_owned()), tracks, ..CdDisc::default() };
        let code =
            |lba: i32| match Q::parse(&disc.subchannel(disc.track_at(lba).unwrap(), lba).q).unwrap().position
            {
                Position::Isrc { .. } => "isrc",
                Position::Catalog { .. } => "catalog",
                _ => "",
            };
        let found = [49, 99, 349, 449, 749, 799, 849, 949, 999, 1049].map(code);
        assert_eq!(found, ["isrc", "catalog", "isrc", "", "isrc", "", "", "", "catalog", "isrc"]);
    }
}
