//! GET EVENT STATUS NOTIFICATION (4Ah), polled.

use byteorder::{BigEndian, ByteOrder};
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{be_u16, u8 as byte};

use super::{BadReply, Fail, OperationCode};
use crate::Cdb;

/// Length of the reply: a header and one event.
pub const REPLY: usize = 8;

/// Classes of events, a bit for each: byte 4 of the command, byte 3 of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventClasses(pub u8);

impl EventClasses {
    /// All that there are.
    pub const ALL: EventClasses = EventClasses(0x7E);
    /// What the drive can do has changed.
    pub const OPERATIONAL_CHANGE: EventClasses = EventClasses(1 << 1);
    /// Power.
    pub const POWER: EventClasses = EventClasses(1 << 2);
    /// Buttons of the drive, but for the one that ejects.
    pub const EXTERNAL_REQUEST: EventClasses = EventClasses(1 << 3);
    /// The medium and the button that ejects it.
    pub const MEDIA: EventClasses = EventClasses(1 << 4);
    /// Other hosts.
    pub const MULTI_HOST: EventClasses = EventClasses(1 << 5);
    /// Whether the drive is busy.
    pub const DEVICE_BUSY: EventClasses = EventClasses(1 << 6);

    /// Whether all of these are among them.
    #[must_use]
    pub const fn contains(self, classes: EventClasses) -> bool {
        self.0 & classes.0 == classes.0
    }
}

/// What a drive tells of one class. The report consumes the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// What the drive can do has changed: its features are to be asked for again.
    OperationalChange(OperationalChange),
    /// Power.
    Power(PowerEvent),
    /// A button.
    ExternalRequest(ExternalRequest),
    /// The medium.
    Media(MediaStatus),
    /// Another host.
    MultiHost(MultiHostEvent),
    /// How long the drive is busy.
    DeviceBusy(DeviceBusy),
}

/// Class 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OperationalChange {
    /// 0: nothing happened; 1: a change is asked for; 2: it was made.
    pub code: u8,
    /// Another host keeps the drive.
    pub prevented: bool,
    /// 1: features have changed; 0: nothing has.
    pub change: u16,
}

/// Class 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PowerEvent {
    /// 0: nothing happened; 1: the state has changed; 2: it could not be changed.
    pub code: u8,
    /// 1: active; 2: idle; 3: standby; 4: asleep.
    pub state: u8,
}

/// Class 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExternalRequest {
    /// 0: nothing happened; 1: a key went down; 2: up; 3: a request came from outside.
    pub code: u8,
    /// Another host keeps the drive.
    pub prevented: bool,
    /// 0101h play, 0102h rewind, 0103h fast forward, 0104h pause, 0106h stop, 0200h and up the maker's own.
    pub request: u16,
}

/// Class 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediaStatus {
    /// What happened.
    pub event: MediaEvent,
    /// Whether the tray is open.
    pub tray_open: bool,
    /// Whether a medium is in.
    pub medium_present: bool,
}

/// What happened to the medium since the last question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaEvent {
    /// Nothing.
    None,
    /// The eject button was pressed.
    EjectRequest,
    /// A medium came in.
    NewMedium,
    /// The medium went out.
    Removed,
    /// The medium is another one.
    Changed,
    /// The background format is complete.
    BackgroundFormatComplete,
    /// The background format goes on again.
    BackgroundFormatRestarted,
    /// A code unknown here.
    Other(u8),
}

/// Class 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MultiHostEvent {
    /// 0: nothing happened; 1: a host asks for the drive; 2: it was given to one; 3: it was given up.
    pub code: u8,
    /// Another host keeps the drive.
    pub prevented: bool,
    /// 1: low; 2: medium; 3: high.
    pub priority: u16,
}

/// Class 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DeviceBusy {
    /// Whether it is.
    pub busy: bool,
    /// How long it will be, in tenths of seconds.
    pub tenths: u16,
}

/// The command: one event of these classes, of several the one of the lowest class.
#[must_use]
pub fn cdb(classes: EventClasses) -> Cdb {
    Cdb::from([OperationCode::GET_EVENT_STATUS_NOTIFICATION.0, 1, 0, 0, classes.0, 0, 0, 0, REPLY as u8, 0])
}

/// The classes that the drive has, and its event; `None` if it has none of the classes asked for.
///
/// # Errors
/// When the reply is shorter than it says.
pub fn parse(reply: &[u8]) -> Result<(EventClasses, Option<Event>), BadReply> {
    let short = |_| BadReply("shorter than its header");
    let header = (be_u16::<_, Fail<'_>>, byte, byte).parse(reply);
    let (rest, (len, class, supported)) = header.map_err(short)?;
    let supported = EventClasses(supported);
    if class & 0x80 != 0 || len < 4 {
        return Ok((supported, None));
    }
    let (_, event) =
        take::<_, _, Fail<'_>>(4usize).parse(rest).map_err(|_| BadReply("shorter than it says"))?;
    let (code, status, word) = (event[0] & 0x0F, event[1], BigEndian::read_u16(&event[2..]));
    let prevented = status & 0x80 != 0;
    let event = match class & 7 {
        1 => Event::OperationalChange(OperationalChange { code, prevented, change: word }),
        2 => Event::Power(PowerEvent { code, state: status }),
        3 => Event::ExternalRequest(ExternalRequest { code, prevented, request: word }),
        4 => Event::Media(MediaStatus {
            event: MediaEvent::of(code),
            tray_open: status & 1 != 0,
            medium_present: status & 2 != 0,
        }),
        5 => Event::MultiHost(MultiHostEvent { code, prevented, priority: word }),
        6 => Event::DeviceBusy(DeviceBusy { busy: status & 1 != 0, tenths: word }),
        _ => return Ok((supported, None)),
    };
    Ok((supported, Some(event)))
}

impl Event {
    /// Whether something happened. A drive without news answers with the state of a class that it was asked for.
    #[must_use]
    pub const fn is_news(&self) -> bool {
        match self {
            Event::OperationalChange(OperationalChange { code, .. })
            | Event::Power(PowerEvent { code, .. })
            | Event::ExternalRequest(ExternalRequest { code, .. })
            | Event::MultiHost(MultiHostEvent { code, .. }) => *code != 0,
            Event::Media(MediaStatus { event, .. }) => !matches!(event, MediaEvent::None),
            Event::DeviceBusy(DeviceBusy { busy, .. }) => *busy,
        }
    }
}

impl MediaEvent {
    const fn of(code: u8) -> MediaEvent {
        match code {
            0 => MediaEvent::None,
            1 => MediaEvent::EjectRequest,
            2 => MediaEvent::NewMedium,
            3 => MediaEvent::Removed,
            4 => MediaEvent::Changed,
            5 => MediaEvent::BackgroundFormatComplete,
            6 => MediaEvent::BackgroundFormatRestarted,
            other => MediaEvent::Other(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        assert_eq!(cdb(EventClasses::MEDIA).as_bytes(), [0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8, 0]);
        assert_eq!(cdb(EventClasses::ALL).as_bytes()[4], 0x7E);
        assert!(EventClasses::ALL.contains(EventClasses::DEVICE_BUSY));
        assert!(!EventClasses::MEDIA.contains(EventClasses::POWER));
    }

    fn event(class: u8, descriptor: [u8; 4]) -> Event {
        let [a, b, c, d] = descriptor;
        let (supported, event) = parse(&[0, 6, class, 0x52, a, b, c, d]).unwrap();
        assert_eq!(supported, EventClasses(0x52));
        event.unwrap()
    }

    #[test]
    fn each_class() {
        let media =
            |event, tray_open, medium_present| Event::Media(MediaStatus { event, tray_open, medium_present });
        for (class, descriptor, expected) in [
            (
                1,
                [2, 0x80, 0, 1],
                Event::OperationalChange(OperationalChange { code: 2, prevented: true, change: 1 }),
            ),
            (2, [1, 3, 0, 0], Event::Power(PowerEvent { code: 1, state: 3 })),
            (
                3,
                [1, 0, 1, 6],
                Event::ExternalRequest(ExternalRequest { code: 1, prevented: false, request: 0x0106 }),
            ),
            (4, [1, 2, 0, 0], media(MediaEvent::EjectRequest, false, true)),
            (4, [2, 2, 0, 0], media(MediaEvent::NewMedium, false, true)),
            (4, [3, 1, 0, 0], media(MediaEvent::Removed, true, false)),
            (4, [9, 0, 0, 0], media(MediaEvent::Other(9), false, false)),
            (5, [1, 0, 0, 3], Event::MultiHost(MultiHostEvent { code: 1, prevented: false, priority: 3 })),
            (6, [1, 1, 0, 50], Event::DeviceBusy(DeviceBusy { busy: true, tenths: 50 })),
        ] {
            let found = event(class, descriptor);
            assert_eq!(found, expected);
            assert!(found.is_news());
            assert!(!event(class, [0; 4]).is_news(), "{class}");
        }
    }

    #[test]
    fn replies_without_an_event() {
        assert_eq!(parse(&[0, 2, 0x80, 0x10]), Ok((EventClasses::MEDIA, None)));
        assert_eq!(parse(&[0, 6, 7, 0x10, 1, 1, 1, 1]), Ok((EventClasses::MEDIA, None)));
        assert!(parse(&[0, 6, 4, 0x10]).is_err());
        assert!(parse(&[0x87]).is_err());
    }
}
