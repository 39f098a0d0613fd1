use std::fs::File;
use std::io::BufReader;

use flac_codec::byteorder::LittleEndian;
use flac_codec::decode::{FlacByteReader, Metadata as _};

use super::SoundProblem;
use super::sound::Form;

/// A FLAC file, as the bytes of its samples.
pub(super) type Decoder = FlacByteReader<BufReader<File>, LittleEndian>;

/// Opens a file that begins with `fLaC`; gives it with the bytes of its samples.
pub(super) fn open(file: File) -> Result<(Decoder, u64), SoundProblem> {
    let decoder = FlacByteReader::new_seekable(BufReader::new(file))
        .map_err(|error| SoundProblem::Damaged(error.to_string()))?;
    let bits = u16::try_from(decoder.bits_per_sample()).unwrap_or(u16::MAX);
    Form { rate: decoder.sample_rate(), bits, channels: decoder.channel_count().into() }.check()?;
    let bytes = decoder.decoded_len().ok_or(SoundProblem::NoLength)?;
    Ok((decoder, bytes))
}
