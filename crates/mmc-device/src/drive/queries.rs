//! Commands that ask about the drive and its medium, and set the drive's own parameters.

use super::{DEFAULT, Drive, LOAD, bad};
use crate::command::buffer_capacity::BufferCapacity;
use crate::command::configuration::{Configuration, RequestType};
use crate::command::disc_info::DiscInformation;
use crate::command::disc_structure::StructureRequest;
use crate::command::event_status::{Event, EventClasses, MediaStatus};
use crate::command::format_capacities::FormatCapacities;
use crate::command::inquiry::Inquiry;
use crate::command::mode::{Capabilities, PageCode, WriteParameters};
use crate::command::performance::WriteSpeed;
use crate::command::pseudo_overwrite::PseudoOverwriteResources;
use crate::command::read_capacity::Capacity;
use crate::command::start_stop::StartStop;
use crate::command::streaming::Streaming;
use crate::command::toc::{Atip, FullToc, LastSession, Toc, TocFormat};
use crate::command::track_info::{TrackAddress, TrackInformation};
use crate::command::{
    OperationCode, buffer_capacity, configuration, disc_info, disc_structure, event_status,
    format_capacities, inquiry, mode, performance, prevent_allow, pseudo_overwrite, read_capacity,
    request_sense, speed, start_stop, test_unit_ready, toc, track_info,
};
use crate::feature::FeatureCode;
use crate::{Data, DriveError, Medium, Profile, Rotation, Sense, Speed, Transport};

/// Descriptions of a medium that a change may interrupt.
const MEDIUM_ATTEMPTS: u32 = 3;

/// Commands about the drive.
impl<T: Transport> Drive<T> {
    /// INQUIRY.
    ///
    /// # Errors
    /// What the drive says, or that its reply is unusable; so for all commands below.
    pub fn inquiry(&mut self) -> Result<Inquiry, DriveError> {
        let reply = self.query(&inquiry::cdb(), inquiry::REPLY)?;
        Inquiry::parse(&reply).map_err(bad(OperationCode::INQUIRY))
    }

    /// TEST UNIT READY, once: waiting is up to the caller.
    ///
    /// # Errors
    /// What the drive says.
    pub fn test_unit_ready(&mut self) -> Result<(), DriveError> {
        match self.attempt(&test_unit_ready::cdb(), &mut Data::None, DEFAULT) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.blame(OperationCode::TEST_UNIT_READY, error, None)),
        }
    }

    /// REQUEST SENSE; `None` if the reply is no sense data.
    ///
    /// # Errors
    /// What the drive says.
    pub fn request_sense(&mut self) -> Result<Option<Sense>, DriveError> {
        Ok(Sense::parse(&self.query(&request_sense::cdb(), request_sense::REPLY)?))
    }

    /// GET CONFIGURATION, with all features.
    ///
    /// # Errors
    /// What the drive says.
    pub fn configuration(&mut self) -> Result<Configuration, DriveError> {
        let request = |len| configuration::cdb(RequestType::All, FeatureCode::PROFILE_LIST, len);
        let header = self.query(&request(configuration::HEADER as u16), configuration::HEADER)?;
        let len = configuration::announced(&header).clamp(configuration::HEADER, configuration::LONGEST);
        let reply = if len > configuration::HEADER { self.query(&request(len as u16), len)? } else { header };
        Configuration::parse(&reply).map_err(bad(OperationCode::GET_CONFIGURATION))
    }

    /// The profile of the medium in the drive, from the header of GET CONFIGURATION.
    ///
    /// # Errors
    /// What the drive says.
    pub fn current_profile(&mut self) -> Result<Profile, DriveError> {
        let request =
            configuration::cdb(RequestType::Current, FeatureCode::PROFILE_LIST, configuration::HEADER as u16);
        let header = self.query(&request, configuration::HEADER)?;
        Configuration::parse(&header)
            .map(|configuration| configuration.current_profile)
            .map_err(bad(OperationCode::GET_CONFIGURATION))
    }

    /// A mode page by MODE SENSE(10), its code and length bytes first.
    ///
    /// # Errors
    /// [`DriveError::NoSuchModePage`] where the drive refuses the page; else what it says.
    pub fn mode_page(&mut self, page: u8) -> Result<Vec<u8>, DriveError> {
        let reply = self.mode_sense(page, 512)?;
        mode::page(&reply, page).map(<[u8]>::to_vec).map_err(bad(OperationCode::MODE_SENSE_10))
    }

    /// The codes of all mode pages that the drive has, in its order.
    ///
    /// # Errors
    /// As [`mode_page`](Drive::mode_page).
    pub fn mode_page_codes(&mut self) -> Result<Vec<PageCode>, DriveError> {
        let reply = self.mode_sense(mode::ALL_PAGES, 4096)?;
        mode::page_codes(&reply).map_err(bad(OperationCode::MODE_SENSE_10))
    }

    /// The reply to MODE SENSE(10), of at most `longest` bytes.
    fn mode_sense(&mut self, page: u8, longest: usize) -> Result<Vec<u8>, DriveError> {
        let absent = |error: DriveError| match error.sense() {
            Some(sense) if error.is_unsupported() => DriveError::NoSuchModePage { page, sense },
            _ => error,
        };
        // As much as every drive answers: there are some that stall when they are asked for less.
        let least = mode::LEAST;
        let header = self.query(&mode::sense(page, least as u16), least).map_err(absent)?;
        let len = mode::announced(&header).clamp(least, longest);
        if len > least { self.query(&mode::sense(page, len as u16), len) } else { Ok(header) }
    }

    /// Sets a mode page by MODE SELECT(10), its code and length bytes first.
    ///
    /// # Errors
    /// [`DriveError::InvalidModeParameters`] where the drive does not accept them; else what it says.
    pub fn select_mode_page(&mut self, page: &[u8]) -> Result<(), DriveError> {
        let list = mode::parameter_list(page);
        let len = u16::try_from(list.len()).map_err(|_| DriveError::PartialBlock { len: page.len() })?;
        self.execute(&mode::select(len), Data::Out(&list), DEFAULT).map(drop)
    }

    /// The write parameters, mode page 05h.
    ///
    /// # Errors
    /// As [`mode_page`](Drive::mode_page).
    pub fn write_parameters(&mut self) -> Result<WriteParameters, DriveError> {
        let page = self.mode_page(mode::WRITE_PARAMETERS)?;
        WriteParameters::parse(&page).map_err(bad(OperationCode::MODE_SENSE_10))
    }

    /// The capabilities, mode page 2Ah.
    ///
    /// # Errors
    /// As [`mode_page`](Drive::mode_page).
    pub fn capabilities(&mut self) -> Result<Capabilities, DriveError> {
        let page = self.mode_page(mode::CAPABILITIES)?;
        Capabilities::parse(&page).map_err(bad(OperationCode::MODE_SENSE_10))
    }

    /// READ BUFFER CAPACITY.
    ///
    /// # Errors
    /// What the drive says.
    pub fn buffer_capacity(&mut self) -> Result<BufferCapacity, DriveError> {
        let reply = self.query(&buffer_capacity::cdb(), buffer_capacity::REPLY)?;
        BufferCapacity::parse(&reply).map_err(bad(OperationCode::READ_BUFFER_CAPACITY))
    }

    /// The writing speeds on offer, fastest first, by GET PERFORMANCE.
    ///
    /// # Errors
    /// What the drive says.
    pub fn write_speeds(&mut self) -> Result<Vec<WriteSpeed>, DriveError> {
        let header = self.query(&performance::cdb(0), performance::HEADER)?;
        let len = header.get(..4).map_or(0, |len| u32::from_be_bytes([len[0], len[1], len[2], len[3]]));
        let descriptors = (len.saturating_sub(4) / performance::DESCRIPTOR as u32).min(100) as u16;
        if descriptors == 0 {
            return Ok(Vec::new());
        }
        let len = performance::HEADER + usize::from(descriptors) * performance::DESCRIPTOR;
        let reply = self.query(&performance::cdb(descriptors), len)?;
        performance::parse(&reply).map_err(bad(OperationCode::GET_PERFORMANCE))
    }

    /// The writing speed in force, by GET PERFORMANCE.
    ///
    /// # Errors
    /// What the drive says.
    pub fn write_speed(&mut self) -> Result<Speed, DriveError> {
        let reply = self.query(&performance::nominal_cdb(), performance::HEADER + performance::DESCRIPTOR)?;
        performance::parse_nominal(&reply).map_err(bad(OperationCode::GET_PERFORMANCE))
    }

    /// SET STREAMING.
    ///
    /// # Errors
    /// What the drive says.
    pub fn set_streaming(&mut self, streaming: &Streaming) -> Result<(), DriveError> {
        self.execute(&streaming.cdb(), Data::Out(&streaming.parameters()), DEFAULT).map(drop)
    }

    /// SET CD SPEED.
    ///
    /// # Errors
    /// What the drive says.
    pub fn set_cd_speed(
        &mut self,
        read: Option<Speed>,
        write: Option<Speed>,
        rotation: Rotation,
    ) -> Result<(), DriveError> {
        self.command(&speed::cdb(read, write, rotation), DEFAULT)
    }

    /// Asks for a recording speed, and for a way of turning, in the way that suits the medium. Whether the drive follows
    /// is its own affair, so a refusal is only logged; [`recording_speed`](Drive::recording_speed) and
    /// [`rotation`](Drive::rotation) have what it chose.
    pub fn request_speed(&mut self, medium: &Medium, speed: Speed, asked_rotation: Option<Rotation>) {
        let rotation = asked_rotation.unwrap_or(Rotation::ConstantLinear);
        let streamed = if medium.profile.is_cd() {
            None
        } else {
            let end = medium.capacity.saturating_sub(1);
            Some(self.set_streaming(&Streaming { start: 0, end, read: speed, write: speed, rotation }))
        };
        let result = match streamed {
            Some(Ok(())) => Ok(()),
            None | Some(Err(_)) => self.set_cd_speed(None, Some(speed), rotation),
        };
        if let Err(error) = result {
            crate::trace::event!(warn, %speed, %error, "the drive keeps its own speed");
        }
        self.recording_speed = match self.write_speed() {
            Ok(actual) if actual > Speed::kilobytes_per_second(0) => Some(actual),
            _ => None,
        };
        self.rotation = match asked_rotation.map(|_| self.capabilities()) {
            Some(Ok(page)) => page.rotation,
            _ => None,
        };
    }

    /// START STOP UNIT, waiting for its end.
    ///
    /// # Errors
    /// What the drive says.
    pub fn start_stop(&mut self, action: StartStop) -> Result<(), DriveError> {
        self.command(&start_stop::cdb(action, false), LOAD)
    }

    /// PREVENT ALLOW MEDIUM REMOVAL.
    ///
    /// # Errors
    /// What the drive says.
    pub fn prevent_removal(&mut self, prevent: bool) -> Result<(), DriveError> {
        self.command(&prevent_allow::cdb(prevent), DEFAULT)
    }

    /// GET EVENT STATUS NOTIFICATION: the next event of these classes, or the state of one of them; `None` if the drive
    /// reports none of them.
    ///
    /// # Errors
    /// What the drive says.
    pub fn event(&mut self, classes: EventClasses) -> Result<Option<Event>, DriveError> {
        let reply = self.query(&event_status::cdb(classes), event_status::REPLY)?;
        let parsed = event_status::parse(&reply);
        parsed.map(|(_, event)| event).map_err(bad(OperationCode::GET_EVENT_STATUS_NOTIFICATION))
    }

    /// The same for the medium alone.
    ///
    /// # Errors
    /// What the drive says.
    pub fn media_event(&mut self) -> Result<Option<MediaStatus>, DriveError> {
        Ok(match self.event(EventClasses::MEDIA)? {
            Some(Event::Media(status)) => Some(status),
            _ => None,
        })
    }
}

/// Commands about the medium.
impl<T: Transport> Drive<T> {
    /// READ DISC INFORMATION.
    ///
    /// # Errors
    /// What the drive says.
    pub fn disc_information(&mut self) -> Result<DiscInformation, DriveError> {
        let reply = self.query(&disc_info::cdb(), disc_info::REPLY)?;
        DiscInformation::parse(&reply).map_err(bad(OperationCode::READ_DISC_INFORMATION))
    }

    /// READ DISC INFORMATION, what is left for pseudo-overwrite.
    ///
    /// # Errors
    /// What the drive says, for instance of a medium that was not formatted for it.
    pub fn pseudo_overwrite_resources(&mut self) -> Result<PseudoOverwriteResources, DriveError> {
        let reply = self.query(&pseudo_overwrite::cdb(), pseudo_overwrite::REPLY)?;
        PseudoOverwriteResources::parse(&reply).map_err(bad(OperationCode::READ_DISC_INFORMATION))
    }

    /// READ TRACK INFORMATION.
    ///
    /// # Errors
    /// What the drive says.
    pub fn track_information(&mut self, address: TrackAddress) -> Result<TrackInformation, DriveError> {
        let header = self.query(&track_info::cdb(address, 8), 8)?;
        let announced =
            header.get(..2).map_or(0, |len| usize::from(u16::from_be_bytes([len[0], len[1]])) + 2);
        let len = announced.clamp(track_info::LEAST, track_info::REPLY);
        let reply = self.query(&track_info::cdb(address, len as u16), len)?;
        TrackInformation::parse(&reply).map_err(bad(OperationCode::READ_TRACK_INFORMATION))
    }

    /// A structure of the medium, without the header of the reply. It is not asked of a CD, which has none and which
    /// makes some drives lock up when they are asked.
    ///
    /// # Errors
    /// [`DriveError::NoDiscStructure`] where the medium has it not; else what the drive says.
    pub fn disc_structure(&mut self, request: StructureRequest) -> Result<Vec<u8>, DriveError> {
        if self.current_profile()?.is_cd() {
            let sense = Sense::new(crate::sense::key::ILLEGAL_REQUEST, 0x30, 0x00);
            return Err(DriveError::NoDiscStructure { sense });
        }
        let header = self.query(&request.cdb(disc_structure::HEADER as u16), disc_structure::HEADER)?;
        let len = disc_structure::announced(&header).clamp(disc_structure::HEADER, usize::from(u16::MAX));
        let reply = self.query(&request.cdb(len as u16), len)?;
        disc_structure::parse(&reply).map(<[u8]>::to_vec).map_err(bad(OperationCode::READ_DISC_STRUCTURE))
    }

    /// The table of contents.
    ///
    /// # Errors
    /// What the drive says.
    pub fn toc(&mut self) -> Result<Toc, DriveError> {
        let reply = self.read_toc(TocFormat::Toc, 0)?;
        Toc::parse(&reply).map_err(bad(OperationCode::READ_TOC))
    }

    /// The full table of contents (CD).
    ///
    /// # Errors
    /// What the drive says.
    pub fn full_toc(&mut self) -> Result<FullToc, DriveError> {
        let reply = self.read_toc(TocFormat::FullToc, 1)?;
        FullToc::parse(&reply).map_err(bad(OperationCode::READ_TOC))
    }

    /// The last complete session.
    ///
    /// # Errors
    /// What the drive says.
    pub fn last_session(&mut self) -> Result<LastSession, DriveError> {
        let reply = self.query(&toc::cdb(TocFormat::SessionInformation, 0, 12), 12)?;
        LastSession::parse(&reply).map_err(bad(OperationCode::READ_TOC))
    }

    /// The groove's information (CD-R, CD-RW).
    ///
    /// # Errors
    /// What the drive says.
    pub fn atip(&mut self) -> Result<Atip, DriveError> {
        let reply = self.read_toc(TocFormat::Atip, 0)?;
        Atip::parse(&reply).map_err(bad(OperationCode::READ_TOC))
    }

    fn read_toc(&mut self, format: TocFormat, number: u8) -> Result<Vec<u8>, DriveError> {
        let header = self.query(&toc::cdb(format, number, 4), 4)?;
        let len = header.get(..2).map_or(0, |len| usize::from(u16::from_be_bytes([len[0], len[1]])) + 2);
        if len <= 4 {
            return Ok(header);
        }
        // 99 tracks of 11 bytes and some entries more for each of 99 sessions.
        let len = len.min(8192);
        self.query(&toc::cdb(format, number, len as u16), len)
    }

    /// READ CAPACITY.
    ///
    /// # Errors
    /// What the drive says.
    pub fn read_capacity(&mut self) -> Result<Capacity, DriveError> {
        let reply = self.query(&read_capacity::cdb(), read_capacity::REPLY)?;
        Capacity::parse(&reply).map_err(bad(OperationCode::READ_CAPACITY))
    }

    /// READ FORMAT CAPACITIES.
    ///
    /// # Errors
    /// What the drive says.
    pub fn format_capacities(&mut self) -> Result<FormatCapacities, DriveError> {
        let least = format_capacities::HEADER;
        let header = self.query(&format_capacities::cdb(least as u16), least)?;
        let len =
            (4 + header.get(3).map_or(0, |len| usize::from(*len))).clamp(least, format_capacities::REPLY);
        let reply = if len > least { self.query(&format_capacities::cdb(len as u16), len)? } else { header };
        FormatCapacities::parse(&reply).map_err(bad(OperationCode::READ_FORMAT_CAPACITIES))
    }

    /// The medium, after waiting for it to be ready.
    ///
    /// # Errors
    /// [`DriveError::NoMedium`]; else what the drive says to the commands that no drive may refuse.
    pub fn medium(&mut self) -> Result<Medium, DriveError> {
        // What was half of one medium and half of another would be told of neither. Some drives call a medium changed
        // once more when they are asked about it.
        for _ in 0..MEDIUM_ATTEMPTS {
            let medium = crate::medium::read(self)?;
            if self.medium_changed.is_none() {
                return Ok(medium);
            }
            self.medium_changed = None;
        }
        crate::medium::read(self)
    }
}
