use bitflags::bitflags;

use super::{SourceName, Standing};

/// Which names a volume may have (ECMA-119 10; the enhanced level is that of ISO 9660:1999).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum InterchangeLevel {
    /// Files: 8 characters, a dot, 3 characters. Directories: 8 characters.
    One,
    /// Files: 30 characters and a dot. Directories: 31 characters.
    Two,
    /// The names of level 2, for files of several sections.
    #[default]
    Three,
    /// 207 bytes of any characters, without version numbers: for the hierarchy of an enhanced volume
    /// descriptor.
    Enhanced,
}

/// Departures from the standard that most readers accept. All are off by default. The enhanced level
/// needs none, and takes no notice of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Relaxations {
    /// Small letters stay as they are.
    pub allow_lower_case: bool,
    /// Dots before the last one stay, and all dots of directories.
    pub allow_multiple_dots: bool,
    /// A dot at the start of a name stays.
    pub allow_leading_dot: bool,
    /// Identifiers of directories have a dot and an extension, like those of files.
    pub allow_directory_extension: bool,
    /// All printable characters of ASCII stay but `/` and `;`. Small letters and dots have their own
    /// options.
    pub allow_full_ascii: bool,
    /// Identifiers have 37 characters, dot included, at any level, and no version number.
    pub allow_37_characters: bool,
    /// Identifiers of files end without `;1`.
    pub omit_version: bool,
    /// Identifiers of files without extension end without a dot.
    pub omit_trailing_dot: bool,
}

impl Relaxations {
    /// The standard to the letter.
    pub const NONE: Relaxations = Relaxations {
        allow_lower_case: false,
        allow_multiple_dots: false,
        allow_leading_dot: false,
        allow_directory_extension: false,
        allow_full_ascii: false,
        allow_37_characters: false,
        omit_version: false,
        omit_trailing_dot: false,
    };
}

/// Which dot of a name divides it from its extension, and which others stay. The enhanced level takes no notice of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Dots {
    /// The last one divides, and one at the start if it may stay.
    #[default]
    Standard,
    /// As in images of genisoimage: a dot at the end divides only where it is the only one, and then always stays. One at
    /// the start stays where it divides, or where several may.
    Genisoimage,
    /// As in images of libisofs: one at the start divides, at level 1 only before an extension of up to 3 characters; one
    /// at the end divides at level 1 only. An extension gives way to the name, but for 3 characters. Directories that may
    /// have an extension are as long as files, without the dot where there is none.
    Libisofs,
}

/// How names become identifiers. The default is interchange level 3 to the letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NameRules {
    /// Lengths and characters.
    pub level: InterchangeLevel,
    /// Departures from these.
    pub relaxations: Relaxations,
    /// What becomes of dots.
    #[cfg_attr(feature = "serde", serde(default))]
    pub dots: Dots,
    /// What is recorded already stays. [`Standing::Identifier`](super::Standing::Identifier) stays to the last byte, whatever
    /// the other rules; and of all that is recorded, two identifiers are the same only if they are so to the last byte.
    #[cfg_attr(feature = "serde", serde(default))]
    pub keep_recorded: bool,
}

/// Longest identifiers, in bytes. The lengths of files are without dot and version number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) directory: usize,
    pub(super) name: usize,
    pub(super) extension: usize,
    pub(super) sum: usize,
}

/// Fewest characters that a name has room for beside its extension when it is made unique.
const UNIQUE_ROOM: usize = 8;

impl Limits {
    /// Most bytes of a name with an extension of `extension` bytes.
    pub(super) fn name_beside(&self, extension: usize) -> usize {
        self.name.min(self.sum.saturating_sub(extension))
    }

    /// Most bytes of an extension whose name gets a number.
    pub(super) fn extension_beside_number(&self) -> usize {
        self.extension.min(self.sum - UNIQUE_ROOM)
    }
}

/// Most bytes of an identifier that stays as it is recorded: beside it the record (ECMA-119 9.1) has room for a continuation
/// entry of Rock Ridge (SUSP 5.1), which the enhanced hierarchy has not.
const MOST_RECORDED: usize = 193;
const MOST_RECORDED_ENHANCED: usize = 221;

impl NameRules {
    /// The default, for what stays as it is recorded.
    pub const RECORDED: NameRules = NameRules {
        level: InterchangeLevel::Three,
        relaxations: Relaxations::NONE,
        dots: Dots::Standard,
        keep_recorded: true,
    };

    /// The rules of an enhanced volume descriptor's hierarchy (ISO 9660:1999).
    pub const ENHANCED: NameRules = NameRules {
        level: InterchangeLevel::Enhanced,
        relaxations: Relaxations::NONE,
        dots: Dots::Standard,
        keep_recorded: true,
    };

    /// Whether an identifier stays as it is recorded.
    fn keeps(&self, source: &SourceName<'_>) -> bool {
        let most = if self.is_enhanced() { MOST_RECORDED_ENHANCED } else { MOST_RECORDED };
        self.keep_recorded && source.standing == Standing::Identifier && source.name.len() <= most
    }

    /// What an identifier that stays is made of.
    pub(super) fn kept<'a>(&self, source: &SourceName<'a>) -> Option<Kept<'a>> {
        let has_ending = !source.is_directory && !self.is_enhanced();
        self.keeps(source).then(|| Kept::of(source.name, has_ending))
    }

    /// The name that wants an identifier, where that which is recorded does not stay: as readers show it.
    pub(super) fn wanted<'a>(&self, source: &SourceName<'a>) -> SourceName<'a> {
        match source.standing {
            Standing::Identifier if !source.is_directory && !self.is_enhanced() && !self.keeps(source) => {
                SourceName { name: split_ending(source.name).0, standing: Standing::Recorded, ..*source }
            }
            _ => *source,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        // libisofs takes directories that may have an extension for files, whose dot counts.
        let is_as_a_file = self.dots() == Dots::Libisofs && self.relaxations.allow_directory_extension;
        let of = |directory, name, extension, sum| {
            let directory = if is_as_a_file { name } else { directory };
            Limits { directory, name, extension, sum }
        };
        match self.level {
            InterchangeLevel::Enhanced => of(207, 206, 206, 206),
            _ if self.relaxations.allow_37_characters => of(37, 36, 36, 36),
            InterchangeLevel::One => of(8, 8, 3, 11),
            InterchangeLevel::Two | InterchangeLevel::Three => of(31, 30, 30, 30),
        }
    }

    pub(super) fn is_enhanced(&self) -> bool {
        self.level == InterchangeLevel::Enhanced
    }

    /// What becomes of dots at this level.
    pub(super) fn dots(&self) -> Dots {
        if self.is_enhanced() { Dots::Standard } else { self.dots }
    }

    pub(super) fn has_version(&self) -> bool {
        let Relaxations { omit_version, allow_37_characters, .. } = self.relaxations;
        !(omit_version || allow_37_characters || self.is_enhanced())
    }

    /// Whether an ASCII character other than the dot may stand in an identifier, as it is.
    pub(super) fn allows(&self, byte: u8) -> bool {
        match byte {
            b'A'..=b'Z' | b'0'..=b'9' | b'_' => true,
            b'/' | b';' => false,
            b'a'..=b'z' => self.is_enhanced() || self.relaxations.allow_lower_case,
            b' '..=b'~' => self.is_enhanced() || self.relaxations.allow_full_ascii,
            _ => false,
        }
    }

    /// What becomes of an ASCII character other than the dot.
    pub(super) fn translate_ascii(&self, byte: u8) -> (u8, NameChanges) {
        if self.allows(byte) {
            (byte, NameChanges::empty())
        } else if byte.is_ascii_lowercase() {
            (byte.to_ascii_uppercase(), NameChanges::CASE_FOLDED)
        } else {
            (b'_', NameChanges::CHARACTERS_REPLACED)
        }
    }
}

/// The parts of an identifier that stays.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept<'a> {
    pub(super) name: &'a [u8],
    pub(super) extension: &'a [u8],
    /// The dot behind a file without extension, and the version number, as far as they are there.
    pub(super) ending: &'a [u8],
}

impl<'a> Kept<'a> {
    fn of(identifier: &'a [u8], has_ending: bool) -> Kept<'a> {
        let (stem, ending) = if has_ending { split_ending(identifier) } else { (identifier, &[][..]) };
        let within = 1..stem.len().saturating_sub(1);
        let dot = stem.iter().rposition(|&byte| byte == b'.').filter(|at| within.contains(at));
        let (name, extension) = dot.map_or((stem, &[][..]), |at| (&stem[..at], &stem[at + 1..]));
        Kept { name, extension, ending }
    }
}

/// A file's identifier as readers show it, and what they leave out at its end: the version number, and the dot of an empty
/// extension (ECMA-119 7.5.1).
fn split_ending(identifier: &[u8]) -> (&[u8], &[u8]) {
    let name = without_version(identifier);
    let stem = name.strip_suffix(b".").filter(|stem| !stem.is_empty()).unwrap_or(name);
    identifier.split_at(stem.len())
}

/// A file's identifier without its version number (ECMA-119 7.5.1).
pub(super) fn without_version(identifier: &[u8]) -> &[u8] {
    let digits = identifier.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let name = identifier[..identifier.len() - digits].strip_suffix(b";").filter(|_| digits > 0);
    name.unwrap_or(identifier)
}

bitflags! {
    /// How an identifier differs from the name it stands for.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct NameChanges: u8 {
        /// Small letters became capital letters.
        const CASE_FOLDED = 0x01;
        /// A version number was added. Readers take it off, so nothing is lost.
        const VERSION_ADDED = 0x02;
        /// Characters became `_`.
        const CHARACTERS_REPLACED = 0x04;
        /// Dots became `_` or were left out.
        const DOTS_CHANGED = 0x08;
        /// The end of the name or of its extension was cut off.
        const TRUNCATED = 0x10;
        /// A number was put at the end of the name, because another one had the same identifier.
        const MADE_UNIQUE = 0x20;
    }
}

impl NameChanges {
    /// Whether a reader of the identifier gets another name than the one it stands for.
    #[must_use]
    pub fn is_loss(self) -> bool {
        !(self - NameChanges::VERSION_ADDED).is_empty()
    }
}
