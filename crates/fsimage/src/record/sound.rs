//! What a CD tells of the sound on it.

use mmc_device::cd::PackType;

use super::{OpenDrive, TrackSummary};

/// What a disc tells of its sound, for people and programs to read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SoundSummary {
    /// Its catalog number.
    pub catalog: Option<String>,
    /// Its title in CD-TEXT, of the first language, as those of tracks.
    pub title: Option<String>,
    /// Its performer in CD-TEXT.
    pub performer: Option<String>,
    /// Its tracks with sound.
    pub tracks: Vec<SoundTrackSummary>,
}

/// What it tells of a track.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SoundTrackSummary {
    /// From 1.
    pub number: u16,
    /// Its recording code.
    pub isrc: Option<String>,
    /// Its title in CD-TEXT.
    pub title: Option<String>,
    /// Its performer in CD-TEXT.
    pub performer: Option<String>,
}

impl OpenDrive {
    /// What a CD tells of its sound: `None` where it has none. Drives read subchannels for it, which can take seconds for
    /// each track. What one does not read is as what the disc does not tell.
    pub fn sound(&self) -> Option<SoundSummary> {
        let tracks = self.medium().tracks.iter().map(TrackSummary::of);
        let tracks: Vec<TrackSummary> = tracks.filter(|track| track.is_audio).collect();
        if tracks.is_empty() {
            return None;
        }
        let mut drive = self.sectors.drive();
        let texts = drive.cd_text().ok().flatten().and_then(|texts| texts.blocks.into_iter().next());
        let text = |kind, number: u16| texts.as_ref()?.text(kind, u8::try_from(number).ok()?);
        let catalog = drive.catalog().ok().flatten().map(|number| number.to_string());
        let mut isrc = |number: u16| {
            let code = drive.isrc(u8::try_from(number).ok()?).ok().flatten()?;
            Some(code.as_str().to_owned())
        };
        let of_track = |track: &TrackSummary| SoundTrackSummary {
            number: track.number,
            isrc: isrc(track.number),
            title: text(PackType::TITLE, track.number),
            performer: text(PackType::PERFORMER, track.number),
        };
        Some(SoundSummary {
            catalog,
            title: text(PackType::TITLE, 0),
            performer: text(PackType::PERFORMER, 0),
            tracks: tracks.iter().map(of_track).collect(),
        })
    }
}
