use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::WITH_SUBCHANNEL;
use crate::cd::{RAW_BYTES, SUBCHANNEL_BYTES};
use crate::simulated::status::of_host;

/// The sectors that are more than 2048 bytes of data, in a file of their own: 2352 bytes and 96 of subchannels for each,
/// from block -150 on. The file comes with the first of them.
#[derive(Debug)]
pub(in crate::simulated) struct RawStore {
    path: PathBuf,
    file: Option<File>,
}

impl RawStore {
    /// `PATH.raw` for the sectors in `PATH`.
    pub(in crate::simulated) fn new(path: &Path) -> RawStore {
        let mut name = path.as_os_str().to_owned();
        name.push(".raw");
        RawStore { path: name.into(), file: None }
    }

    fn open(&mut self, create: bool) -> io::Result<Option<&mut File>> {
        if self.file.is_none() {
            let opened =
                OpenOptions::new().read(true).write(true).create(create).truncate(false).open(&self.path);
            match opened {
                Ok(file) => self.file = Some(file),
                Err(error) if !create && error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(of_host(&self.path, error)),
            }
        }
        Ok(self.file.as_mut())
    }

    /// Writes whole sectors with their subchannels.
    pub(super) fn write(&mut self, lba: i32, sectors: &[[u8; WITH_SUBCHANNEL]]) -> io::Result<()> {
        let Some(offset) = offset(lba) else { return Ok(()) };
        let Some(file) = self.open(true)? else { return Ok(()) };
        let written = file.seek(SeekFrom::Start(offset)).and_then(|_| file.write_all(sectors.as_flattened()));
        written.map_err(|error| of_host(&self.path, error))
    }

    /// A sector and its subchannels; `None` where the file has none.
    pub(super) fn read(&mut self, lba: i32) -> io::Result<Option<([u8; RAW_BYTES], [u8; SUBCHANNEL_BYTES])>> {
        let Some(offset) = offset(lba) else { return Ok(None) };
        let Some(file) = self.open(false)? else { return Ok(None) };
        let mut sector = [0; WITH_SUBCHANNEL];
        file.seek(SeekFrom::Start(offset))?;
        match file.read_exact(&mut sector) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let (mut main, mut behind) = ([0; RAW_BYTES], [0; SUBCHANNEL_BYTES]);
        main.copy_from_slice(&sector[..RAW_BYTES]);
        behind.copy_from_slice(&sector[RAW_BYTES..]);
        // Each sector that was recorded has a checksum in subchannel Q, so zeros are a hole.
        Ok((behind != [0; SUBCHANNEL_BYTES]).then_some((main, behind)))
    }

    /// Forgets all sectors.
    pub(in crate::simulated) fn erase(&mut self) -> io::Result<()> {
        self.file = None;
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn offset(lba: i32) -> Option<u64> {
    Some(u64::from(u32::try_from(lba.checked_add(150)?).ok()?) * WITH_SUBCHANNEL as u64)
}
