//! What tells discs, and the states of one disc, from each other.

use std::fmt;
use std::ops::ControlFlow;

use sector_io::{Extent, ReadSectors, SECTOR_SIZE, Sector, SectorCount};
use sha2::{Digest, Sha256};
use udf::read::DirectoryBuffer;

use super::Disc;
use super::udf::{UdfVolume, anchor_at, kept_anchor};
use crate::head::ANCHOR;
use crate::plan::SYSTEM_AREA;

/// Of a root directory or a descriptor sequence, no more sectors than these are looked at.
const MOST: SectorCount = SectorCount::new(32);

/// A signature of a disc with its sessions. Discs of different signatures are different, or one disc in different
/// states; of one signature, they are most likely the same. It is what IMAPI calls the disc identifier.
///
/// It is the SHA-256 of what `docs/multisession.md` says under "Disc identifier": the same disc has the same one
/// in every drive, and as an image file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DiscIdentifier([u8; 32]);

impl fmt::Display for DiscIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DiscIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DiscIdentifier({self})")
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for DiscIdentifier {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From its digits.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for DiscIdentifier {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<DiscIdentifier, D::Error> {
        crate::portable::digest(deserializer).map(DiscIdentifier)
    }
}

impl Disc {
    /// The signature of the disc as it is. What cannot be read counts as such: no disc is without one.
    pub fn identifier(&self) -> DiscIdentifier {
        let mut hasher = Hasher { source: self.source.as_ref(), hash: Sha256::new() };
        hasher.hash.update(b"fsimage disc identifier 1\n");
        hasher.number(self.sessions.len() as u32);
        for session in self.sessions.iter() {
            hasher.number(u32::from(session.number));
            hasher.number(session.start.get());
        }
        let one = SectorCount::new(1);
        let descriptors = SectorCount::new(SYSTEM_AREA.get());
        hasher.sectors(Some(Extent::new(Sector::new(SYSTEM_AREA.get()), descriptors)));
        hasher.sectors(Some(Extent::new(ANCHOR, one)));
        let Some(newest) = self.newest_complete() else {
            // Sound has nothing else that tells it from other sound.
            self.toc.iter().for_each(|&start| hasher.number(start));
            return hasher.finish();
        };

        let behind = |sectors: u32| newest.start.checked_add(SectorCount::new(sectors));
        hasher.sectors(behind(SYSTEM_AREA.get()).map(|start| Extent::new(start, descriptors)));
        let root = self.volume_set(&newest).ok().map(|set| {
            let root = iso9660::read::Volume::plain(self.source.clone(), &set)?.root_directory();
            let sectors = SectorCount::for_bytes(root.len().into()).unwrap_or(MOST);
            Ok::<_, iso9660::read::Error>(Extent::new(crate::address::sector(root.extent()), sectors))
        });
        hasher.sectors(root.and_then(Result::ok));
        let own = behind(ANCHOR.get());
        let kept = kept_anchor(self.source.as_ref(), newest.start);
        let anchor = (own.and_then(|at| anchor_at(self.source.as_ref(), at, at)))
            .or_else(|| kept.and_then(|at| anchor_at(self.source.as_ref(), at, ANCHOR)));
        hasher.sectors(anchor.map(|anchor| {
            let sectors = SectorCount::for_bytes(anchor.main.length.into()).unwrap_or(MOST);
            Extent::new(Sector::new(anchor.main.location), sectors)
        }));
        if let Ok(Some(volume)) = self.udf_volume(&newest) {
            hasher.udf_root(&volume);
        }
        hasher.finish()
    }
}

struct Hasher<'a> {
    source: &'a dyn ReadSectors,
    hash: Sha256,
}

impl Hasher<'_> {
    fn number(&mut self, number: u32) {
        self.hash.update(number.to_be_bytes());
    }

    /// The sectors of an extent, up to [`MOST`]; each as 1 and its bytes, or 0 where it cannot be read.
    fn sectors(&mut self, extent: Option<Extent>) {
        let Some(extent) = extent else { return self.number(0) };
        let len = extent.len.min(MOST);
        self.number(len.get());
        let mut sector = [0; SECTOR_SIZE];
        for at in (0..len.get()).map(|behind| extent.start.checked_add(SectorCount::new(behind))) {
            match at.map(|at| self.source.read_sectors(at, &mut sector)) {
                Some(Ok(())) => {
                    self.hash.update([1]);
                    self.hash.update(sector);
                }
                _ => self.hash.update([0]),
            }
        }
    }

    /// Names, and addresses of the ICBs, of the first [`MOST`] items of the root directory.
    fn udf_root(&mut self, volume: &UdfVolume) {
        let (mut items, mut bytes) = (0, Vec::new());
        // What was read until an error counts.
        let _ = volume.read_directory(&volume.root_directory(), &mut DirectoryBuffer::new(), &mut |entry| {
            bytes.extend((entry.name.len() as u32).to_be_bytes());
            bytes.extend(entry.name);
            bytes.extend(entry.icb.block.to_be_bytes());
            items += 1;
            if items < MOST.get() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        self.number(items);
        self.hash.update(bytes);
    }

    fn finish(self) -> DiscIdentifier {
        DiscIdentifier(self.hash.finalize().into())
    }
}
