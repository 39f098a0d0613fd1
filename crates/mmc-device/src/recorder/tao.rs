//! CD-R and CD-RW, track at once. `docs/recipes/cd-r-tao.md` tells the steps.

use super::parameters::{multi_session, select};
use super::recording::Recording;
use super::{
    Abandoned, Closing, MediumLeft, OpenSession, Part, Recorder, RecordingMode, SessionEnd, SessionRequest,
};
use crate::command::mode::MultiSession;
use crate::feature::{Feature, FeatureCode};
use crate::medium::writable_track;
use crate::{Drive, DriveError, Lba, Medium, NotWritable, Outgoing, Profile, Transport};

/// Least blocks in a track: four seconds.
const SHORTEST_TRACK: u32 = 300;

pub(super) struct TrackAtOnce<'d, T: Transport> {
    pub(super) drive: &'d mut Drive<T>,
    pub(super) medium: Medium,
    pub(super) part: Part,
}

impl<T: Transport> Recorder for TrackAtOnce<'_, T> {
    fn check(&mut self, request: &SessionRequest) -> Result<(), DriveError> {
        request.not_reserved(self.medium.profile)?;
        if request.mode == RecordingMode::AtOnce {
            super::cd::needed_feature(self.drive, self.medium.profile, FeatureCode::CD_MASTERING)?;
        }
        Ok(())
    }

    fn begin(&mut self, request: &SessionRequest) -> Result<Box<dyn OpenSession + '_>, DriveError> {
        let profile = self.medium.profile;
        let refused = |reason| Err(DriveError::NotWritable { profile, reason });
        request.not_reserved(profile)?;
        self.part.check(&self.medium)?;
        match self.part {
            Part::Session => {}
            Part::Track(_) if request.mode == RecordingMode::AtOnce => {
                return refused(NotWritable::NotAtOnce);
            }
            Part::Track(None) => {}
            Part::Track(Some(_)) => return refused(NotWritable::NoReservations),
        }
        if request.mode == RecordingMode::AtOnce {
            return super::cd::data::begin(self.drive, &self.medium, request);
        }
        self.drive.wait_for_same_medium()?;
        let configuration = self.drive.configuration().ok();
        let feature = configuration.as_ref().and_then(|found| found.feature(FeatureCode::CD_TRACK_AT_ONCE));
        let abilities = feature.and_then(Feature::track_at_once);
        if request.test_write && abilities.is_some_and(|abilities| !abilities.test_write) {
            return refused(NotWritable::NoTestWrite);
        }
        if let Some(speed) = request.speed {
            self.drive.request_speed(&self.medium, speed, request.rotation);
        }
        let setting = Setting {
            multi: multi_session(request.closing),
            test_write: request.test_write,
            underrun_protection: !request.without_underrun_protection
                && super::cd::protects_from_underruns(self.drive, feature),
        };
        setting.select(self.drive)?;

        // Only now do all drives know where the track will begin; on a blank disc some name the start of
        // the pregap, which the drive itself writes.
        let track = writable_track(self.drive, profile)?;
        let told = track.and_then(|track| Some((track.next_writable?, track.free_blocks)));
        let known = self.medium.next_writable.map(|lba| (lba, self.medium.free_blocks));
        let Some((start, free)) = told.or(known) else { return refused(NotWritable::NoNextWritableAddress) };
        let start = if self.medium.sessions.is_empty() { Lba::ZERO } else { start.max(Lba::ZERO) };
        let available = if free > 0 { free } else { self.medium.free_blocks };
        let needed = request.blocks.max(if request.blocks > 0 { SHORTEST_TRACK } else { 0 });
        if needed > available || start.checked_add(needed).is_none() {
            return Err(DriveError::TooLarge { needed, available });
        }
        let recording = Recording::begin(self.drive, profile, start, start);
        Ok(Box::new(Session {
            recording,
            announced: request.blocks,
            setting,
            part: self.part,
            profile,
            next_before: told.map(|(next, _)| next),
        }))
    }
}

/// What the write parameters say for the session.
#[derive(Clone, Copy)]
struct Setting {
    multi: MultiSession,
    test_write: bool,
    underrun_protection: bool,
}

impl Setting {
    fn select<T: Transport>(self, drive: &mut Drive<T>) -> Result<(), DriveError> {
        select(drive, |parameters| {
            parameters.set_track_at_once(self.multi, self.test_write, self.underrun_protection);
        })
    }
}

struct Session<'d, T: Transport> {
    recording: Recording<'d, T>,
    announced: u32,
    setting: Setting,
    part: Part,
    profile: Profile,
    /// The next writable address as the drive told it.
    next_before: Option<Lba>,
}

impl<T: Transport> Session<'_, T> {
    /// Whether the drive says that no track was begun, where it refused the first write.
    fn is_untouched(&mut self) -> bool {
        let (profile, next) = (self.profile, self.next_before);
        writable_track(self.recording.drive, profile).is_ok_and(|track| {
            track.is_some_and(|track| track.blank && !track.damage && track.next_writable == next)
        })
    }

    /// Ends the track: padded to the least length, then flushed, which is what closes it.
    fn end_track(&mut self) -> Result<(), DriveError> {
        if !self.recording.failed {
            let least = if self.recording.accepted > 0 { SHORTEST_TRACK } else { 0 };
            self.recording.pad_to(least)?;
        }
        self.recording.flush_at_end()?;
        self.recording.written();
        Ok(())
    }
}

impl<T: Transport> OpenSession for Session<'_, T> {
    fn next_writable(&mut self) -> Result<Lba, DriveError> {
        Ok(self.recording.next())
    }

    fn take(&mut self, start: Lba, data: Outgoing<'_>) -> Result<u32, DriveError> {
        self.recording.push_next(start, data, self.announced)
    }

    fn flush(&mut self) -> Result<(), DriveError> {
        // SYNCHRONIZE CACHE would end the track.
        self.recording.drain()
    }

    fn buffer_fill(&mut self) -> Option<u8> {
        self.recording.buffer_fill()
    }

    fn close(mut self: Box<Self>) -> Result<SessionEnd, DriveError> {
        self.recording.check()?;
        self.end_track()?;
        // After a test write there is nothing to close, and drives make errors of the attempt.
        if self.recording.begun && !self.setting.test_write && self.part == Part::Session {
            self.recording.close_session(Closing::KeepAppendable, None)?;
        }
        Ok(self.recording.end(self.recording.start()))
    }

    fn abandon(mut self: Box<Self>) -> Result<Abandoned, DriveError> {
        self.end_track()?;
        if !self.recording.begun || self.setting.test_write {
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        if self.recording.sent == 0 && self.is_untouched() {
            return Ok(self.recording.abandoned(MediumLeft::Untouched));
        }
        if self.part != Part::Session {
            return Ok(self.recording.abandoned(MediumLeft::SessionOpen));
        }
        // Whatever was to follow, the medium is not given up for a broken session.
        if self.setting.multi != MultiSession::NEXT_ALLOWED {
            self.setting.multi = MultiSession::NEXT_ALLOWED;
            self.setting.select(self.recording.drive)?;
        }
        match self.recording.close_session(Closing::KeepAppendable, None) {
            // The first write was refused, and no track was begun.
            Err(error) if self.recording.sent == 0 && error.is_unsupported() => {
                Ok(self.recording.abandoned(MediumLeft::Untouched))
            }
            closed => closed.map(|()| self.recording.abandoned(MediumLeft::Appendable)),
        }
    }
}
