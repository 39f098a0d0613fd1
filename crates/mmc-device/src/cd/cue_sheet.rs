use super::{Control, DigitalCopy, Isrc, MediaCatalogNumber, Msf, Position, Program, SectorType};
use crate::Lba;

/// Bytes of an entry.
pub const CUE_ENTRY_BYTES: usize = 8;

/// Data form of a pause or lead-in for which the host sends no data: of sound, and of mode 1.
const AUDIO_NO_DATA: u8 = 0x01;
const MODE_1_NO_DATA: u8 = 0x14;
/// Bit of the lead-in's data form: the host sends CD-TEXT for it.
const WITH_CD_TEXT: u8 = 0x41;

/// An entry of the cue sheet that SEND CUE SHEET gives to a drive (MMC-3 6.33).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CueEntry {
    /// The catalog number; two lines.
    Catalog(MediaCatalogNumber),
    /// The recording code of the track that follows; two lines.
    Isrc {
        /// Control field of the track.
        control: Control,
        /// Its number.
        track: u8,
        /// The code.
        code: Isrc,
    },
    /// A place from which on something holds.
    Place {
        /// Control field.
        control: Control,
        /// 0 for the lead-in, [`Position::LEAD_OUT`] for the lead-out.
        track: u8,
        /// Index within the track.
        index: u8,
        /// What sectors the host sends.
        form: u8,
        /// Whether the bit for copies alternates.
        alternate_copy: bool,
        /// Absolute address.
        at: Msf,
    },
}

impl CueEntry {
    fn encode(&self, into: &mut Vec<u8>) {
        match *self {
            CueEntry::Catalog(number) => {
                let digits = number.digits().map(|digit| b'0' + digit);
                let (first, second) = digits.split_at(7);
                for part in [&[0x02], first, &[0x02], second, &[0]] {
                    into.extend_from_slice(part);
                }
            }
            CueEntry::Isrc { control, track, code } => {
                for half in code.as_str().as_bytes().chunks(6) {
                    into.extend_from_slice(&[control.0 << 4 | 3, track]);
                    into.extend_from_slice(half);
                }
            }
            CueEntry::Place { control, track, index, form, alternate_copy, at } => {
                let copy = u8::from(alternate_copy) << 7;
                let Msf { minute, second, frame } = at;
                into.extend_from_slice(&[
                    control.0 << 4 | 1,
                    track,
                    index,
                    form,
                    copy,
                    minute,
                    second,
                    frame,
                ]);
            }
        }
    }
}

/// The data form of what the host sends for a kind of sector.
#[must_use]
pub const fn data_form(kind: SectorType) -> u8 {
    match kind {
        SectorType::Audio => 0x00,
        SectorType::Mode1 => 0x10,
        SectorType::Mode1Raw | SectorType::ModeZero => 0x11,
        SectorType::Mode2Form1 | SectorType::Mode2Form2 => 0x20,
        SectorType::Mode2Form1Raw | SectorType::Mode2Form2Raw => 0x21,
        SectorType::Mode2Form0 => 0x30,
        SectorType::Mode2Form0Raw => 0x31,
    }
}

/// Bytes of a sector that the host sends for a data form, without subchannels; `None` for one that is not known.
#[must_use]
pub const fn form_bytes(form: u8) -> Option<usize> {
    match form & 0x3F {
        0x00 | 0x11 | 0x21 | 0x31 => Some(2352),
        0x10 => Some(2048),
        0x20 | 0x30 => Some(2336),
        AUDIO_NO_DATA | MODE_1_NO_DATA => Some(0),
        _ => None,
    }
}

/// The cue sheet of a session. `with_cd_text`: packs are sent for the lead-in.
pub fn cue_entries(program: &Program, with_cd_text: bool) -> Vec<CueEntry> {
    let place = |control, track, index, form, alternate_copy, at: Lba| CueEntry::Place {
        control,
        track,
        index,
        form,
        alternate_copy,
        at: Msf::from_lba(at),
    };
    let mut entries: Vec<CueEntry> = program.catalog.map(CueEntry::Catalog).into_iter().collect();
    let is_audio = program.tracks().first().is_none_or(|track| track.layout.kind.is_audio());
    let control =
        |index: usize| program.tracks().get(index).map_or(Control(0), |track| track.layout.control());
    let form = match (is_audio, with_cd_text) {
        (_, true) => WITH_CD_TEXT,
        (true, false) => AUDIO_NO_DATA,
        (false, false) => MODE_1_NO_DATA,
    };
    entries.push(CueEntry::Place {
        control: control(0),
        track: 0,
        index: 0,
        form,
        alternate_copy: false,
        at: Msf::default(),
    });
    for track in program.tracks() {
        let layout = &track.layout;
        let (control, form) = (layout.control(), data_form(layout.kind));
        let alternate = layout.copy == DigitalCopy::Scms;
        if let Some(code) = layout.isrc {
            entries.push(CueEntry::Isrc { control, track: track.number, code });
        }
        if track.pregap < track.start {
            entries.push(place(control, track.number, 0, form, alternate, track.pregap));
        }
        entries.push(place(control, track.number, 1, form, alternate, track.start));
        for (index, behind) in (2..).zip(&layout.indexes) {
            let at = track.start.checked_add(*behind).unwrap_or(track.end);
            entries.push(place(control, track.number, index, form, alternate, at));
        }
    }
    let last = program.tracks().len().saturating_sub(1);
    let form = if program.tracks().last().is_none_or(|track| track.layout.kind.is_audio()) {
        AUDIO_NO_DATA
    } else {
        MODE_1_NO_DATA
    };
    entries.push(place(control(last), Position::LEAD_OUT, 1, form, false, program.lead_out()));
    entries
}

/// The bytes of a cue sheet.
#[must_use]
pub fn encode_cue_sheet(entries: &[CueEntry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * CUE_ENTRY_BYTES);
    for entry in entries {
        entry.encode(&mut bytes);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cd::TrackLayout;

    #[test]
    fn a_disc_of_sound() {
        let first = TrackLayout {
            pregap: 150,
            isrc: Some("USRC17607839".parse().unwrap()),
            copy: DigitalCopy::Permitted,
            indexes: vec![75],
            ..TrackLayout::new(SectorType::Audio, 4500)
        };
        let second =
            TrackLayout { pregap: 150, copy: DigitalCopy::Scms, ..TrackLayout::new(SectorType::Audio, 300) };
        let mut program = Program::new(Lba::new(-150), 1, vec![first, second]).unwrap();
        program.catalog = Some("4006381333931".parse().unwrap());
        let sheet = encode_cue_sheet(&cue_entries(&program, true));
        let lines: Vec<&[u8]> = sheet.chunks(8).collect();
        let expected: [&[u8]; 11] = [
            b"\x024006381",
            b"\x02333931\0",
            &[0x21, 0, 0, 0x41, 0, 0, 0, 0],
            b"\x23\x01USRC17",
            b"\x23\x01607839",
            &[0x21, 1, 0, 0, 0, 0, 0, 0],
            &[0x21, 1, 1, 0, 0, 0, 2, 0],
            &[0x21, 1, 2, 0, 0, 0, 3, 0],
            &[0x21, 2, 0, 0, 0x80, 1, 2, 0],
            &[0x21, 2, 1, 0, 0x80, 1, 4, 0],
            &[0x21, 0xAA, 1, 1, 0, 1, 8, 0],
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn data_and_sound() {
        let data = TrackLayout { pregap: 150, ..TrackLayout::new(SectorType::Mode1, 300) };
        let sound = TrackLayout { pregap: 150, ..TrackLayout::new(SectorType::Audio, 300) };
        let program = Program::new(Lba::new(-150), 1, vec![data, sound]).unwrap();
        let sheet = encode_cue_sheet(&cue_entries(&program, false));
        assert_eq!(sheet[..8], [0x41, 0, 0, 0x14, 0, 0, 0, 0]);
        assert_eq!(sheet[8..16], [0x41, 1, 0, 0x10, 0, 0, 0, 0]);
        assert_eq!(form_bytes(sheet[11]), Some(2048));
        for kind in SectorType::ALL {
            assert!(form_bytes(data_form(kind)).is_some());
        }
    }
}
