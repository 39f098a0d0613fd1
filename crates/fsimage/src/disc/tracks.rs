//! The tracks of a disc, and which of them hold nothing that a session shows.

use std::fmt;
use std::ops::RangeInclusive;

use multisession::Session;
use sector_io::{Sector, SectorCount};

use super::set_aside::Reason;
use super::{Disc, ImageTrack, scan};

/// A track that a table of contents tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DiscTrack {
    pub(crate) number: u16,
    pub(crate) session: u16,
    pub(crate) start: Sector,
    pub(crate) is_sound: bool,
    /// Whether something is recorded in it, and it is not closed: a track that came to its end is.
    pub(crate) is_open: bool,
}

impl From<&ImageTrack> for DiscTrack {
    fn from(track: &ImageTrack) -> DiscTrack {
        let ImageTrack { number, session, start, is_audio, .. } = *track;
        DiscTrack { number, session, start: Sector::new(start), is_sound: is_audio, is_open: false }
    }
}

/// Tracks of a disc that no file of a session is in: what is made of its files does not have them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TracksLeftOut {
    /// Those with sound.
    pub sound: Vec<u16>,
    /// Those with data that belong to no file system.
    pub data: Vec<u16>,
}

impl fmt::Display for TracksLeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [("sound", &self.sound), ("data that are in no file", &self.data)];
        let mut between = "";
        for (what, tracks) in kinds.into_iter().filter(|(_, tracks)| !tracks.is_empty()) {
            let word = if tracks.len() == 1 { "track" } else { "tracks" };
            let numbers: Vec<String> = tracks.iter().map(ToString::to_string).collect();
            write!(f, "{between}{word} {} with {what}", numbers.join(", "))?;
            between = "; ";
        }
        let is_one = self.sound.len() + self.data.len() == 1;
        f.write_str(if is_one { ": left out" } else { ": they are left out" })
    }
}

impl Disc {
    /// The tracks that are open, as the drive tells, but those with a file system of which all arrived.
    pub(crate) fn cut_tracks(&self) -> impl Iterator<Item = &DiscTrack> {
        self.tracks.iter().filter(|track| track.is_open && !self.holds_whole(track.start))
    }

    /// Whether a file system tells where a session ends: beside it there are no further tracks.
    pub(crate) fn is_told_by_file_system(&self, session: &Session) -> bool {
        let tracks = self.tracks.iter().filter(|track| track.session == session.number);
        self.holds_whole(session.start) && tracks.count() <= 1
    }

    /// Whether all of the session that begins there is there, and its recording did not stop early.
    fn holds_whole(&self, start: Sector) -> bool {
        self.holds_whole_within(start..=start)
    }

    /// The same of one that begins anywhere within.
    pub(crate) fn holds_whole_within(&self, starts: RangeInclusive<Sector>) -> bool {
        let mut sessions = self.sessions.iter();
        sessions.any(|session| {
            starts.contains(&session.start) && self.reason(session).is_none() && !self.is_sound(session)
        })
    }

    /// The tracks up to those of a session, of all for `None`, that what is made of the files does not have. Those of sessions
    /// that are `told` of are none of them, nor are tracks in which nothing was recorded.
    pub(crate) fn tracks_left_out(&self, up_to: Option<u16>, told: &[u16]) -> Option<TracksLeftOut> {
        let mut left_out = TracksLeftOut::default();
        let asked = |track: &&DiscTrack| {
            up_to.is_none_or(|newest| track.session <= newest) && !told.contains(&track.session)
        };
        for track in self.tracks.iter().filter(asked) {
            match track.is_sound {
                true => left_out.sound.push(track.number),
                false if self.is_in_no_volume(track) => left_out.data.push(track.number),
                false => {}
            }
        }
        (left_out != TracksLeftOut::default()).then_some(left_out)
    }

    /// Whether a track with data lies outside the volumes of its session.
    fn is_in_no_volume(&self, track: &DiscTrack) -> bool {
        let session = self.sessions.iter().find(|session| session.number == track.session);
        let is_outside = match session {
            None => true,
            Some(session) => match self.reason(session) {
                Some(Reason::NoFileSystem) => true,
                // What is missing of these is told of their files.
                Some(_) => false,
                None => track.start != session.start && track.start >= self.volumes_end(session),
            },
        };
        let begun = Session { number: track.session, start: track.start, end: None };
        is_outside && scan::is_begun(&self.source, &begun)
    }

    /// The first sector behind what the volumes of a session say that they take.
    fn volumes_end(&self, session: &Session) -> Sector {
        let iso9660 = scan::volume_end(&self.source, session.start);
        let udf = self.udf_volume(session).ok().flatten();
        let partitions = udf.iter().flat_map(|volume| volume.partitions());
        let partitions = partitions.filter_map(|partition| {
            Sector::new(partition.start).checked_add(SectorCount::new(partition.length))
        });
        partitions.chain(iso9660).max().unwrap_or(session.start)
    }
}
