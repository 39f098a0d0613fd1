//! What tells that the recording of a session came to its end: the sector behind its files, which the primary volume
//! descriptor announces. Drives fill with zeros what is missing of a track.

use sector_io::{ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::PlanOptions;
use crate::tree::FileSystems;

/// Where the Application Use field (ECMA-119 8.4.32) has the announcement: behind what it begins with.
const AT: usize = 16;

/// What the announcement begins with; the sector follows, in ten digits.
const ANNOUNCEMENT: &[u8] = b"end mark in sector ";

/// Digits of a sector.
const DIGITS: usize = 10;

/// The end mark of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EndMark {
    /// Its sector, absolute on the medium.
    pub(crate) at: Sector,
}

impl EndMark {
    /// Its sectors.
    pub(crate) const LEN: SectorCount = SectorCount::new(1);

    /// Whether a session that is planned so gets one. UDF alone has anchors at its end.
    pub(super) fn is_wanted(options: &PlanOptions) -> bool {
        options.place.end_mark && options.file_systems.contains(FileSystems::ISO9660)
    }

    /// Announces it.
    pub(super) fn announce(self, application_use: &mut [u8; 512]) {
        let number = format!("{:0width$}", self.at.get(), width = DIGITS);
        let text = [ANNOUNCEMENT, number.as_bytes()].concat();
        application_use[AT..AT + text.len()].copy_from_slice(&text);
    }

    /// The one that is announced.
    pub(crate) fn announced(application_use: &[u8; 512]) -> Option<EndMark> {
        let digits = application_use[AT..].strip_prefix(ANNOUNCEMENT)?.get(..DIGITS)?;
        let digits =
            std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some(EndMark { at: Sector::new(digits.parse().ok()?) })
    }

    /// The sector.
    pub(super) fn append(self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(self.text().as_bytes());
        out.resize(start + SECTOR_SIZE, 0);
    }

    fn text(self) -> String {
        format!("fsimage end mark of sector {:0width$}\n", self.at.get(), width = DIGITS)
    }

    /// Whether something else is in its place. What cannot be read may have been there.
    pub(crate) fn is_missing(self, source: &dyn ReadSectors) -> bool {
        let mut sector = [0; SECTOR_SIZE];
        source.read_sectors(self.at, &mut sector).is_ok() && !sector.starts_with(self.text().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use sector_io::MemorySectors;

    use super::*;

    #[test]
    fn announced_and_found() {
        let mark = EndMark { at: Sector::new(3) };
        let mut field = [b' '; 512];
        assert_eq!(EndMark::announced(&field), None);
        mark.announce(&mut field);
        assert_eq!(field[16..46], *b"end mark in sector 0000000003 ");
        assert_eq!(EndMark::announced(&field), Some(mark));
        field[40] = b'-';
        assert_eq!(EndMark::announced(&field), None);

        let mut image = vec![0; 3 * SECTOR_SIZE];
        mark.append(&mut image);
        assert_eq!(image.len(), 4 * SECTOR_SIZE);
        assert!(image[3 * SECTOR_SIZE..].starts_with(b"fsimage end mark of sector 0000000003\n\0"));
        assert!(!mark.is_missing(&MemorySectors::new(image.clone())));
        image[3 * SECTOR_SIZE..].fill(0);
        assert!(mark.is_missing(&MemorySectors::new(image.clone())));
        // Unreadable.
        image.truncate(3 * SECTOR_SIZE);
        assert!(!mark.is_missing(&MemorySectors::new(image)));
    }
}
