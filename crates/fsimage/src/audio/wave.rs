//! WAVE files: a RIFF form with a chunk that tells the coding, and one with the samples.

use byteorder::{ByteOrder as _, LittleEndian};
use std::io::{self, Read, Seek, SeekFrom};

use super::SoundProblem;
use super::sound::Form;

/// Coding of plain samples, and that which tells its coding in an extension.
const PCM: u16 = 1;
const EXTENSIBLE: u16 = 0xFFFE;
/// Chunks looked at before the samples: more than any program writes.
const MOST_CHUNKS: usize = 1000;

/// Where the samples of a WAVE file lie, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Samples {
    pub(super) offset: u64,
    pub(super) len: u64,
}

/// Finds the samples in a file of `size` bytes that begins with `RIFF`.
pub(super) fn find(file: &mut (impl Read + Seek), size: u64) -> io::Result<Result<Samples, SoundProblem>> {
    let damaged = |what: &str| Ok(Err(SoundProblem::Damaged(what.to_owned())));
    let mut head = [0; 12];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut head)?;
    if &head[8..] != b"WAVE" {
        return Ok(Err(SoundProblem::Unknown));
    }
    let whole = u64::from(LittleEndian::read_u32(&head[4..]));
    let mut form = None;
    let mut samples = None;
    let mut at = 12;
    for _ in 0..MOST_CHUNKS {
        if at + 8 > size {
            break;
        }
        let mut head = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut head)?;
        let len = u64::from(LittleEndian::read_u32(&head[4..]));
        let data = at + 8;
        match &head[..4] {
            b"fmt " if samples.is_none() => {
                let mut bytes = [0; 40];
                let there = len.min(40).min(size - data) as usize;
                file.read_exact(&mut bytes[..there])?;
                if there < 16 {
                    return damaged("its format chunk is too short");
                }
                form = Some(bytes);
            }
            b"data" if samples.is_some() => return damaged("it has its samples in several chunks"),
            b"data" => {
                let Some(bytes) = form else { return damaged("its samples come before their format") };
                let coding = match LittleEndian::read_u16(&bytes) {
                    EXTENSIBLE => LittleEndian::read_u16(&bytes[24..]),
                    coding => coding,
                };
                if coding != PCM {
                    return Ok(Err(SoundProblem::Coding(coding)));
                }
                let form = Form {
                    channels: LittleEndian::read_u16(&bytes[2..]),
                    rate: LittleEndian::read_u32(&bytes[4..]),
                    bits: LittleEndian::read_u16(&bytes[14..]),
                };
                // A writer that could not go back to its lengths leaves 0 or the largest number in both.
                let there = size - data;
                let is_left = len >= 0xFFFF_FF00 || (len == 0 && whole + 8 < size);
                let len = if is_left { there } else { len };
                if len > there {
                    return damaged(&format!("it ends {} bytes before its samples do", len - there));
                }
                if let Err(problem) = form.check() {
                    return Ok(Err(problem));
                }
                samples = Some(Samples { offset: data, len });
                at = data + len + len % 2;
                continue;
            }
            _ => {}
        }
        at = data + len + len % 2;
    }
    match samples {
        Some(samples) => Ok(Ok(samples)),
        None => damaged("there are no samples in it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn found(bytes: &[u8]) -> Result<Samples, SoundProblem> {
        find(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    fn chunk(id: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut chunk = [&id[..], &(data.len() as u32).to_le_bytes(), data].concat();
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    }

    fn format(coding: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
        let mut data = [coding.to_le_bytes(), channels.to_le_bytes()].concat();
        data.extend(rate.to_le_bytes());
        data.extend([0; 6]);
        data.extend(bits.to_le_bytes());
        data
    }

    fn wave(chunks: &[Vec<u8>]) -> Vec<u8> {
        let chunks = chunks.concat();
        let len = (chunks.len() as u32 + 4).to_le_bytes();
        [&b"RIFF"[..], &len, b"WAVE", &chunks].concat()
    }

    #[test]
    fn samples_behind_other_chunks() {
        let cd = chunk(b"fmt ", &format(1, 2, 44_100, 16));
        let file = wave(&[chunk(b"LIST", b"abc"), cd.clone(), chunk(b"data", &[1; 8]), chunk(b"id3 ", b"x")]);
        assert_eq!(found(&file), Ok(Samples { offset: 12 + 12 + 24 + 8, len: 8 }));
        let mut extensible = format(EXTENSIBLE, 2, 44_100, 16);
        extensible.extend([
            22, 0, 16, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
        ]);
        let file = wave(&[chunk(b"fmt ", &extensible), chunk(b"data", &[1; 8])]);
        assert!(found(&file).is_ok());
        let mut endless = wave(&[cd.clone(), chunk(b"data", &[1; 8])]);
        endless[40..44].fill(0xFF);
        assert_eq!(found(&endless).unwrap().len, 8);
        endless[40..44].fill(0);
        endless[4..8].fill(0);
        assert_eq!(found(&endless).unwrap().len, 8);
        endless[40..44].copy_from_slice(&[9, 0, 0, 0]);
        assert!(matches!(found(&endless), Err(SoundProblem::Damaged(_))));
        let twice = wave(&[cd.clone(), chunk(b"data", &[1; 8]), chunk(b"data", &[2; 8])]);
        assert!(matches!(found(&twice), Err(SoundProblem::Damaged(what)) if what.contains("several")));
        let junk_behind =
            [wave(&[cd.clone(), chunk(b"data", &[1; 8])]), b"TAGdata and more".to_vec()].concat();
        assert_eq!(found(&junk_behind).unwrap().len, 8);
        let empty = wave(&[cd.clone(), chunk(b"data", b""), chunk(b"LIST", &[7; 8])]);
        assert_eq!(found(&empty).unwrap().len, 0);
        assert!(matches!(found(&wave(&[cd])), Err(SoundProblem::Damaged(_))));
    }

    #[test]
    fn other_sound_is_refused() {
        let of = |coding, channels, rate, bits| {
            found(&wave(&[chunk(b"fmt ", &format(coding, channels, rate, bits)), chunk(b"data", &[0; 8])]))
        };
        assert_eq!(of(3, 2, 44_100, 16), Err(SoundProblem::Coding(3)));
        assert_eq!(of(1, 1, 44_100, 16), Err(SoundProblem::Form { rate: 44_100, bits: 16, channels: 1 }));
        assert_eq!(of(1, 2, 48_000, 16), Err(SoundProblem::Form { rate: 48_000, bits: 16, channels: 2 }));
        assert_eq!(of(1, 2, 44_100, 24), Err(SoundProblem::Form { rate: 44_100, bits: 24, channels: 2 }));
        assert_eq!(found(b"RIFF\0\0\0\0AVI "), Err(SoundProblem::Unknown));
    }

    proptest! {
        #[test]
        fn any_chunks_are_read_or_refused(chunks in proptest::collection::vec(
            ("(fmt |data|LIST)", any::<u32>(), proptest::collection::vec(any::<u8>(), 0..50)), 0..5)
        ) {
            let chunks: Vec<Vec<u8>> = chunks
                .iter()
                .map(|(id, len, data)| [id.as_bytes(), &(len % 64).to_le_bytes(), data].concat())
                .collect();
            let bytes = wave(&chunks);
            let _ = find(&mut Cursor::new(&bytes[..]), bytes.len() as u64);
        }
    }
}
