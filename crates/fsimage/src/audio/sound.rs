use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::wave::Samples;
use super::{SoundProblem, flac, wave};
use crate::cue_sheet::FileKind;
use crate::emit::check_metadata;
use crate::tree::modified_nanoseconds;
use crate::{Error, Result};

/// How samples are, where they tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) rate: u32,
    pub(super) bits: u16,
    pub(super) channels: u16,
}

impl Form {
    /// Whether it is that of a CD (IEC 60908 6).
    pub(super) fn check(self) -> Result<(), SoundProblem> {
        let Form { rate, bits, channels } = self;
        if (rate, bits, channels) == (44_100, 16, 2) {
            Ok(())
        } else {
            Err(SoundProblem::Form { rate, bits, channels })
        }
    }
}

/// A file with samples of 16 bits for two channels, or with sectors.
#[derive(Clone, Debug)]
pub(super) struct SoundFile {
    pub(super) path: PathBuf,
    format: Format,
    /// Bytes of its samples or sectors.
    pub(super) bytes: u64,
    /// Bytes of the file, and when it was modified, in nanoseconds.
    known: (u64, i64),
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Plain { offset: u64, is_swapped: bool },
    Flac,
}

impl SoundFile {
    /// Looks what a file is. Programs call FLAC files WAVE in cue sheets, so the file itself tells.
    ///
    /// # Errors
    /// [`Error::SourceRead`], [`Error::Sound`].
    pub(super) fn open(path: &Path, kind: FileKind) -> Result<SoundFile> {
        let failed = |source| Error::SourceRead { path: path.to_owned(), source };
        let problem = |problem| Error::Sound { path: path.to_owned(), problem };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        // Neither pipes, which would wait for a writer, nor devices.
        if !metadata.is_file() {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")));
        }
        let size = metadata.len();
        let known = (size, modified_nanoseconds(&metadata));
        let plain = |Samples { offset, len }, is_swapped| SoundFile {
            path: path.to_owned(),
            format: Format::Plain { offset, is_swapped },
            bytes: len,
            known,
        };
        if kind != FileKind::Sound {
            return Ok(plain(Samples { offset: 0, len: size }, kind == FileKind::Motorola));
        }
        let mut file = File::open(path).map_err(failed)?;
        let mut head = Vec::new();
        file.by_ref().take(12).read_to_end(&mut head).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        if head.starts_with(b"RIFF") && head.len() == 12 {
            let samples = wave::find(&mut file, size).map_err(failed)?.map_err(problem)?;
            return Ok(plain(samples, false));
        }
        if head.starts_with(b"fLaC") {
            let (_, bytes) = flac::open(file).map_err(problem)?;
            return Ok(SoundFile { path: path.to_owned(), format: Format::Flac, bytes, known });
        }
        Err(problem(SoundProblem::Unknown))
    }

    /// Whether nothing but decoding shows that it is whole.
    pub(super) fn is_compressed(&self) -> bool {
        matches!(self.format, Format::Flac)
    }

    /// Opens it for reading.
    ///
    /// # Errors
    /// As [`SoundFile::open`].
    pub(super) fn reader(&self) -> Result<SoundReader> {
        let path = self.path.clone();
        let failed = |source| Error::SourceOpen { path: path.clone(), source };
        let file = File::open(&path).map_err(failed)?;
        // A decoder keeps its file to itself.
        let watched = file.try_clone().map_err(failed)?;
        let (stream, is_swapped) = match self.format {
            Format::Plain { offset, is_swapped } => (Stream::Plain { file, offset }, is_swapped),
            Format::Flac => {
                let (decoder, bytes) =
                    flac::open(file).map_err(|problem| Error::Sound { path: path.clone(), problem })?;
                if bytes != self.bytes {
                    let (expected, found) = (format!("{} bytes of sound", self.bytes), format!("{bytes}"));
                    return Err(Error::SourceChanged { path, expected, found });
                }
                (Stream::Flac(Box::new(decoder)), false)
            }
        };
        let known = self.known;
        let reader =
            SoundReader { path, watched, known, stream, is_swapped, bytes: self.bytes, position: None };
        reader.check_unchanged()?;
        Ok(reader)
    }
}

enum Stream {
    Plain { file: File, offset: u64 },
    Flac(Box<flac::Decoder>),
}

/// An opened file with samples or sectors.
pub(super) struct SoundReader {
    path: PathBuf,
    watched: File,
    known: (u64, i64),
    stream: Stream,
    is_swapped: bool,
    bytes: u64,
    /// Where the stream stands, once it was read.
    position: Option<u64>,
}

impl SoundReader {
    /// That the file is what it was when the disc was put together.
    fn check_unchanged(&self) -> Result<()> {
        let failed = |source| Error::SourceRead { path: self.path.clone(), source };
        let (size, modified) = self.known;
        let metadata = self.watched.metadata().map_err(failed)?;
        check_metadata(&metadata, || self.path.clone(), modified, |len| len == size, size)
    }

    /// Fills `into` with the bytes from `offset` on, and with zeros behind the end.
    ///
    /// # Errors
    /// [`Error::SourceRead`].
    pub(super) fn read_at(&mut self, offset: u64, into: &mut [u8]) -> Result<()> {
        let there = self.bytes.saturating_sub(offset).min(into.len() as u64) as usize;
        let (data, silence) = into.split_at_mut(there);
        silence.fill(0);
        if data.is_empty() {
            return Ok(());
        }
        let stands = self.position == Some(offset);
        let read = match &mut self.stream {
            Stream::Plain { file, offset: begin } => {
                if !stands { file.seek(SeekFrom::Start(*begin + offset)) } else { Ok(0) }
                    .and_then(|_| file.read_exact(data))
            }
            Stream::Flac(decoder) => if !stands && (offset > 0 || self.position.is_some()) {
                decoder.seek(SeekFrom::Start(offset))
            } else {
                Ok(0)
            }
            .and_then(|_| decoder.read_exact(data)),
        };
        self.position = None;
        read.map_err(|source| Error::SourceRead { path: self.path.clone(), source })?;
        self.position = Some(offset + there as u64);
        self.check_unchanged()?;
        if self.is_swapped {
            for pair in data.as_chunks_mut::<2>().0 {
                pair.reverse();
            }
        }
        Ok(())
    }
}
