use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use mmc_device::cd::PackType;
use sector_io::RawLayout;

use super::{CueFile, CueIndex, CueSheet, CueText, CueTrack, FileKind, Flags, MOST_TRACKS, TrackMode, msf};

/// Sectors between the end of the first session's tracks and the next track, which no file holds: lead-out,
/// lead-in and pregap of a CD. Behind later sessions the lead-out is shorter.
const LEAD_OUT: [u32; 2] = [6750, 2250];
const LEAD_IN: u32 = 4500;
const PREGAP: u32 = 150;

/// Numbers of tracks on a CD.
const TRACK_NUMBERS: RangeInclusive<u16> = 1..=99;

impl CueSheet {
    /// Reads a cue sheet.
    ///
    /// # Errors
    /// The line, and what is wrong with it.
    pub(crate) fn parse(text: &[u8]) -> Result<CueSheet, String> {
        let text = decoded(text)?;
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let mut reader = Reader { session: 1, ..Reader::default() };
        // Systems of Apple ended lines with a carriage return alone.
        for (line, number) in text.split(['\n', '\r']).zip(1u32..) {
            reader.take(line, number).map_err(|what| format!("line {number}: {what}"))?;
        }
        reader.sheet.idle_sessions.extend(reader.begins_session.take());
        let tracks = || reader.sheet.files.iter().flat_map(|file| &file.tracks);
        if let Some(track) = tracks().find(|track| track.index_1.is_none()) {
            return Err(format!("track {} has no INDEX 01", track.number));
        }
        if tracks().next().is_none() {
            return Err("there is no track in it".to_owned());
        }
        Ok(reader.sheet)
    }

    /// Whether tracks have numbers of a CD: 1 to 99.
    ///
    /// # Errors
    /// The line of the first that has another.
    pub(crate) fn check_track_numbers(&self) -> Result<(), String> {
        let mut tracks = self.files.iter().flat_map(|file| &file.tracks);
        match tracks.find(|track| !TRACK_NUMBERS.contains(&track.number)) {
            Some(CueTrack { line, number, .. }) => {
                Err(format!("line {line}: TRACK {number}: tracks have the numbers 1 to 99"))
            }
            None => Ok(()),
        }
    }

    /// That what counts once stands there once: nothing tells which of two is meant.
    ///
    /// # Errors
    /// The line of the second.
    pub(crate) fn check_repeated(&self) -> Result<(), String> {
        match self.repeated.first() {
            Some((line, command)) => {
                Err(format!("line {line}: a second {command} of one disc or track: only one can be recorded"))
            }
            None => Ok(()),
        }
    }
}

/// The text of a sheet, in whatever encoding the writer had: UTF-16 and UTF-32 by their byte order mark, or the zeros
/// of the first character, which is one of ASCII; what is no UTF-8 counts as ISO 8859-1, CD-TEXT's own.
fn decoded(text: &[u8]) -> Result<String, String> {
    let Some(Units { bytes, is_little }) = units(text) else {
        return Ok(match str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => text.iter().map(|byte| char::from(*byte)).collect(),
        });
    };
    let name = format!("UTF-{}", bytes * 8);
    if !text.len().is_multiple_of(bytes) {
        return Err(format!("a part of a character of {name} at its end"));
    }
    let units = text.chunks_exact(bytes).map(|unit| {
        let add = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
        if is_little { unit.iter().rev().fold(0, add) } else { unit.iter().fold(0, add) }
    });
    let found = match bytes {
        2 => char::decode_utf16(units.map(|unit| unit as u16))
            .map(|unit| unit.ok())
            .collect::<Option<String>>(),
        _ => units.map(char::from_u32).collect(),
    };
    found.ok_or_else(|| format!("characters that are none of {name}"))
}

/// The units of a text that is in UTF-16 or UTF-32.
struct Units {
    bytes: usize,
    is_little: bool,
}

fn units(text: &[u8]) -> Option<Units> {
    let (bytes, is_little) = match text {
        [0xFF, 0xFE, 0, 0, ..] | [_, 0, 0, 0, ..] => (4, true),
        [0, 0, 0xFE, 0xFF, ..] | [0, 0, 0, _, ..] => (4, false),
        [0xFF, 0xFE, ..] | [_, 0, ..] => (2, true),
        [0xFE, 0xFF, ..] | [0, _, ..] => (2, false),
        _ => return None,
    };
    Some(Units { bytes, is_little })
}

/// That texts which are in neither UTF-8 nor UTF-16 nor UTF-32 can be ISO 8859-1, as those of CD-TEXT: it has no
/// characters 80h to 9Fh.
///
/// # Errors
/// The first line that has one.
pub(crate) fn check_characters(text: &[u8]) -> Result<(), String> {
    if units(text).is_some() || str::from_utf8(text).is_ok() {
        return Ok(());
    }
    let end = if text.contains(&b'\n') { b'\n' } else { b'\r' };
    let other = text
        .split(|byte| *byte == end)
        .zip(1u32..)
        .find(|(line, _)| line.iter().any(|byte| (0x80..=0x9F).contains(byte)));
    match other {
        Some((_, line)) => {
            Err(format!("line {line}: characters of neither UTF-8 nor ISO 8859-1; save it as UTF-8"))
        }
        None => Ok(()),
    }
}

#[derive(Default)]
struct Reader {
    sheet: CueSheet,
    tracks: usize,
    session: u16,
    /// What remarks say of the gap in front of the session that begins.
    lead_out: Option<u32>,
    lead_in: Option<u32>,
    pregap: Option<u32>,
    /// The line that says so, where the next track is the first of a further session.
    begins_session: Option<u32>,
}

impl Reader {
    fn take(&mut self, line: &str, number: u32) -> Result<(), String> {
        let (command, rest) = word(line);
        let command = command.to_ascii_uppercase();
        if let Some(kind) = text_kind(&command) {
            let text = CueText { line: number, command: command.clone(), text: unquoted(rest).to_owned() };
            let before = self.texts().insert(kind, text);
            self.note_repeated(before.is_some(), number, command);
            return Ok(());
        }
        match command.as_str() {
            "FILE" => self.file(rest),
            "TRACK" => self.track(rest, number),
            "INDEX" => self.index(rest, number),
            "PREGAP" => {
                let gap = position(rest)?;
                let track = self.last_track()?;
                track.gap = track.gap.checked_add(gap).ok_or("a gap that is too long")?;
                let is_repeated = std::mem::replace(&mut track.has_pregap, true);
                self.note_repeated(is_repeated, number, command);
                Ok(())
            }
            "POSTGAP" => {
                let gap = position(rest)?;
                let before = self.last_track()?.gap_behind.replace(gap);
                self.note_repeated(before.is_some(), number, command);
                Ok(())
            }
            "REM" => {
                self.remark(rest, number);
                Ok(())
            }
            "CATALOG" => {
                let before = self.sheet.catalog.replace(unquoted(rest).to_owned());
                self.note_repeated(before.is_some(), number, command);
                Ok(())
            }
            "CDTEXTFILE" => {
                let before = self.sheet.cd_text_file.replace(unquoted(rest).to_owned());
                self.note_repeated(before.is_some(), number, command);
                Ok(())
            }
            "ISRC" => {
                let before = self.last_track()?.isrc.replace(unquoted(rest).to_owned());
                self.note_repeated(before.is_some(), number, command);
                Ok(())
            }
            "FLAGS" => {
                let track = self.last_track()?;
                let mut unknown = Vec::new();
                for flag in rest.split_whitespace() {
                    if !track.flags.take(flag) {
                        unknown.push((number, format!("FLAGS {flag}")));
                    }
                }
                self.sheet.unknown.append(&mut unknown);
                Ok(())
            }
            "" => Ok(()),
            _ => {
                self.sheet.unknown.push((number, command));
                Ok(())
            }
        }
    }

    fn note_repeated(&mut self, is_repeated: bool, line: u32, command: String) {
        self.sheet.repeated.extend(is_repeated.then_some((line, command)));
    }

    fn file(&mut self, rest: &str) -> Result<(), String> {
        let (name, kind) = name(rest);
        if name.is_empty() {
            return Err("FILE without a name".to_owned());
        }
        if self.sheet.files.len() >= MOST_TRACKS {
            return Err(format!("more than {MOST_TRACKS} files"));
        }
        let kind = match kind.to_ascii_uppercase().as_str() {
            "BINARY" | "" => FileKind::Binary,
            "MOTOROLA" => FileKind::Motorola,
            _ => FileKind::Sound,
        };
        self.sheet.files.push(CueFile {
            name: name.to_owned(),
            kind,
            tracks: Vec::new(),
            indexes: Vec::new(),
        });
        Ok(())
    }

    fn track(&mut self, rest: &str, line: u32) -> Result<(), String> {
        let (number, rest) = word(rest);
        let number = number.parse().map_err(|_| format!("TRACK {number:?} is no number"))?;
        let (mode, _) = word(rest);
        if mode.eq_ignore_ascii_case("CDG") {
            return Err(
                "sound with graphics (CDG), whose sectors have 2448 bytes, is not read here".to_owned()
            );
        }
        let mode = track_mode(mode).ok_or_else(|| format!("the unknown mode {mode:?}"))?;
        self.tracks += 1;
        if self.tracks > MOST_TRACKS {
            return Err(format!("more than {MOST_TRACKS} tracks"));
        }
        let mut gap = 0;
        let begun = self.begins_session.take();
        self.sheet.idle_sessions.extend(begun.filter(|_| self.tracks == 1));
        if begun.is_some() && self.tracks > 1 {
            let usual = LEAD_OUT[usize::from(self.session > 2)];
            let parts = [
                self.lead_out.take().unwrap_or(usual),
                self.lead_in.take().unwrap_or(LEAD_IN),
                self.pregap.take().unwrap_or(PREGAP),
            ];
            gap = parts
                .iter()
                .try_fold(0, |sum: u32, part| sum.checked_add(*part))
                .ok_or("a gap that is too long")?;
        }
        let track = CueTrack { line, number, session: self.session, mode, gap, ..CueTrack::default() };
        self.sheet.files.last_mut().ok_or("a TRACK before any FILE")?.tracks.push(track);
        Ok(())
    }

    fn index(&mut self, rest: &str, line: u32) -> Result<(), String> {
        let (number, rest) = word(rest);
        let at = position(rest)?;
        let Ok(number) = number.parse::<u8>() else {
            return Err(format!("INDEX {number:?} is no number"));
        };
        self.follow_into_file();
        let track = self.last_track()?;
        let before = match number {
            0 => track.index_0.replace(at),
            1 => track.index_1.replace(at),
            // Marks within the track.
            _ => {
                track.marks.push(at);
                None
            }
        };
        let (track, mode) = (track.number, track.mode);
        self.note_repeated(before.is_some(), line, format!("INDEX {number:02}"));
        let file = self.sheet.files.last_mut().ok_or("it comes before any FILE")?;
        file.indexes.push(CueIndex { line, track, mode, number, at });
        Ok(())
    }

    /// A track whose pregap is the end of one file, and which itself begins with the next one.
    fn follow_into_file(&mut self) {
        let [.., before, last] = &mut self.sheet.files[..] else { return };
        if last.tracks.is_empty()
            && before.tracks.last().is_some_and(|track| track.index_1.is_none())
            && let Some(mut track) = before.tracks.pop()
        {
            track.pregap_before = track.index_0.take();
            last.tracks.push(track);
        }
    }

    /// Of the track that was begun last, or else of the disc.
    fn texts(&mut self) -> &mut BTreeMap<PackType, CueText> {
        let track = self.sheet.files.iter_mut().rev().find_map(|file| file.tracks.last_mut());
        track.map_or(&mut self.sheet.texts, |track| &mut track.texts)
    }

    /// `REM SESSION 02`, and the gap in front of it, as programs that keep several sessions write them.
    fn remark(&mut self, rest: &str, line: u32) {
        let (what, rest) = word(rest);
        let length = || msf::parse(word(rest).0);
        match what.to_ascii_uppercase().as_str() {
            "SESSION" => match word(rest).0.parse::<u16>() {
                Ok(number) if number > self.session => {
                    self.session = number;
                    self.sheet.idle_sessions.extend(self.begins_session.replace(line));
                }
                Ok(1) if self.tracks == 0 => {}
                _ => self.sheet.idle_sessions.push(line),
            },
            "LEAD-OUT" => self.lead_out = length().or(self.lead_out),
            "LEAD-IN" => self.lead_in = length().or(self.lead_in),
            "PREGAP" => self.pregap = length().or(self.pregap),
            _ => {}
        }
    }

    fn last_track(&mut self) -> Result<&mut CueTrack, String> {
        let has_tracks = self.tracks > 0;
        let tracks = self.sheet.files.last_mut().map(|file| &mut file.tracks);
        let found = tracks.and_then(|tracks| tracks.last_mut());
        found.ok_or_else(|| match has_tracks {
            true => "it comes before any TRACK of its FILE, and a track goes on in a further file by its INDEX 01 alone"
                .to_owned(),
            false => "it comes before any TRACK".to_owned(),
        })
    }
}

fn track_mode(mode: &str) -> Option<TrackMode> {
    let mode = mode.to_ascii_uppercase();
    let (kind, bytes) = mode.split_once('/').unwrap_or((&mode, ""));
    let layout = match bytes {
        "2048" => RawLayout::UserData,
        "2336" => RawLayout::Mode2,
        "2352" => RawLayout::Full,
        "2448" => RawLayout::WithSubchannel,
        "" if kind == "AUDIO" => return Some(TrackMode::Audio),
        _ => return None,
    };
    match (kind, layout) {
        ("MODE1", RawLayout::Mode2) | ("CDI", RawLayout::UserData | RawLayout::WithSubchannel) => None,
        ("MODE1", layout) => Some(TrackMode::Mode1(layout)),
        ("MODE2" | "CDI", layout) => Some(TrackMode::Mode2(layout)),
        _ => None,
    }
}

impl Flags {
    /// Whether the flag is known.
    fn take(&mut self, flag: &str) -> bool {
        match flag.to_ascii_uppercase().as_str() {
            "DCP" => self.copy = true,
            "SCMS" => self.scms = true,
            "PRE" => self.pre_emphasis = true,
            "4CH" => self.four_channels = true,
            // That a track has data, its mode says.
            "DATA" => {}
            _ => return false,
        }
        true
    }
}

/// The kind of pack that a command's text goes to.
fn text_kind(command: &str) -> Option<PackType> {
    Some(match command {
        "TITLE" => PackType::TITLE,
        "PERFORMER" => PackType::PERFORMER,
        "SONGWRITER" => PackType::SONGWRITER,
        "COMPOSER" => PackType::COMPOSER,
        "ARRANGER" => PackType::ARRANGER,
        "MESSAGE" => PackType::MESSAGE,
        "DISC_ID" => PackType::DISC_ID,
        "GENRE" => PackType::GENRE,
        "UPC_EAN" => PackType::CODES,
        _ => return None,
    })
}

/// A text without the quotation marks around it.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').map_or(text, |rest| rest.strip_suffix('"').unwrap_or(rest))
}

/// The first word of a line, and the rest.
fn word(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once(char::is_whitespace).map_or((line, ""), |(word, rest)| (word, rest.trim()))
}

/// A name, perhaps in quotation marks, and the word behind it. Without marks a name may have blanks as well.
fn name(rest: &str) -> (&str, &str) {
    if let Some(quoted) = rest.strip_prefix('"')
        && let Some((name, kind)) = quoted.rsplit_once('"')
    {
        return (name, kind.trim());
    }
    rest.rsplit_once(char::is_whitespace).map_or((rest, ""), |(name, kind)| (name.trim(), kind))
}

fn position(rest: &str) -> Result<u32, String> {
    let (time, _) = word(rest);
    msf::parse(time).ok_or_else(|| format!("{time:?} is no position of minutes, seconds and frames"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn two_files_and_two_sessions() {
        let sheet = CueSheet::parse(
            b"\xef\xbb\xbfCATALOG 0000012101954\r\nPERFORMER \"x\"\r\n\
              FILE \"a \"b\".bin\" BINARY\r\n  TRACK 01 AUDIO\r\n    INDEX 01 00:00:00\r\n\
              \x20 TRACK 02 AUDIO\r\n    FLAGS DCP\r\n    INDEX 00 00:10:00\r\n    INDEX 01 00:12:00\r\n\
              REM SESSION 02\r\nFILE data.bin BINARY\r\n  TRACK 03 MODE2/2352\r\n    INDEX 01 00:00:00\r\n",
        )
        .unwrap();
        let [audio, data] = &sheet.files[..] else { panic!("{sheet:?}") };
        assert_eq!((audio.name.as_str(), data.name.as_str()), ("a \"b\".bin", "data.bin"));
        assert_eq!((audio.tracks[1].begin(), audio.tracks[1].index_1), (750, Some(900)));
        let track = &data.tracks[0];
        assert_eq!((track.number, track.session, track.gap), (3, 2, 11_400));
        assert_eq!(track.mode, TrackMode::Mode2(RawLayout::Full));
    }

    /// As Windows and old systems of Apple write them: the sheet is the same one.
    #[test]
    fn utf_16_and_32_and_carriage_returns() {
        let lines = ["TITLE \"Größe €\"", "FILE \"x\" BINARY", "TRACK 01 AUDIO", "INDEX 01 00:00:00", ""];
        let plain = CueSheet::parse(lines.join("\n").as_bytes()).unwrap();
        assert_eq!(plain.texts[&PackType::TITLE].text, "Größe €");
        for end in ["\n", "\r\n", "\r"] {
            let text = lines.join(end);
            let units: Vec<u16> = std::iter::once(0xFEFF).chain(text.encode_utf16()).collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            let wide: Vec<u32> = std::iter::once('\u{feff}').chain(text.chars()).map(u32::from).collect();
            let wide_little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let wide_big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            let marked = [&little, &big, &wide_little, &wide_big];
            let unmarked = [&little[2..], &big[2..], &wide_little[4..], &wide_big[4..]];
            for bytes in marked.map(|bytes| &bytes[..]).into_iter().chain(unmarked).chain([text.as_bytes()]) {
                assert_eq!(CueSheet::parse(bytes).as_ref(), Ok(&plain), "{end:?}: {bytes:x?}");
                assert_eq!(check_characters(bytes), Ok(()));
            }
            let half = CueSheet::parse(&little[..little.len() - 1]).unwrap_err();
            assert!(half.contains("a part of a character of UTF-16"), "{half}");
        }
        let lone = CueSheet::parse(&[0xFF, 0xFE, 0x00, 0xD8]).unwrap_err();
        assert!(lone.contains("UTF-16"), "{lone}");
        // Lines are counted by their ends, whatever these are.
        for sheet in ["TRACK 01 AUDIO\rINDEX 00 x", "FILE a BINARY\r\nINDEX 00 x", "\nINDEX 00 x"] {
            let wrong = CueSheet::parse(sheet.as_bytes()).unwrap_err();
            assert!(wrong.starts_with("line "), "{wrong}");
        }
        assert!(check_characters(b"a\rb\x80\r").unwrap_err().starts_with("line 2:"));
    }

    #[test]
    fn remarks_tell_the_gap() {
        let sheet = CueSheet::parse(
            b"FILE x BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nREM LEAD-OUT 01:30:00\nREM SESSION 2\n\
              REM LEAD-IN 01:00:00\nREM PREGAP 00:02:00\nTRACK 2 MODE1/2048\nPREGAP 0:0:10\nINDEX 1 0:1:0\nPOSTGAP 0:0:3\n",
        )
        .unwrap();
        let track = &sheet.files[0].tracks[1];
        assert_eq!((track.gap, track.gap_behind, track.index_1), (6750 + 4500 + 150 + 10, Some(3), Some(75)));
    }

    #[test]
    fn sessions_without_tracks() {
        let track = |number: u8| format!("TRACK {number} AUDIO\nINDEX 1 0:{number}:0\n");
        let (one, two) = (track(1), track(2));
        for (text, expected) in [
            (format!("REM SESSION 01\nFILE x BINARY\n{one}REM SESSION 02\n{two}"), &[][..]),
            (format!("FILE x BINARY\n{one}REM SESSION 1\n{two}"), &[4]),
            (format!("REM SESSION 02\nFILE x BINARY\n{one}{two}"), &[1]),
            (format!("FILE x BINARY\n{one}{two}REM SESSION 02"), &[6]),
            (format!("FILE x BINARY\n{one}REM SESSION 02\nREM SESSION 03\n{two}"), &[4]),
            (format!("FILE x BINARY\n{one}REM SESSION two\n{two}"), &[4]),
        ] {
            assert_eq!(CueSheet::parse(text.as_bytes()).unwrap().idle_sessions, expected, "{text}");
        }
    }

    #[test]
    fn texts_codes_and_flags() {
        let sheet = CueSheet::parse(
            b"CATALOG 4006381333931\nTITLE \"The disc\"\nPERFORMER M\xfcller\nCDTEXTFILE \"a.cdt\"\nSPEED 4\n\
              FILE 1.wav WAVE\nTRACK 01 AUDIO\nTITLE \"One\"\nISRC USRC17607839\nFLAGS DCP PRE 4CH XXX\n\
              INDEX 01 00:00:00\nINDEX 02 00:10:00\nTRACK 02 AUDIO\nFLAGS SCMS\nSONGWRITER x\nINDEX 00 00:20:00\n\
              FILE 2.flac FLAC\nINDEX 01 00:00:00\nCOMPOSER y\n",
        )
        .unwrap();
        assert_eq!(sheet.catalog.as_deref(), Some("4006381333931"));
        assert_eq!(sheet.cd_text_file.as_deref(), Some("a.cdt"));
        assert_eq!(sheet.texts[&PackType::PERFORMER].text, "M\u{fc}ller");
        assert_eq!(sheet.unknown, [(5, "SPEED".to_owned()), (10, "FLAGS XXX".to_owned())]);
        let [first, second] = &sheet.files[..] else { panic!("{sheet:?}") };
        let track = &first.tracks[0];
        assert_eq!(
            (track.texts[&PackType::TITLE].text.as_str(), track.isrc.as_deref()),
            ("One", Some("USRC17607839"))
        );
        let flags = Flags { copy: true, pre_emphasis: true, four_channels: true, scms: false };
        assert_eq!((track.flags, &track.marks[..]), (flags, &[750][..]));
        let track = &second.tracks[0];
        assert_eq!((first.tracks.len(), track.number), (1, 2));
        assert_eq!((track.pregap_before, track.index_0, track.index_1), (Some(1500), None, Some(0)));
        assert_eq!((track.texts.len(), track.flags.scms), (2, true));
    }

    #[test]
    fn damage_is_told_with_its_line() {
        for (text, told) in [
            ("", "no track"),
            ("TRACK 01 AUDIO", "line 1: a TRACK before any FILE"),
            ("FILE x BINARY\nTRACK 01 MODE9/1", "line 2: the unknown mode"),
            ("FILE x BINARY\nTRACK 01 CDG", "line 2: sound with graphics"),
            ("FILE x BINARY\nTRACK 70000 AUDIO", "line 2: TRACK \"70000\" is no number"),
            ("FILE x BINARY\nTRACK 01 MODE2/2324", "line 2: the unknown mode"),
            ("FILE x BINARY\nTRACK 01 AUDIO\nINDEX 01 0:99:0", "line 3: \"0:99:0\""),
            ("FILE x BINARY\nTRACK 01 AUDIO\n", "no INDEX 01"),
            ("FILE \"\" BINARY", "without a name"),
            ("INDEX 01 00:00:00", "line 1: it comes before any TRACK"),
            (
                "FILE x BINARY\nTRACK 01 AUDIO\nINDEX 01 0:0:0\nFILE y BINARY\nINDEX 02 0:1:0",
                "line 5: it comes before any TRACK of its FILE",
            ),
        ] {
            let error = CueSheet::parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(told), "{text:?}: {error}");
        }
        let many = format!("FILE x BINARY\n{}", "TRACK 01 AUDIO\nINDEX 01 0:0:0\n".repeat(1000));
        assert!(CueSheet::parse(many.as_bytes()).unwrap_err().contains("more than 999 tracks"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(lines in vec(prop_oneof![
            "(FILE|TRACK|INDEX|PREGAP|POSTGAP|FLAGS|ISRC|TITLE|REM SESSION|REM LEAD-OUT) [0-9a-zA-Z:/\" ]{0,20}",
            Just("FILE x BINARY".to_owned()),
            Just("TRACK 1 MODE1/2352".to_owned()),
            Just("INDEX 1 0:0:0".to_owned()),
            ".{0,40}",
        ], 0..40)) {
            let _ = CueSheet::parse(lines.join("\n").as_bytes());
        }
    }
}
