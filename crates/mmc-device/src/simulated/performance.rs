//! Speeds and buffer: GET PERFORMANCE, SET STREAMING, SET CD SPEED, READ BUFFER CAPACITY.

use super::decode::{Block, be16, be32};
use super::medium::Medium;
use super::status::{self, Outcome};
use super::{Fault, MediumKind, SimulatedDrive};

/// The drive's buffer in bytes.
pub(super) const BUFFER: u32 = 4 << 20;

/// Speeds a program has chosen, in units of 1000 bytes per second; `None`: the fastest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Speeds {
    read: Option<u32>,
    write: Option<u32>,
    angular: bool,
}

impl Speeds {
    pub(super) fn read(self, kind: MediumKind) -> u32 {
        self.read.unwrap_or(u32::MAX).min(kind.read_speed())
    }

    /// The fastest possible write speed that is not above the one chosen.
    pub(super) fn write(self, kind: MediumKind) -> u32 {
        let possible = kind.write_speeds();
        let wanted = self.write.unwrap_or(u32::MAX);
        let slowest = possible.last().copied().unwrap_or(0);
        possible.iter().copied().find(|speed| *speed <= wanted).unwrap_or(slowest)
    }
}

impl Speeds {
    /// Whether the medium turns with constant angular velocity while it is written: where that was asked for, with the
    /// speed that can be so.
    pub(super) fn is_angular(self, kind: MediumKind) -> bool {
        self.angular && kind.angular_speed() == Some(self.write(kind))
    }
}

impl SimulatedDrive {
    pub(super) fn get_performance(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        let speeds = self.speeds;
        let medium = &self.loaded()?.medium;
        let most = be16(block, 8).into();
        match block[10] {
            0x00 => {
                if block[1] & 0x03 != 0 {
                    // Exceptions: none are known. 1 and 2 are lists of them, 3 is reserved.
                    return if block[1] & 0x03 == 3 {
                        Err(status::INVALID_FIELD_IN_CDB.into())
                    } else {
                        Ok(performance(&[], most, (block[1] & 0x04) >> 1 | 0x01))
                    };
                }
                let write = block[1] & 0x04 != 0;
                let speed = if write { speeds.write(medium.kind) } else { speeds.read(medium.kind) };
                let (start, end) = (be32(block, 2), end_of(medium));
                // On CD the data are between radii of 25 and 58 mm.
                let inner = if write && speeds.is_angular(medium.kind) { speed * 25 / 58 } else { speed };
                let fields = [start.min(end), inner, end, speed];
                Ok(performance(&[fields], most, u8::from(write) << 1))
            }
            0x03 => {
                let read = speeds.read(medium.kind);
                let end = end_of(medium);
                // Write rotation control: bits 4 and 3 of the first byte.
                let angular = medium.kind.angular_speed().map(|write| [0x08 << 24, end, read, write]);
                let linear = medium.kind.write_speeds().iter().map(|write| [0, end, read, *write]);
                let descriptors: Vec<[u32; 4]> = angular.into_iter().chain(linear).collect();
                Ok(performance(&descriptors, most, 0x02))
            }
            _ => Err(status::INVALID_FIELD_IN_CDB.into()),
        }
    }

    pub(super) fn set_streaming(&mut self, list: &[u8]) -> Outcome<usize> {
        self.loaded()?;
        if list.len() != 28 {
            return Err(status::PARAMETER_LIST_LENGTH.into());
        }
        if list[0] & 0x04 != 0 {
            // RDD: back to the defaults.
            self.speeds = Speeds::default();
            return Ok(list.len());
        }
        let (start, end) = (be32(list, 4), be32(list, 8));
        let rate = |size: u32, time: u32| match (size, time) {
            (0, _) => None,
            (_, 0) => Some(None),
            _ => Some(Some(u32::try_from(u64::from(size) * 1000 / u64::from(time)).unwrap_or(u32::MAX))),
        };
        let read = rate(be32(list, 12), be32(list, 16));
        let write = rate(be32(list, 20), be32(list, 24));
        if end < start || read == Some(None) || write == Some(None) {
            return Err(status::INVALID_FIELD_IN_PARAMETER_LIST.into());
        }
        let angular = list[0] >> 3 & 0x03 == 1;
        self.speeds = Speeds { read: read.flatten(), write: write.flatten(), angular };
        Ok(list.len())
    }

    pub(super) fn set_cd_speed(&mut self, block: &Block) -> Outcome<()> {
        if block[1] & 0x03 > 1 {
            return Err(status::INVALID_FIELD_IN_CDB.into());
        }
        let chosen = |speed: u16| (speed != 0xFFFF).then_some(u32::from(speed));
        let (read, write) = (chosen(be16(block, 2)), chosen(be16(block, 4)));
        self.speeds = Speeds { read, write, angular: block[1] & 0x03 == 1 };
        Ok(())
    }

    pub(super) fn read_buffer_capacity(&mut self, block: &Block) -> Outcome<Vec<u8>> {
        self.loaded()?;
        let waiting = self.bytes_waiting();
        let in_blocks = block[1] & 0x01 != 0;
        let unit = if in_blocks { 2048 } else { 1 };
        let free = if self.faults.has(Fault::BufferCapacityNonsense) {
            u32::MAX
        } else if self.faults.buffer_is_full() {
            0
        } else {
            (BUFFER - waiting) / unit
        };
        let mut reply = vec![0, 10, 0, u8::from(in_blocks)];
        reply.extend_from_slice(&(BUFFER / unit).to_be_bytes());
        reply.extend_from_slice(&free.to_be_bytes());
        Ok(reply)
    }
}

fn end_of(medium: &Medium) -> u32 {
    medium.capacity.saturating_sub(1)
}

/// The length field tells of all descriptors, the reply holds as many as were asked for.
fn performance(descriptors: &[[u32; 4]], most: usize, flags: u8) -> Vec<u8> {
    let all = descriptors.len() as u32 * 16 + 4;
    let mut reply = all.to_be_bytes().to_vec();
    reply.extend_from_slice(&[flags, 0, 0, 0]);
    for descriptor in descriptors.iter().take(most) {
        reply.extend(descriptor.iter().flat_map(|field| field.to_be_bytes()));
    }
    reply
}
