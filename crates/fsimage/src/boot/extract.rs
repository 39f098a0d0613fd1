//! Taking out what boots: the parts that no directory need know of.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use iso9660::system_area::{DISK_BLOCK, SYSTEM_AREA_LEN};
use sector_io::{SECTOR_SIZE, Sector};

use crate::disc::Disc;
use crate::{Control, Error, Result};

/// A file that [`Disc::extract_boot`] wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ExtractedBoot {
    /// What is in it, in words.
    pub what: String,
    /// Where it is on the host.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
}

/// Bytes that are copied at a time.
const AT_A_TIME: u64 = 1 << 20;

impl Disc {
    /// Writes what boots to a folder, which is made if it does not exist: the boot catalog, each boot image, the
    /// system area, and the partitions that are no boot images. Parts that lie beyond the end are left out. The system area
    /// is that of [`Disc::system_area`].
    ///
    /// # Errors
    /// As [`Disc::boot_catalog`]; [`Error::OutputWrite`], also for files that are there already, unless
    /// `overwrite`; [`Error::ImportRead`], [`Error::Cancelled`]; [`Error::InvalidArgument`] for a file that would be replaced
    /// and is one that the disc is read from, before any is written.
    pub fn extract_boot(
        &self,
        session: Option<u16>,
        folder: &Path,
        overwrite: bool,
        control: &Control,
    ) -> Result<Vec<ExtractedBoot>> {
        let catalog = self.boot_catalog(session)?;
        let head = self.head_of(session)?;
        let area = self.system_area_without_files(session)?;
        let whose = area.newer_session.map_or_else(String::new, |newer| format!(" of session {newer}"));
        let mut parts = Vec::new();
        let mut take = |what: &str, name: &str, offset: u64, len: u64| {
            let there = self.source().sectors().bytes().saturating_sub(offset);
            let bytes = len.min(there);
            if bytes > 0 {
                let written = ExtractedBoot { what: what.to_owned(), path: folder.join(name), bytes };
                parts.push((written, offset));
            }
        };
        if let Some(catalog) = &catalog {
            let len = ((2 + 2 * catalog.images.len()) * 32).next_multiple_of(SECTOR_SIZE) as u64;
            take("boot catalog", "boot-catalog.bin", offset(catalog.sector), len);
            for image in &catalog.images {
                let name = format!("boot-image-{}-{}.img", image.number, file_name(&image.platform));
                let what = format!("boot image {}, {}", image.number, image.platform);
                take(&what, &name, offset(image.sector), image.size);
            }
        }
        if area.used {
            let what = match area.newer_session {
                None => "system area".to_owned(),
                Some(newer) => format!("system area of session {newer}, for no older one is kept"),
            };
            let at = head.at.byte_offset();
            take(&what, "system-area.bin", at, SYSTEM_AREA_LEN as u64);
        }
        let mbr = area.mbr.iter().filter(|one| one.is_used());
        let mbr = mbr.filter(|one| one.partition_type != 0xEE && one.boot_image.is_none());
        for partition in mbr.filter(|one| one.start > 0 && one.blocks > 0) {
            let name = format!("mbr-partition-{}.img", partition.number);
            let what = format!("partition {} of the master boot record{whose}", partition.number);
            take(&what, &name, in_bytes(partition.start), in_bytes(partition.blocks));
        }
        let gpt = area.gpt.iter().flat_map(|gpt| &gpt.partitions).filter(|one| one.boot_image.is_none());
        for partition in
            gpt.filter(|one| !area.mbr.iter().any(|other| other.is_used() && other.start == one.start))
        {
            let name = format!("gpt-partition-{}.img", partition.number);
            let what = format!("partition {} of the GPT{whose}", partition.number);
            take(&what, &name, in_bytes(partition.start), in_bytes(partition.blocks));
        }
        if overwrite {
            self.check_replaced(parts.iter().map(|(part, _)| &part.path))?;
        }
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::OutputWrite { path: folder.to_owned(), source })?;
        for (part, offset) in &parts {
            self.write_part(part, *offset, overwrite, control)?;
        }
        Ok(parts.into_iter().map(|(part, _)| part).collect())
    }

    fn write_part(
        &self,
        part: &ExtractedBoot,
        offset: u64,
        overwrite: bool,
        control: &Control,
    ) -> Result<()> {
        let write_error = |source| Error::OutputWrite { path: part.path.clone(), source };
        let mut file = create(&part.path, overwrite).map_err(write_error)?;
        let mut buffer = Vec::new();
        let mut done = 0;
        while done < part.bytes {
            control.check("what boots was written in part")?;
            buffer.resize((part.bytes - done).min(AT_A_TIME) as usize, 0);
            crate::emit::read_bytes(self.source().as_ref(), Sector::ZERO, offset + done, &mut buffer)?;
            file.write_all(&buffer).map_err(write_error)?;
            done += buffer.len() as u64;
        }
        Ok(())
    }
}

fn create(path: &Path, overwrite: bool) -> io::Result<File> {
    if overwrite {
        // What is there is replaced, not written through: it may be a link that leads elsewhere.
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn in_bytes(blocks: u64) -> u64 {
    blocks.saturating_mul(DISK_BLOCK.into())
}

fn offset(sector: u32) -> u64 {
    Sector::new(sector).byte_offset()
}

fn file_name(platform: &str) -> String {
    platform.to_lowercase().replace(' ', "-")
}
