//! What the sectors of a track hold, by Nero's number.

use sector_io::RawLayout;

/// A mode, as `ETNF`, `ETN2`, `DAOI` and `DAOX` have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode(pub(super) u8);

impl Mode {
    pub(super) fn is_audio(self) -> bool {
        matches!(self.0, 0x07 | 0x10)
    }

    /// How its sectors lie in the file; `None` for a mode that is not known.
    pub(super) fn layout(self) -> Option<RawLayout> {
        Some(match self.0 {
            0x00 | 0x02 => RawLayout::UserData,
            0x03 => RawLayout::Mode2,
            0x05..=0x07 => RawLayout::Full,
            0x0f..=0x11 => RawLayout::WithSubchannel,
            _ => return None,
        })
    }
}
