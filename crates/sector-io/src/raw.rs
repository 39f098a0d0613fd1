use std::io;

use crate::read::{RAW_SECTOR_SIZE, check_range};
use crate::{ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

/// The first 12 bytes of a sector on CD (ECMA-130 14.1).
const SYNC: [u8; 12] = [0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0];
/// Raw sectors fetched from below in one piece.
const BATCH: usize = 32;

/// How the sectors of a raw CD image lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RawLayout {
    /// 2352 bytes: sync pattern, header with the sector's mode, user data, error correction.
    Full,
    /// [`RawLayout::Full`] and 96 bytes of subchannel data behind it.
    WithSubchannel,
    /// 2336 bytes: mode 2 sectors without sync pattern and header; they begin with the 8-byte subheader.
    Mode2,
    /// 2048 bytes: user data and nothing else. Such sectors need this adapter where they do not begin at
    /// the beginning of the file.
    UserData,
}

impl RawLayout {
    /// Bytes from one sector to the next.
    #[must_use]
    pub const fn sector_bytes(self) -> usize {
        match self {
            RawLayout::Full => 2352,
            RawLayout::WithSubchannel => 2352 + 96,
            RawLayout::Mode2 => 2336,
            RawLayout::UserData => SECTOR_SIZE,
        }
    }

    /// Recognises a raw image by its sync patterns, or, where these are left out, by a volume
    /// descriptor that stands where the 16th raw sector would be. `None`: this is no raw image, its
    /// sectors are 2048 bytes long as they should be.
    ///
    /// # Errors
    /// What reading `below` says.
    pub fn detect(below: &dyn ReadSectors) -> Result<Option<RawLayout>, ReadError> {
        RawLayout::detect_at(below, 0)
    }

    /// As [`RawLayout::detect`], of an image that begins `start` bytes behind the beginning of `below`.
    ///
    /// # Errors
    /// What reading `below` says.
    pub fn detect_at(below: &dyn ReadSectors, start: u64) -> Result<Option<RawLayout>, ReadError> {
        let len = below.sectors().bytes().saturating_sub(start);
        let has = |offset: u64, pattern: &[u8]| -> Result<bool, ReadError> {
            let mut found = [0; 16];
            let found = &mut found[..pattern.len()];
            if offset + pattern.len() as u64 > len {
                return Ok(false);
            }
            read_bytes(below, start + offset, found)?;
            Ok(found == pattern)
        };
        if has(0, &SYNC)? {
            if has(2352, &SYNC)? || len < 2352 + 96 + SYNC.len() as u64 {
                return Ok(Some(RawLayout::Full));
            }
            return Ok(has(2352 + 96, &SYNC)?.then_some(RawLayout::WithSubchannel));
        }
        if has(16 * 2048 + 1, b"CD001")? || has(16 * 2048 + 1, b"BEA01")? {
            return Ok(None);
        }
        let descriptor = 16 * 2336 + 8 + 1;
        if has(descriptor, b"CD001")? || has(descriptor, b"BEA01")? {
            return Ok(Some(RawLayout::Mode2));
        }
        Ok(None)
    }

    /// The 2048 bytes of user data in a raw sector; `None` for an empty sector (mode 0).
    fn user_data(self, raw: &[u8]) -> Result<Option<&[u8]>, &'static str> {
        let subheader = match self {
            RawLayout::Full | RawLayout::WithSubchannel => {
                if raw[..12] != SYNC {
                    return Err("no sync pattern");
                }
                match raw[15] {
                    0 => return Ok(None),
                    1 => return Ok(Some(&raw[16..16 + SECTOR_SIZE])),
                    2 => 16,
                    _ => return Err("unknown sector mode"),
                }
            }
            RawLayout::Mode2 => 0,
            RawLayout::UserData => return Ok(Some(raw)),
        };
        // Bit 5 of the submode: form 2, 2324 bytes without error correction.
        if raw[subheader + 2] & 0x20 != 0 {
            return Err("a mode 2 form 2 sector holds no 2048-byte user data");
        }
        Ok(Some(&raw[subheader + 8..subheader + 8 + SECTOR_SIZE]))
    }
}

/// The user data of a raw CD image (`.bin`): the sectors of `below`, taken as one run of bytes, hold
/// raw sectors of 2352 bytes or so, of which this adapter shows the 2048 bytes of user data.
///
/// Mode 1, mode 2 form 1 and empty sectors may stand side by side. Form 2 sectors (video, audio) have
/// no such user data and fail to read, but by [`ReadSectors::read_raw`]; so do sectors without sync pattern.
#[derive(Clone, Debug)]
pub struct RawSectors<R> {
    below: R,
    layout: RawLayout,
    offset: u64,
    sectors: SectorCount,
}

impl<R: ReadSectors> RawSectors<R> {
    /// Reads `below` as raw sectors of this layout.
    pub fn new(below: R, layout: RawLayout) -> RawSectors<R> {
        RawSectors::within(below, layout, 0, u64::MAX)
    }

    /// Reads the raw sectors in at most `len` bytes of `below` from byte `offset` on: a track in a larger
    /// file. What lies behind the end of `below` is not there.
    pub fn within(below: R, layout: RawLayout, offset: u64, len: u64) -> RawSectors<R> {
        let there = below.sectors().bytes().saturating_sub(offset).min(len);
        let sectors = u32::try_from(there / layout.sector_bytes() as u64).unwrap_or(u32::MAX);
        RawSectors { below, layout, offset, sectors: SectorCount::new(sectors) }
    }

    /// The layout given.
    pub fn layout(&self) -> RawLayout {
        self.layout
    }
}

impl<R: ReadSectors> ReadSectors for RawSectors<R> {
    fn sectors(&self) -> SectorCount {
        self.sectors
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        check_range(start, into.len(), self.sectors())?;
        let step = self.layout.sector_bytes();
        let mut raw = vec![0; step * BATCH.min(into.len() / SECTOR_SIZE)];
        let mut number = start.get();
        for batch in into.chunks_mut(BATCH * SECTOR_SIZE) {
            let raw = &mut raw[..batch.len() / SECTOR_SIZE * step];
            read_bytes(&self.below, self.offset + u64::from(number) * step as u64, raw)?;
            for (raw, into) in raw.chunks_exact(step).zip(batch.chunks_exact_mut(SECTOR_SIZE)) {
                match self.layout.user_data(raw) {
                    Ok(Some(data)) => into.copy_from_slice(data),
                    Ok(None) => into.fill(0),
                    Err(what) => {
                        let source = io::Error::new(io::ErrorKind::InvalidData, what);
                        return Err(ReadError::Io { start: Sector::new(number), source });
                    }
                }
                number += 1;
            }
        }
        Ok(())
    }

    fn read_raw(&self, start: Sector, into: &mut [u8]) -> Result<bool, ReadError> {
        let step = self.layout.sector_bytes();
        let lead = match self.layout {
            RawLayout::UserData => return Ok(false),
            RawLayout::Mode2 => RAW_SECTOR_SIZE - step,
            RawLayout::Full | RawLayout::WithSubchannel => 0,
        };
        check_range(start, into.len() / RAW_SECTOR_SIZE * SECTOR_SIZE, self.sectors())?;
        let mut stored = vec![0; step * BATCH.min(into.len() / RAW_SECTOR_SIZE)];
        let mut number = u64::from(start.get());
        for batch in into.chunks_mut(BATCH * RAW_SECTOR_SIZE) {
            let stored = &mut stored[..batch.len() / RAW_SECTOR_SIZE * step];
            read_bytes(&self.below, self.offset + number * step as u64, stored)?;
            for (stored, into) in stored.chunks_exact(step).zip(batch.chunks_exact_mut(RAW_SECTOR_SIZE)) {
                if lead > 0 {
                    into[..SYNC.len()].copy_from_slice(&SYNC);
                    into[SYNC.len()..lead].copy_from_slice(&[0, 0, 0, 2]);
                }
                into[lead..].copy_from_slice(&stored[..RAW_SECTOR_SIZE - lead]);
                number += 1;
            }
        }
        Ok(true)
    }
}

/// Reads bytes at any offset. Those behind the end of `below` are zeros, if they lie in its last sector.
///
/// # Errors
/// As [`ReadSectors::read_sectors`].
pub fn read_bytes(below: &dyn ReadSectors, offset: u64, into: &mut [u8]) -> Result<(), ReadError> {
    if into.is_empty() {
        return Ok(());
    }
    let skip = (offset % SECTOR_SIZE as u64) as usize;
    let mut sectors = vec![0; (skip + into.len()).next_multiple_of(SECTOR_SIZE)];
    let Ok(first) = u32::try_from(offset / SECTOR_SIZE as u64) else {
        let (start, available) = (Sector::new(u32::MAX), below.sectors());
        let count = SectorCount::for_bytes(sectors.len() as u64).unwrap_or_default();
        return Err(ReadError::OutOfRange { start, count, available });
    };
    below.read_sectors(Sector::new(first), &mut sectors)?;
    into.copy_from_slice(&sectors[skip..skip + into.len()]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemorySectors;

    fn raw(mode: u8, fill: u8, submode: u8) -> Vec<u8> {
        let mut sector = SYNC.to_vec();
        sector.extend([0, 2, 0, mode]);
        if mode == 2 {
            sector.extend([0, 0, submode, 0, 0, 0, submode, 0]);
        }
        sector.extend([fill; SECTOR_SIZE]);
        sector.resize(2352, 0xEC);
        sector
    }

    #[test]
    fn modes_may_be_mixed() {
        let sectors = [raw(1, 1, 0), raw(2, 2, 8), raw(0, 3, 0), raw(2, 4, 0x20), raw(3, 5, 0)];
        let below = MemorySectors::new(sectors.concat());
        assert_eq!(RawLayout::detect(&below).unwrap(), Some(RawLayout::Full));
        let image = RawSectors::new(below, RawLayout::Full);
        assert_eq!(image.sectors(), SectorCount::new(5));
        let mut data = vec![9; 3 * SECTOR_SIZE];
        image.read_sectors(Sector::ZERO, &mut data).unwrap();
        for (sector, fill) in data.chunks(SECTOR_SIZE).zip([1, 2, 0]) {
            assert!(sector.iter().all(|&byte| byte == fill));
        }
        let error = image.read_sectors(Sector::new(2), &mut data).unwrap_err();
        assert_eq!(error.sector(), Sector::new(3));
        assert!(error.to_string().contains("form 2"), "{error}");
        assert!(image.read_sectors(Sector::new(4), &mut data[..SECTOR_SIZE]).is_err());
        assert!(image.read_sectors(Sector::new(5), &mut data[..SECTOR_SIZE]).is_err());
    }

    #[test]
    fn many_sectors_cross_the_batches() {
        let bytes: Vec<u8> = (0..100).flat_map(|n| raw(1, n, 0)).collect();
        let image = RawSectors::new(MemorySectors::new(bytes), RawLayout::Full);
        let mut data = vec![0; 90 * SECTOR_SIZE];
        image.read_sectors(Sector::new(7), &mut data).unwrap();
        for (n, sector) in data.chunks(SECTOR_SIZE).enumerate() {
            assert!(sector.iter().all(|&byte| usize::from(byte) == n + 7));
        }
    }

    #[test]
    fn subchannel_and_headerless_layouts() {
        let with: Vec<u8> = (0..3).flat_map(|n| [raw(1, n, 0), vec![0x77; 96]].concat()).collect();
        let below = MemorySectors::new(with);
        assert_eq!(RawLayout::detect(&below).unwrap(), Some(RawLayout::WithSubchannel));

        let mut headerless: Vec<u8> = (0..20).flat_map(|n| raw(2, n, 8)[16..].to_vec()).collect();
        headerless[16 * 2336 + 9..][..5].copy_from_slice(b"CD001");
        let below = MemorySectors::new(headerless);
        assert_eq!(RawLayout::detect(&below).unwrap(), Some(RawLayout::Mode2));
        let image = RawSectors::new(below, RawLayout::Mode2);
        let mut sector = [0; SECTOR_SIZE];
        image.read_sectors(Sector::new(16), &mut sector).unwrap();
        assert_eq!((&sector[1..6], sector[6]), (&b"CD001"[..], 16));
    }

    #[test]
    fn whole_sectors_come_out_of_every_layout() {
        let sectors: Vec<Vec<u8>> = (0..40).map(|n| raw(2, n, 0x20)).collect();
        let read = |bytes: Vec<u8>, layout| {
            let mut into = vec![0; 36 * RAW_SECTOR_SIZE];
            let image = RawSectors::new(MemorySectors::new(bytes), layout);
            let there = image.read_raw(Sector::new(3), &mut into).unwrap();
            there.then_some(into)
        };
        let wanted = sectors[3..39].concat();
        assert!(read(sectors.concat(), RawLayout::Full) == Some(wanted.clone()));
        let with: Vec<u8> = sectors.iter().flat_map(|raw| [&raw[..], &[7; 96]].concat()).collect();
        assert!(read(with, RawLayout::WithSubchannel) == Some(wanted.clone()));
        let without: Vec<u8> = sectors.iter().flat_map(|raw| raw[16..].to_vec()).collect();
        let mut zeroed = wanted;
        zeroed.chunks_mut(RAW_SECTOR_SIZE).for_each(|sector| sector[12..15].fill(0));
        assert!(read(without, RawLayout::Mode2) == Some(zeroed));
        assert_eq!(read(sectors.concat(), RawLayout::UserData), None);
        let image = RawSectors::new(MemorySectors::new(sectors.concat()), RawLayout::Full);
        assert!(image.read_raw(Sector::new(40), &mut [0; RAW_SECTOR_SIZE]).is_err());
    }

    #[test]
    fn plain_images_are_not_raw() {
        assert_eq!(RawLayout::detect(&MemorySectors::new(Vec::new())).unwrap(), None);
        assert_eq!(RawLayout::detect(&MemorySectors::new(vec![0; 50_000])).unwrap(), None);
        let mut lone = SYNC.to_vec();
        lone.resize(60_000, 0);
        assert_eq!(RawLayout::detect(&MemorySectors::new(lone)).unwrap(), None);
    }

    #[test]
    fn tracks_lie_anywhere_in_a_file() {
        let mut bytes = vec![0xAA; 1001];
        bytes.extend((0..3).flat_map(|n| raw(1, n, 0)));
        bytes.extend((3..6).flat_map(|n| [n; SECTOR_SIZE]));
        let below = MemorySectors::new(bytes);
        assert_eq!(RawLayout::detect_at(&below, 1001).unwrap(), Some(RawLayout::Full));
        let full = RawSectors::within(&below, RawLayout::Full, 1001, 3 * 2352);
        let plain = RawSectors::within(&below, RawLayout::UserData, 1001 + 3 * 2352, 3 * 2048 + 5);
        assert_eq!((full.sectors(), plain.sectors()), (SectorCount::new(3), SectorCount::new(3)));
        let mut sector = [9; SECTOR_SIZE];
        full.read_sectors(Sector::new(2), &mut sector).unwrap();
        assert_eq!(sector, [2; SECTOR_SIZE]);
        plain.read_sectors(Sector::new(2), &mut sector).unwrap();
        assert_eq!(sector, [5; SECTOR_SIZE]);
        assert!(plain.read_sectors(Sector::new(3), &mut sector).is_err());
        let behind = RawSectors::within(&below, RawLayout::Full, u64::MAX, u64::MAX);
        assert_eq!(behind.sectors(), SectorCount::ZERO);
        assert!(read_bytes(&below, u64::MAX, &mut sector).is_err());
    }
}
