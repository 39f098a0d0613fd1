//! `CUES` and `CUEX`: where tracks and their indexes begin on the disc.

use byteorder::{BigEndian, ByteOrder as _};

use crate::cue_sheet::msf;

/// One point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CuePoint {
    /// Number of the track; `None` for the lead-out.
    pub(super) track: Option<u8>,
    pub(super) index: u8,
    /// Sector on the disc; the pregap of the first track lies before 0.
    pub(super) start: i32,
}

impl CuePoint {
    /// All points of a chunk that mean something. `CUES` counts minutes, seconds and frames, `CUEX` sectors.
    pub(super) fn list(data: &[u8], counts_sectors: bool) -> impl Iterator<Item = CuePoint> + '_ {
        data.chunks_exact(8).filter_map(move |point| {
            let track = match point[1] {
                0xaa => None,
                number => Some(decimal(number)?),
            };
            let start = if counts_sectors {
                BigEndian::read_i32(&point[4..])
            } else {
                let [minute, second, frame] = [decimal(point[5])?, decimal(point[6])?, decimal(point[7])?];
                let frames = msf::frames(minute.into(), second.into(), frame.into())?;
                i32::try_from(frames).ok()?.checked_sub(msf::PREGAP)?
            };
            Some(CuePoint { track, index: decimal(point[2])?, start })
        })
    }
}

/// Two decimal digits, one in each half of the byte.
fn decimal(byte: u8) -> Option<u8> {
    let (tens, ones) = (byte >> 4, byte & 0xf);
    (tens < 10 && ones < 10).then_some(tens * 10 + ones)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sectors_and_times() {
        let sectors = [
            [0x41, 0x01, 0x00, 0, 0xff, 0xff, 0xff, 0x6a],
            [0x41, 0x12, 0x01, 0, 0, 0, 0x2c, 0x88],
            [0x41, 0xaa, 0x01, 0, 0, 0, 0x30, 0],
            [0x41, 0x1b, 0x01, 0, 0, 0, 0, 0],
        ]
        .concat();
        let point = |track, index, start| CuePoint { track, index, start };
        let found: Vec<_> = CuePoint::list(&sectors, true).collect();
        assert_eq!(found, [point(Some(1), 0, -150), point(Some(12), 1, 11_400), point(None, 1, 0x3000)]);
        let times = [[0x41, 0x01, 0x01, 0, 0, 0x00, 0x02, 0x00], [0x41, 0x02, 0x01, 0, 0, 0x02, 0x34, 0x00]];
        let found: Vec<_> = CuePoint::list(times.as_flattened(), false).collect();
        assert_eq!(found, [point(Some(1), 1, 0), point(Some(2), 1, 11_400)]);
    }
}
