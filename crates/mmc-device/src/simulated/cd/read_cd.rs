//! READ CD and READ CD MSF.

use crate::cd::{Control, RAW_BYTES, RawSector, SectorForm, Subchannel, encode_mode_1};
use crate::simulated::SimulatedDrive;
use crate::simulated::decode::{Block, be32};
use crate::simulated::execute::wrong_transfer;
use crate::simulated::medium_kind::Family;
use crate::simulated::status::{self, Outcome, at};
use crate::{Data, Lba};

/// C2 error flags of a sector: one bit a byte.
const C2: usize = 294;

/// What READ CD wants of each sector.
#[derive(Clone, Copy)]
struct Wanted {
    /// Expected sector type: 0 any, 1 sound, 2 mode 1, 3 mode 2, 4 form 1, 5 form 2.
    kind: u8,
    /// Byte 9: sync, headers, user data, EDC and ECC, C2.
    main: u8,
    /// Byte 10: 1 all subchannels, 2 Q, 4 R to W.
    sub: u8,
}

impl SimulatedDrive {
    pub(in crate::simulated) fn read_cd(&mut self, block: &Block, data: &mut Data<'_>) -> Outcome<usize> {
        let sectors = u32::from(block[6]) << 16 | u32::from(block[7]) << 8 | u32::from(block[8]);
        self.read_raw(block, be32(block, 2) as i32, sectors, data)
    }

    pub(in crate::simulated) fn read_cd_msf(&mut self, block: &Block, data: &mut Data<'_>) -> Outcome<usize> {
        let lba = |at: usize| Lba::from_msf(block[at], block[at + 1], block[at + 2]).get();
        let (first, end) = (lba(3), lba(6));
        let sectors = u32::try_from(end.saturating_sub(first)).map_err(|_| status::INVALID_FIELD_IN_CDB)?;
        self.read_raw(block, first, sectors, data)
    }

    fn read_raw(&mut self, block: &Block, first: i32, sectors: u32, data: &mut Data<'_>) -> Outcome<usize> {
        let wanted = Wanted { kind: block[1] >> 2 & 7, main: block[9], sub: block[10] & 7 };
        if self.loaded()?.medium.family() != Family::Cd {
            return Err(status::INCOMPATIBLE_MEDIUM.into());
        }
        if wanted.kind > 5 || !matches!(wanted.sub, 0 | 1 | 2 | 4) || wanted.main >> 1 & 3 == 3 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        let mut reply = Vec::new();
        for lba in (first..).take(sectors as usize) {
            let (main, channels) = self.sector(lba)?;
            if let Some(bad) = u32::try_from(lba).ok().and_then(|lba| self.faults.read_error(lba, 1)) {
                return Err(at(status::L_EC_UNCORRECTABLE, bad).into());
            }
            wanted.put(lba, &main, &channels, &mut reply)?;
        }
        match data {
            Data::In(buffer) if buffer.len() >= reply.len() => {
                let len =
                    self.faults.reply_limit(block[0]).map_or(reply.len(), |limit| limit.min(reply.len()));
                buffer[..len].copy_from_slice(&reply[..len]);
                Ok(len)
            }
            _ if reply.is_empty() => Ok(0),
            _ => Err(wrong_transfer()),
        }
    }

    /// A sector as it is on the disc, not scrambled, and its subchannels.
    fn sector(&mut self, lba: i32) -> Outcome<([u8; RAW_BYTES], Subchannel)> {
        let loaded = self.loaded()?;
        if let Some((main, channels)) = loaded.raw.read(lba)? {
            return Ok((main, Subchannel::parse(&channels)));
        }
        let place = u32::try_from(lba).map_err(|_| status::LBA_OUT_OF_RANGE)?;
        if let Some(track) = loaded.medium.pause_of_sound(place) {
            return Ok(([0; RAW_BYTES], loaded.medium.disc.subchannel(track, lba)));
        }
        self.check_readable(place, 1)?;
        let loaded = self.loaded()?;
        let (mut user, mut main) = ([0; 2048], [0; RAW_BYTES]);
        loaded.store.read(place, &mut user)?;
        encode_mode_1(crate::cd::Msf::from_lba(Lba::new(lba)), &user, &mut main);
        let view = loaded.medium.track_at(place);
        let (number, start) = view.map_or((1, 0), |view| (view.number as u8, view.start as i32));
        let track = super::CdTrack {
            number,
            control: Control::DATA.0,
            indexes: vec![start - 150, start],
            ..super::CdTrack::default()
        };
        let channels = loaded.medium.disc.subchannel(&track, lba);
        Ok((main, channels))
    }
}

impl Wanted {
    fn put(
        self,
        lba: i32,
        main: &[u8; RAW_BYTES],
        channels: &Subchannel,
        reply: &mut Vec<u8>,
    ) -> Outcome<()> {
        let wrong_mode = || at(status::ILLEGAL_MODE_FOR_THIS_TRACK, lba as u32);
        let form = RawSector::parse(main).ok().map(|sector| sector.form);
        let fits = matches!(
            (self.kind, form),
            (0, _)
                | (1, None)
                | (2, Some(SectorForm::Mode1))
                | (3, Some(SectorForm::Mode2))
                | (4, Some(SectorForm::Mode2Form1(_)))
                | (5, Some(SectorForm::Mode2Form2(_)))
        );
        if !fits {
            return Err(wrong_mode().into());
        }
        // Sync, header, subheader, user data, EDC and ECC.
        let bounds = match form {
            None => [0, 0, 0, 0, RAW_BYTES, RAW_BYTES],
            Some(SectorForm::Mode1) => [0, 12, 16, 16, 2064, RAW_BYTES],
            Some(SectorForm::Mode0 | SectorForm::Mode2) => [0, 12, 16, 16, RAW_BYTES, RAW_BYTES],
            Some(SectorForm::Mode2Form1(_)) => [0, 12, 16, 24, 2072, RAW_BYTES],
            Some(SectorForm::Mode2Form2(_)) => [0, 12, 16, 24, 2348, RAW_BYTES],
        };
        let flags = [0x80, 0x20, 0x40, 0x10, 0x08];
        for (pair, flag) in bounds.windows(2).zip(flags) {
            if self.main & flag != 0 {
                reply.extend_from_slice(&main[pair[0]..pair[1]]);
            }
        }
        match self.main >> 1 & 3 {
            0 => {}
            1 => reply.resize(reply.len() + C2, 0),
            _ => reply.resize(reply.len() + C2 + 2, 0),
        }
        match self.sub {
            1 => reply.extend_from_slice(&channels.encode()),
            2 => reply.extend_from_slice(&channels.encode_pq()),
            4 => reply.extend_from_slice(&channels.r_to_w),
            _ => {}
        }
        Ok(())
    }
}
