use super::translate::Translator;
use super::{NameRules, SourceName};

/// Tells whether identifiers are those that the rules give their names, as long as no other name wants the same.
pub struct IdentifierCheck<'r> {
    translator: Translator<'r>,
    /// Whether the rules are those that most images keep to.
    are_default: bool,
    made: Vec<u8>,
}

impl<'r> IdentifierCheck<'r> {
    /// By these rules.
    #[must_use]
    pub fn new(rules: &'r NameRules) -> IdentifierCheck<'r> {
        let are_default = NameRules { keep_recorded: false, ..*rules } == NameRules::default();
        IdentifierCheck { translator: Translator::new(rules), are_default, made: Vec::new() }
    }

    /// Whether the identifier is that of the name.
    pub fn fits(&mut self, source: &SourceName<'_>, identifier: &[u8]) -> bool {
        if self.are_default && is_folded(source, identifier) {
            return true;
        }
        self.made.clear();
        self.translator.translate(source);
        self.translator.append_identifier(source, &mut self.made);
        self.made == identifier
    }
}

/// What the default rules make of each byte; 0 for what is no ASCII character.
const FOLDED: [u8; 256] = {
    let mut folded = [b'_'; 256];
    let mut byte = 0;
    while byte < 256 {
        let own = byte as u8;
        if own.is_ascii_alphanumeric() || own == b'.' {
            folded[byte] = own.to_ascii_uppercase();
        } else if !own.is_ascii() {
            folded[byte] = 0;
        }
        byte += 1;
    }
    folded
};

/// Whether the identifier is by the default rules that of a name of ASCII characters which is not too long and has one dot
/// at most: true for most names, and cheap. What it is not sure of it denies.
fn is_folded(source: &SourceName<'_>, identifier: &[u8]) -> bool {
    const MOST: usize = 30;
    let dots = source.name.iter().filter(|&&byte| byte == b'.').count();
    let stem = match (source.is_directory, dots) {
        (true, 0) => Some(identifier),
        (false, 0) => identifier.strip_suffix(b".;1"),
        (false, 1) if !source.name.starts_with(b".") => identifier.strip_suffix(b";1"),
        _ => None,
    };
    stem.is_some_and(|stem| {
        (1..=MOST + dots).contains(&stem.len())
            && stem.len() == source.name.len()
            && stem
                .iter()
                .zip(source.name)
                .all(|(&byte, &name)| byte == FOLDED[usize::from(name)] && byte != 0)
    })
}
