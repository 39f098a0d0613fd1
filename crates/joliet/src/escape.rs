/// UCS-2 level of a Joliet volume (ISO 10646 level, as its escape sequence names it). All three mean the
/// same names in practice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Level {
    /// `%/@`
    One,
    /// `%/C`
    Two,
    /// `%/E`, what is written.
    #[default]
    Three,
}

impl Level {
    /// The escape sequence, without the zeros that fill its field.
    #[must_use]
    pub const fn escape_sequence(self) -> &'static [u8; 3] {
        match self {
            Level::One => b"%/@",
            Level::Two => b"%/C",
            Level::Three => b"%/E",
        }
    }

    /// The level that an escape sequence field (ECMA-119 8.5.6) begins with; `None` if the volume is not
    /// Joliet.
    #[must_use]
    pub fn of(field: &[u8; 32]) -> Option<Level> {
        [Level::One, Level::Two, Level::Three]
            .into_iter()
            .find(|level| field.starts_with(level.escape_sequence()))
    }

    /// The whole field.
    #[must_use]
    pub fn field(self) -> [u8; 32] {
        let mut field = [0; 32];
        field[..3].copy_from_slice(self.escape_sequence());
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_recognised() {
        for level in [Level::One, Level::Two, Level::Three] {
            assert_eq!(Level::of(&level.field()), Some(level));
        }
        assert_eq!(Level::of(&[0; 32]), None);
        assert_eq!(&Level::Three.field()[..4], b"%/E\0");
    }
}
