//! Everything that records: WRITE, SYNCHRONIZE CACHE, RESERVE TRACK, SEND OPC INFORMATION.

use super::SimulatedDrive;
use super::decode::{Block, be32};
use super::execute::wrong_transfer;
use super::faults::{Interruption, Marks};
use super::loaded::Loaded;
use super::medium::{Format, Medium, PLUS_R_OPEN_FRAGMENTS, TrackState};
use super::medium_kind::Family;
use super::status::{self, Outcome, at};
use crate::Outgoing;

const SECTOR: usize = 2048;

/// What a test write has done so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pretence {
    /// The address the next WRITE would have to go to.
    next: u32,
    /// Where a track that was announced would end.
    end: Option<u32>,
}

/// Clusters that others take the place of.
#[derive(Clone, Copy, Debug)]
struct Replacing {
    clusters: u32,
    /// The first sector of the first one.
    old: u32,
    /// Where those lie that take their place.
    new: u32,
}

impl Replacing {
    fn place_of(self, lba: u32) -> u32 {
        self.new + (lba - self.old)
    }
}

impl SimulatedDrive {
    /// WRITE(10) and WRITE(12).
    pub(super) fn write(
        &mut self,
        block: &Block,
        lba: u32,
        sectors: u32,
        data: Outgoing<'_>,
    ) -> Outcome<usize> {
        self.check_format()?;
        let family = self.loaded()?.medium.family();
        let streaming = block[0] == 0xAA && block[10] & 0x80 != 0;
        let relative = block[1] & 0x01 != 0;
        if relative || streaming && !family.is_bd() && family != Family::DvdRam {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        if family == Family::Cd
            && let Some(outcome) = self.write_cd(lba, sectors, data)
        {
            return outcome;
        }
        let written = self.record(lba, sectors, data)?;
        if streaming && !sectors.is_multiple_of(32) && self.faults.has(super::Fault::StreamWantsClusters) {
            for sector in lba..lba.saturating_add(sectors) {
                self.loaded()?.corrupt(sector)?;
            }
        }
        Ok(written)
    }

    /// WRITE AND VERIFY(10): only where sectors can be written again.
    pub(super) fn write_and_verify(&mut self, block: &Block, data: Outgoing<'_>) -> Outcome<usize> {
        if !matches!(
            self.loaded()?.medium.family(),
            Family::RestrictedOverwrite | Family::DvdRam | Family::DvdPlusRw | Family::BdRe
        ) {
            return Err(status::CANNOT_WRITE_MEDIUM.into());
        }
        if block[1] & 0x01 != 0 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        self.check_format()?;
        let (lba, sectors) = (be32(block, 2), super::decode::be16(block, 7).into());
        let written = self.record(lba, sectors, data)?;
        self.check_readable(lba, sectors)?;
        Ok(written)
    }

    /// What was left half erased takes nothing.
    fn check_format(&mut self) -> Outcome<()> {
        if self.loaded()?.medium.half_erased {
            return Err(status::MEDIUM_FORMAT_CORRUPTED.into());
        }
        Ok(())
    }

    fn record(&mut self, lba: u32, sectors: u32, data: Outgoing<'_>) -> Outcome<usize> {
        if data.len() as u64 != u64::from(sectors) * SECTOR as u64 {
            return Err(wrong_transfer());
        }
        let mode = self.pages.write_mode();
        if mode.test && matches!(self.loaded()?.medium.family(), Family::Cd | Family::DvdMinusR) {
            self.pretend(lba, sectors)?;
            return Ok(data.len());
        }
        if let Some(refusal) = self.loaded()?.medium.refusal(mode, lba, sectors) {
            return Err(refusal.into());
        }
        if sectors == 0 {
            return Ok(0);
        }
        let requested = data.len();
        let (carried_out, event) = self.faults.interruption(lba, sectors);
        let Marks { lost, corrupted } = self.faults.marks(lba, carried_out);
        let loaded = self.loaded()?;
        if carried_out > 0 {
            let (data, _) = data.split_at(carried_out as usize * SECTOR);
            let replacing = loaded.begin_replacing(lba, carried_out)?;
            let place = replacing.map_or(lba, |replacing| replacing.place_of(lba));
            match lost {
                None => loaded.store.take(place, data)?,
                Some(lost) => {
                    let (before, rest) = data.split_at((lost - lba) as usize * SECTOR);
                    let (_, behind) = rest.split_at(SECTOR);
                    loaded.store.take(place, before)?;
                    loaded.store.take(place + (lost - lba) + 1, behind)?;
                }
            }
            for sector in corrupted {
                loaded.corrupt(place + (sector - lba))?;
            }
            match replacing {
                Some(replacing) => loaded.replace(replacing)?,
                None => loaded.note_recorded(lba, carried_out),
            }
            loaded.complete_units(lba, carried_out)?;
            loaded.recorded(carried_out)?;
        }
        self.defer(lost);
        self.suffer(event, lba + carried_out)?;
        Ok(requested)
    }

    /// The next command tells that a sector was lost.
    pub(super) fn defer(&mut self, lost: Option<u32>) {
        if let Some(lost) = lost {
            let sense = at(status::WRITE_ERROR, lost);
            self.deferred = Some(crate::Sense { deferred: true, ..sense });
        }
    }

    /// What interrupts a WRITE before the sector `next`.
    pub(super) fn suffer(&mut self, event: Option<Interruption>, next: u32) -> Outcome<()> {
        match event {
            None => Ok(()),
            Some(Interruption::Attention(sense)) => {
                self.attention.push_back(sense);
                Ok(())
            }
            Some(Interruption::BadSector) => Err(at(status::WRITE_ERROR, next).into()),
            Some(Interruption::PowerCut) => Err(self.lose_power()),
            Some(Interruption::MediumRemoved) => Err(self.lose_medium()),
        }
    }

    /// Test writing: all is checked and nothing recorded.
    pub(super) fn pretend(&mut self, lba: u32, sectors: u32) -> Outcome<()> {
        let (mode, pretended) = (self.pages.write_mode(), self.pretended);
        let medium = &self.loaded()?.medium;
        if medium.finalized {
            return Err(status::CANNOT_WRITE_MEDIUM.into());
        }
        let next = medium.incomplete_track().and_then(|track| track.next_writable);
        let next = pretended.map(|pretence| pretence.next).or(next);
        if next != Some(lba) {
            return Err(at(status::INVALID_ADDRESS_FOR_WRITE, lba).into());
        }
        let announced = pretended.and_then(|pretence| pretence.end);
        if medium.family() == Family::Cd && !mode.fits_cd() && !mode.is_audio_track_cd() {
            return Err(status::ILLEGAL_MODE_FOR_THIS_TRACK.into());
        }
        if medium.family() == Family::DvdMinusR {
            if mode.is_disc_at_once_dvd() && announced.is_none() {
                return Err(status::COMMAND_SEQUENCE.into());
            }
            if mode.is_incremental_dvd() && !medium.takes_increments() {
                return Err(status::ILLEGAL_MODE_FOR_THIS_TRACK.into());
            }
        }
        let limit = announced.unwrap_or(medium.end_of_user_data());
        match lba.checked_add(sectors).filter(|end| *end <= limit) {
            Some(next) => {
                self.pretended = Some(Pretence { next, end: announced });
                Ok(())
            }
            None => Err(at(status::END_OF_USER_AREA, limit).into()),
        }
    }

    pub(super) fn synchronize_cache(&mut self, block: &Block) -> Outcome<()> {
        let immediate = block[1] & 0x02 != 0;
        if immediate && self.faults.has(super::Fault::ImmediateSynchronizeRefused) {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        self.pretended = None;
        let loaded = self.loaded()?;
        if loaded.medium.family() == Family::Cd {
            // Track at once: without data to go on with, the drive ends the track.
            let number = loaded.medium.incomplete_track().filter(|track| !track.invisible && !track.damaged);
            if let Some(track) = number {
                loaded.end_track(track.number)?;
            }
        }
        loaded.changed |= loaded.medium.drop_unused_disc_at_once();
        loaded.flush()?;
        self.finish_at_once()?;
        let loaded = self.loaded()?;
        if loaded.medium.finish_disc_at_once() {
            loaded.changed = true;
            self.events.features_changed();
        }
        let loaded = self.loaded()?;
        if loaded.changed {
            loaded.save()?;
            self.goes_on(immediate, status::NOT_READY_LONG_WRITE_IN_PROGRESS);
        }
        Ok(())
    }

    pub(super) fn reserve_track(&mut self, block: &Block) -> Outcome<()> {
        let mode = self.pages.write_mode();
        let loaded = self.loaded()?;
        let family = loaded.medium.family();
        if !matches!(family, Family::DvdMinusR | Family::DvdPlusR | Family::BdR) {
            return Err(status::INCOMPATIBLE_MEDIUM.into());
        }
        if block[1] & 0x03 != 0 || be32(block, 5) == 0 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        if loaded.medium.finalized {
            return Err(status::CANNOT_WRITE_MEDIUM.into());
        }
        let at_once = family == Family::DvdMinusR && mode.is_disc_at_once_dvd();
        let possible = !at_once || loaded.medium.takes_disc_at_once();
        let track = loaded.medium.incomplete_track().filter(|track| track.invisible && possible);
        let Some(track) = track else {
            return Err(status::COMMAND_SEQUENCE.into());
        };
        let most = most_reservations(&loaded.medium);
        if loaded.medium.open_reservations() >= most {
            return Err(status::NO_MORE_TRACK_RESERVATIONS.into());
        }
        let sectors = be32(block, 5).checked_next_multiple_of(loaded.medium.kind.blocking());
        let Some(sectors) = sectors.filter(|sectors| *sectors <= track.free) else {
            return Err(status::END_OF_USER_AREA.into());
        };
        if family == Family::DvdMinusR && mode.test {
            self.pretended = Some(Pretence { next: track.start, end: Some(track.start + sectors) });
            return Ok(());
        }
        loaded.medium.reserve(sectors, at_once);
        if family == Family::BdR && loaded.medium.format == Format::None {
            loaded.medium.format = Format::Formatted;
        }
        loaded.save()?;
        Ok(())
    }

    pub(super) fn send_opc_information(&mut self, block: &Block) -> Outcome<usize> {
        if super::decode::be16(block, 7) != 0 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        let medium = &self.loaded()?.medium;
        if medium.finalized { Err(status::CANNOT_WRITE_MEDIUM.into()) } else { Ok(0) }
    }
}

/// Open tracks with a size announced that a session can have at a time.
fn most_reservations(medium: &Medium) -> usize {
    match medium.family() {
        Family::DvdPlusR => PLUS_R_OPEN_FRAGMENTS,
        // One that is open, and the invisible one.
        Family::DvdMinusR => 1,
        _ => usize::MAX,
    }
}

impl Loaded {
    /// Where sectors can be written again, whole ECC blocks or clusters are recorded: what was raw in the units that
    /// were begun and ended becomes zeros.
    fn complete_units(&mut self, lba: u32, sectors: u32) -> Outcome<()> {
        if !self.medium.family().is_overwritable() {
            return Ok(());
        }
        let (unit, end) = (self.medium.kind.blocking(), lba + sectors);
        let last = end.next_multiple_of(unit).min(self.medium.capacity);
        for (mut from, to) in [(lba / unit * unit, lba), (end, last)] {
            while let Some(gap) = self.medium.written.first_gap(from, to) {
                self.store.write_zeros(gap, 1)?;
                self.medium.written.insert(gap, gap + 1);
                from = gap + 1;
            }
        }
        Ok(())
    }

    fn note_recorded(&mut self, lba: u32, sectors: u32) {
        if self.medium.family().is_overwritable() {
            self.medium.written.insert(lba, lba + sectors);
            return;
        }
        if self.medium.family() == Family::BdR && self.medium.format == Format::None {
            // The first WRITE formats an unformatted medium, without spare areas.
            self.medium.format = Format::Formatted;
        }
        self.medium.record(lba, sectors, 4);
    }

    /// Pseudo-overwrite: what is written again goes to whole clusters at the next writable address, with what is not written
    /// of them. `None` if nothing is replaced.
    fn begin_replacing(&mut self, lba: u32, sectors: u32) -> Outcome<Option<Replacing>> {
        let Some(clusters) = self.medium.replaced_clusters(lba, sectors) else { return Ok(None) };
        // A cluster that was begun there is ended first.
        self.flush()?;
        let Some(next) = self.medium.incomplete_track().and_then(|track| track.next_writable) else {
            return Err(at(status::END_OF_USER_AREA, lba).into());
        };
        let unit = self.medium.kind.blocking();
        let replacing = Replacing { clusters, old: lba / unit * unit, new: next };
        self.copy_clusters(replacing.old, replacing.new, clusters)?;
        Ok(Some(replacing))
    }

    /// From now on the old addresses lead to what the new ones hold, which stay as they are when that is replaced again.
    fn replace(&mut self, Replacing { clusters, old, new }: Replacing) -> Outcome<()> {
        self.copy_clusters(new, old, clusters)?;
        self.medium.note_replacing(new, clusters);
        Ok(())
    }

    fn copy_clusters(&mut self, from: u32, to: u32, clusters: u32) -> Outcome<()> {
        let unit = self.medium.kind.blocking();
        let mut cluster = vec![0; unit as usize * SECTOR];
        for offset in (0..clusters).map(|number| number * unit) {
            self.store.read(from + offset, &mut cluster)?;
            self.store.write(to + offset, &cluster)?;
        }
        Ok(())
    }

    /// Closes a track: fills its last unit, a short CD track, a reservation; CD tracks get their run-out.
    pub(super) fn end_track(&mut self, number: u32) -> Outcome<()> {
        let limit = self.medium.end_of_user_data();
        let family = self.medium.family();
        let blocking = self.medium.kind.blocking();
        let Some(track) = self.medium.open_track_mut(number) else { return Ok(()) };
        if track.state == TrackState::Closed {
            return Ok(());
        }
        track.state = TrackState::Open;
        let (start, recorded, reserved) = (track.start, track.recorded, track.reserved);
        let end = match reserved {
            Some(size) => start + size,
            None => {
                let shortest = recorded + self.medium.shortest_track_padding(recorded);
                (start + shortest).next_multiple_of(blocking).min(limit).max(start + recorded)
            }
        };
        if end > start + recorded {
            self.pad(start + recorded, end - start - recorded)?;
        }
        if let Some(track) = self.medium.open_track_mut(number) {
            if family == Family::Cd {
                track.recorded += super::medium::CD_RUN_OUT;
            }
            track.state = TrackState::Closed;
        }
        self.changed = true;
        Ok(())
    }
}
