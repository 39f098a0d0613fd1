//! Cue sheets: text that says which track lies where in which files. The format was never standardised; the
//! commands are those of the program CDRWIN and what others added in remarks.

use sector_io::RawLayout;

use super::msf;
use super::tracks::MOST_TRACKS;

/// Longest text that is taken for a cue sheet.
pub(super) const LONGEST: u64 = 1 << 20;

/// Sectors between the end of the first session's tracks and the next track, which no file holds: lead-out,
/// lead-in and pregap of a CD. Behind later sessions the lead-out is shorter.
const LEAD_OUT: [u32; 2] = [6750, 2250];
const LEAD_IN: u32 = 4500;
const PREGAP: u32 = 150;

/// A cue sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CueSheet {
    pub(super) files: Vec<CueFile>,
}

/// A file, and the tracks in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CueFile {
    pub(super) name: String,
    /// Whether it is nothing but the sectors of its tracks.
    pub(super) is_binary: bool,
    pub(super) tracks: Vec<CueTrack>,
}

/// A track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CueTrack {
    pub(super) number: u16,
    pub(super) session: u16,
    /// `None`: sound.
    pub(super) layout: Option<RawLayout>,
    /// Sectors on the disc in front of the track that no file holds.
    pub(super) gap: u32,
    /// Sectors on the disc behind the track that no file holds.
    pub(super) gap_behind: u32,
    /// Sector of the file in which the pregap begins, if the file holds one.
    pub(super) index_0: Option<u32>,
    /// Sector of the file in which the track begins.
    pub(super) index_1: Option<u32>,
}

impl CueTrack {
    /// Where in the file it begins, with its pregap.
    pub(super) fn begin(&self) -> u32 {
        self.index_0.or(self.index_1).unwrap_or(0)
    }
}

impl CueSheet {
    /// Reads a cue sheet.
    ///
    /// # Errors
    /// The line, and what is wrong with it.
    pub(super) fn parse(text: &[u8]) -> Result<CueSheet, String> {
        // Names are in whatever encoding the writer had; what is no UTF-8 is not found, and told.
        let text = String::from_utf8_lossy(text);
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = Reader { session: 1, ..Reader::default() };
        for (line, number) in text.lines().zip(1u32..) {
            reader.take(line).map_err(|what| format!("line {number}: {what}"))?;
        }
        let tracks = || reader.sheet.files.iter().flat_map(|file| &file.tracks);
        if let Some(track) = tracks().find(|track| track.index_1.is_none()) {
            return Err(format!("track {} has no INDEX 01", track.number));
        }
        if tracks().next().is_none() {
            return Err("there is no track in it".to_owned());
        }
        Ok(reader.sheet)
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
    /// Whether the next track is the first of a further session.
    begins_session: bool,
}

impl Reader {
    fn take(&mut self, line: &str) -> Result<(), String> {
        let (command, rest) = word(line);
        match command.to_ascii_uppercase().as_str() {
            "FILE" => self.file(rest),
            "TRACK" => self.track(rest),
            "INDEX" => self.index(rest),
            "PREGAP" => {
                let gap = position(rest)?;
                let track = self.last_track()?;
                track.gap = track.gap.checked_add(gap).ok_or("a gap that is too long")?;
                Ok(())
            }
            "POSTGAP" => {
                let gap = position(rest)?;
                self.last_track()?.gap_behind = gap;
                Ok(())
            }
            "REM" => self.remark(rest),
            // Texts, flags and numbers that do not say where anything is.
            _ => Ok(()),
        }
    }

    fn file(&mut self, rest: &str) -> Result<(), String> {
        let (name, kind) = name(rest);
        if name.is_empty() {
            return Err("FILE without a name".to_owned());
        }
        if self.sheet.files.len() >= MOST_TRACKS {
            return Err(format!("more than {MOST_TRACKS} files"));
        }
        let is_binary = matches!(kind.to_ascii_uppercase().as_str(), "BINARY" | "MOTOROLA" | "");
        self.sheet.files.push(CueFile { name: name.to_owned(), is_binary, tracks: Vec::new() });
        Ok(())
    }

    fn track(&mut self, rest: &str) -> Result<(), String> {
        let (number, rest) = word(rest);
        let number = number.parse().map_err(|_| format!("TRACK {number:?} is no number"))?;
        let (mode, _) = word(rest);
        let layout = layout(mode).ok_or_else(|| format!("the unknown mode {mode:?}"))?;
        self.tracks += 1;
        if self.tracks > MOST_TRACKS {
            return Err(format!("more than {MOST_TRACKS} tracks"));
        }
        let mut gap = 0;
        if std::mem::take(&mut self.begins_session) && self.tracks > 1 {
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
        let track = CueTrack {
            number,
            session: self.session,
            layout,
            gap,
            gap_behind: 0,
            index_0: None,
            index_1: None,
        };
        self.sheet.files.last_mut().ok_or("a TRACK before any FILE")?.tracks.push(track);
        Ok(())
    }

    fn index(&mut self, rest: &str) -> Result<(), String> {
        let (number, rest) = word(rest);
        let at = position(rest)?;
        let track = self.last_track()?;
        match number.parse::<u8>() {
            Ok(0) => track.index_0 = Some(at),
            Ok(1) => track.index_1 = Some(at),
            // Marks within the track.
            Ok(_) => {}
            Err(_) => return Err(format!("INDEX {number:?} is no number")),
        }
        Ok(())
    }

    /// `REM SESSION 02`, and the gap in front of it, as programs that keep several sessions write them.
    fn remark(&mut self, rest: &str) -> Result<(), String> {
        let (what, rest) = word(rest);
        let length = || msf::parse(word(rest).0);
        match what.to_ascii_uppercase().as_str() {
            "SESSION" => {
                if let Ok(number) = word(rest).0.parse::<u16>()
                    && number > self.session
                {
                    self.session = number;
                    self.begins_session = true;
                }
            }
            "LEAD-OUT" => self.lead_out = length().or(self.lead_out),
            "LEAD-IN" => self.lead_in = length().or(self.lead_in),
            "PREGAP" => self.pregap = length().or(self.pregap),
            _ => {}
        }
        Ok(())
    }

    fn last_track(&mut self) -> Result<&mut CueTrack, String> {
        let tracks = self.sheet.files.last_mut().map(|file| &mut file.tracks);
        tracks.and_then(|tracks| tracks.last_mut()).ok_or_else(|| "it comes before any TRACK".to_owned())
    }
}

/// The layout of a mode; `Some(None)` for sound.
fn layout(mode: &str) -> Option<Option<RawLayout>> {
    Some(match mode.to_ascii_uppercase().as_str() {
        "AUDIO" | "CDG" => None,
        "MODE1/2048" | "MODE2/2048" => Some(RawLayout::UserData),
        "MODE1/2352" | "MODE2/2352" | "CDI/2352" => Some(RawLayout::Full),
        "MODE1/2448" | "MODE2/2448" => Some(RawLayout::WithSubchannel),
        "MODE2/2336" | "CDI/2336" => Some(RawLayout::Mode2),
        _ => return None,
    })
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
        assert_eq!(track.layout, Some(RawLayout::Full));
    }

    #[test]
    fn remarks_tell_the_gap() {
        let sheet = CueSheet::parse(
            b"FILE x BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nREM LEAD-OUT 01:30:00\nREM SESSION 2\n\
              REM LEAD-IN 01:00:00\nREM PREGAP 00:02:00\nTRACK 2 MODE1/2048\nPREGAP 0:0:10\nINDEX 1 0:1:0\nPOSTGAP 0:0:3\n",
        )
        .unwrap();
        let track = &sheet.files[0].tracks[1];
        assert_eq!((track.gap, track.gap_behind, track.index_1), (6750 + 4500 + 150 + 10, 3, Some(75)));
    }

    #[test]
    fn damage_is_told_with_its_line() {
        for (text, told) in [
            ("", "no track"),
            ("TRACK 01 AUDIO", "line 1: a TRACK before any FILE"),
            ("FILE x BINARY\nTRACK 01 MODE9/1", "line 2: the unknown mode"),
            ("FILE x BINARY\nTRACK 01 MODE2/2324", "line 2: the unknown mode"),
            ("FILE x BINARY\nTRACK 01 AUDIO\nINDEX 01 0:99:0", "line 3: \"0:99:0\""),
            ("FILE x BINARY\nTRACK 01 AUDIO\n", "no INDEX 01"),
            ("FILE \"\" BINARY", "without a name"),
            ("INDEX 01 00:00:00", "before any TRACK"),
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
            "(FILE|TRACK|INDEX|PREGAP|POSTGAP|REM SESSION|REM LEAD-OUT) [0-9a-zA-Z:/\" ]{0,20}",
            Just("FILE x BINARY".to_owned()),
            Just("TRACK 1 MODE1/2352".to_owned()),
            Just("INDEX 1 0:0:0".to_owned()),
            ".{0,40}",
        ], 0..40)) {
            let _ = CueSheet::parse(lines.join("\n").as_bytes());
        }
    }
}
