/// Greatest length of a file section that further sections follow: the most whole blocks that the
/// 32-bit data length can state.
pub const MAX_SECTION_LEN: u32 = 0xFFFF_F800;

/// Lengths of the sections, in bytes, that a file of `len` bytes is recorded in: as few as possible,
/// every one but the last a whole number of blocks. An empty file has one section of length 0. All
/// records but the last carry [`MULTI_EXTENT`](super::FileFlags::MULTI_EXTENT).
#[must_use]
pub fn sections(len: u64) -> Sections {
    Sections { rest: Some(len) }
}

/// Iterator of [`sections`].
#[derive(Clone, Debug)]
pub struct Sections {
    rest: Option<u64>,
}

impl Iterator for Sections {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let rest = self.rest?;
        let most = u64::from(MAX_SECTION_LEN);
        if rest > most {
            self.rest = Some(rest - most);
            Some(MAX_SECTION_LEN)
        } else {
            self.rest = None;
            Some(rest as u32)
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match self.rest {
            None => 0,
            Some(rest) => rest.div_ceil(u64::from(MAX_SECTION_LEN)).max(1),
        };
        let exact = usize::try_from(left).ok();
        (exact.unwrap_or(usize::MAX), exact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_as_possible() {
        let lengths = |len| sections(len).collect::<Vec<_>>();
        assert_eq!(lengths(0), [0]);
        assert_eq!(lengths(1), [1]);
        assert_eq!(lengths(0xFFFF_F800), [0xFFFF_F800]);
        assert_eq!(lengths(0xFFFF_F801), [0xFFFF_F800, 1]);
        assert_eq!(lengths(3 * 0xFFFF_F800), [0xFFFF_F800; 3]);
        assert_eq!(sections(3 * 0xFFFF_F800).size_hint(), (3, Some(3)));
    }
}
