use mmc_device::cd::Msf;
use mmc_device::cd::{RAW_BYTES, RawSector, SectorForm, SectorType, Subheader, encode_mode_2_form_1};
use sector_io::RawLayout;

use super::disc::{AudioDisc, Content, Segment, damaged};
use super::sound::SoundReader;
use crate::Result;

/// Bytes of the longest sector in a file: 2352 and 96 of subchannels.
const LONGEST_SECTOR: usize = 2448;

/// Reads a session's sectors in order, as a drive takes them: each has the bytes that
/// [`SectorType::user_bytes`] says.
pub struct DiscReader<'a> {
    disc: &'a AudioDisc,
    segments: Vec<Segment>,
    /// The segment that is read, and sectors of it that were.
    segment: usize,
    done: u32,
    /// The address that the next sector with a header has, behind another of its segment.
    next: Option<Msf>,
    /// The file that was read last.
    open: Option<(usize, SoundReader)>,
}

impl<'a> DiscReader<'a> {
    pub(super) fn new(disc: &'a AudioDisc, segments: Vec<Segment>) -> DiscReader<'a> {
        DiscReader { disc, segments, segment: 0, done: 0, next: None, open: None }
    }

    /// Reads up to `sectors` sectors of one kind into `into`, which is cut to them; gives the kind, or `None` at the end.
    ///
    /// # Errors
    /// [`Error::SourceRead`](crate::Error::SourceRead); [`Error::Sound`](crate::Error::Sound) for raw sectors that are
    /// damaged.
    pub fn read(&mut self, sectors: u32, into: &mut Vec<u8>) -> Result<Option<SectorType>> {
        into.clear();
        let Some(segment) = self.segments.get(self.segment).copied() else { return Ok(None) };
        let count = sectors.min(segment.sectors - self.done);
        into.resize(count as usize * segment.kind.user_bytes(), 0);
        match segment.content {
            Content::Nothing => {}
            Content::File { file, offset, layout } => {
                let step = layout.map_or(RAW_BYTES, RawLayout::sector_bytes);
                let offset = offset + u64::from(self.done) * step as u64;
                self.fill(file, offset, layout, segment.kind, into)?;
            }
        }
        self.done += count;
        if self.done == segment.sectors {
            self.segment += 1;
            self.done = 0;
            self.next = None;
        }
        Ok(Some(segment.kind))
    }

    fn fill(
        &mut self,
        file: usize,
        offset: u64,
        layout: Option<RawLayout>,
        kind: SectorType,
        into: &mut [u8],
    ) -> Result<()> {
        let source = &self.disc.files[file];
        if self.open.as_ref().is_none_or(|(open, _)| *open != file) {
            self.open = Some((file, source.reader()?));
        }
        let Some((_, reader)) = &mut self.open else { return Ok(()) };
        let bytes = kind.user_bytes();
        let Some(layout) = layout.filter(|layout| layout.sector_bytes() != bytes) else {
            return reader.read_at(offset, into);
        };
        let step = layout.sector_bytes();
        let mut raw = [0; LONGEST_SECTOR];
        for (number, into) in (0u64..).zip(into.chunks_exact_mut(bytes)) {
            let at = offset + number * step as u64;
            reader.read_at(at, &mut raw[..step])?;
            let wrong = |what| damaged(&source.path, format!("the sector at byte {at}: {what}"));
            let address = user_bytes(layout, kind, &raw, into).map_err(wrong)?;
            if let (Some(found), Some(expected)) = (address, self.next)
                && found != expected
            {
                return Err(wrong(format!("its address is {found}, where {expected} follows")));
            }
            self.next = address.map(|address| Msf::from_frames(address.frames() + 1));
        }
        Ok(())
    }
}

/// What the drive takes of a sector that lies in a file in another form. Returns its address, where it has a header.
fn user_bytes(
    layout: RawLayout,
    kind: SectorType,
    raw: &[u8; LONGEST_SECTOR],
    into: &mut [u8],
) -> Result<Option<Msf>, String> {
    let sector: &[u8; RAW_BYTES] = raw.first_chunk().ok_or("too short")?;
    match (layout, kind) {
        (RawLayout::Full | RawLayout::WithSubchannel, _) => {
            // Sectors that nobody could read, and pregaps, are zeros in such files.
            if sector.iter().all(|byte| *byte == 0) {
                into.fill(0);
                return Ok(None);
            }
            let parsed = RawSector::parse(sector).map_err(|error| error.to_string())?;
            parsed.check().map_err(|error| error.to_string())?;
            match (kind, parsed.form) {
                (SectorType::Mode1, SectorForm::Mode1) => into.copy_from_slice(parsed.user_data()),
                (SectorType::Mode1, SectorForm::Mode0) => into.fill(0),
                (SectorType::Mode1, _) => return Err("it is not of mode 1".to_owned()),
                (_, SectorForm::Mode1) => return Err("it is of mode 1, and its track of mode 2".to_owned()),
                _ => into.copy_from_slice(&sector[16..]),
            }
            Ok(Some(parsed.address))
        }
        // Mode 2 with user data alone is form 1.
        _ => {
            let user = raw.first_chunk().ok_or("too short")?;
            let mut made = [0; RAW_BYTES];
            encode_mode_2_form_1(Msf::default(), Subheader::DATA, user, &mut made);
            into.copy_from_slice(&made[16..]);
            Ok(None)
        }
    }
}
