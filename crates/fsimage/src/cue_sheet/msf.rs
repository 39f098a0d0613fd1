//! Minutes, seconds and frames: how positions on a CD are written down.

/// Frames, which are sectors, of a second.
const FRAMES: u32 = 75;

/// Frames in front of sector 0.
pub(crate) const PREGAP: i32 = 150;

/// `None` for seconds or frames that do not exist.
pub(crate) fn frames(minutes: u32, seconds: u32, frames: u32) -> Option<u32> {
    if seconds >= 60 || frames >= FRAMES {
        return None;
    }
    minutes.checked_mul(60)?.checked_add(seconds)?.checked_mul(FRAMES)?.checked_add(frames)
}

/// Reads `mm:ss:ff`.
pub(crate) fn parse(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let mut next = || parts.next()?.parse::<u32>().ok();
    let (minutes, seconds, count) = (next()?, next()?, next()?);
    if parts.next().is_some() {
        return None;
    }
    frames(minutes, seconds, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        assert_eq!(parse("00:02:00"), Some(150));
        assert_eq!(parse("2:32:74"), Some(11_474));
        for odd in ["", "1:2", "0:60:0", "0:0:75", "1:2:3:4", "99999999:0:0", "-1:0:0"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
