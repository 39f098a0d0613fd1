use super::rules::{Kept, Limits};
use super::{Dots, NameChanges, NameRules, Relaxations, SourceName, Standing};

/// Translates names by the rules, one after the other, without regard to other names.
pub(super) struct Translator<'r> {
    rules: &'r NameRules,
    limits: Limits,
    characters: Characters<'r>,
    /// The name or directory name that [`translate`](Self::translate) made.
    pub(super) name: Vec<u8>,
    /// The extension that it made.
    pub(super) extension: Vec<u8>,
}

impl<'r> Translator<'r> {
    pub(super) fn new(rules: &'r NameRules) -> Translator<'r> {
        let ascii = std::array::from_fn(|byte| rules.translate_ascii(byte as u8));
        Translator {
            rules,
            limits: rules.limits(),
            characters: Characters { rules, ascii },
            name: Vec::new(),
            extension: Vec::new(),
        }
    }

    pub(super) fn translate(&mut self, source: &SourceName<'_>) -> NameChanges {
        self.name.clear();
        self.extension.clear();
        if let Some(kept) = self.rules.kept(source) {
            return self.keep(kept);
        }
        let source = &self.rules.wanted(source);
        let (name, extension) = self.split(source);
        let mut changes = NameChanges::empty();
        let leading = self.leading_dot_stays(source, name, extension.is_some());
        changes |= self.characters.append(name, Some(leading), &mut self.name);
        if let Some(extension) = extension {
            changes |= self.characters.append(extension, None, &mut self.extension);
        }
        self.refuse_empty_and_dots(source, &mut changes);
        self.shorten(source, &mut changes);
        if extension.is_some_and(<[u8]>::is_empty) && !self.has_dot(source) {
            changes |= NameChanges::DOTS_CHANGED;
        }
        if !source.is_directory && self.rules.has_version() {
            changes |= NameChanges::VERSION_ADDED;
        }
        changes
    }

    /// An identifier as it is recorded.
    fn keep(&mut self, kept: Kept<'_>) -> NameChanges {
        self.name.extend_from_slice(kept.name);
        self.extension.extend_from_slice(kept.extension);
        match kept.ending.contains(&b';') {
            true => NameChanges::VERSION_ADDED,
            false => NameChanges::empty(),
        }
    }

    /// The identifier that the name and extension make.
    pub(super) fn append_identifier(&self, source: &SourceName<'_>, arena: &mut Vec<u8>) {
        arena.extend_from_slice(&self.name);
        if let Some(kept) = self.rules.kept(source) {
            if !self.extension.is_empty() {
                arena.push(b'.');
                arena.extend_from_slice(&self.extension);
            }
            arena.extend_from_slice(kept.ending);
            return;
        }
        if self.has_dot(&self.rules.wanted(source)) {
            arena.push(b'.');
            arena.extend_from_slice(&self.extension);
        }
        if !source.is_directory && self.rules.has_version() {
            arena.extend(b";1");
        }
    }

    fn has_dot(&self, source: &SourceName<'_>) -> bool {
        let is_added = !source.is_directory && !self.rules.relaxations.omit_trailing_dot;
        if self.rules.dots() == Dots::Genisoimage {
            is_added || self.split(source).1.is_some()
        } else if self.rules.dots() == Dots::Libisofs {
            is_added || !self.extension.is_empty()
        } else if source.is_directory {
            !self.extension.is_empty()
        } else if self.rules.is_enhanced() {
            !self.extension.is_empty() || self.split(source).1.is_some()
        } else {
            // Without its last dot a name with others would seem to have an extension.
            let needed = !self.extension.is_empty() || self.name.contains(&b'.');
            needed || is_added
        }
    }

    /// Name, and what follows the dot that divides it from its extension, if there is one. That is the
    /// last dot, but not one at the start that may not stay. Of a directory it is one within the name, if they may have
    /// extensions.
    fn split<'a>(&self, source: &SourceName<'a>) -> (&'a [u8], Option<&'a [u8]>) {
        if self.rules.dots() != Dots::Standard {
            return match self.dividing_dot(source) {
                Some(at) => (&source.name[..at], Some(&source.name[at + 1..])),
                None => (source.name, None),
            };
        }
        let dot = source.name.iter().rposition(|&byte| byte == b'.').filter(|&at| {
            let is_within = at > 0 && at + 1 < source.name.len();
            let has_extension = source.standing == Standing::Identifier;
            let divides_directories = (self.rules.relaxations.allow_directory_extension || has_extension)
                && !self.rules.is_enhanced();
            !source.is_directory || is_within && divides_directories
        });
        let leading_divides = self.rules.relaxations.allow_leading_dot && !self.rules.is_enhanced();
        match dot {
            Some(at) if at > 0 || leading_divides => (&source.name[..at], Some(&source.name[at + 1..])),
            _ => (source.name, None),
        }
    }

    /// The dot that divides a name in images of other programs.
    fn dividing_dot(&self, source: &SourceName<'_>) -> Option<usize> {
        let has_extension =
            self.rules.relaxations.allow_directory_extension || source.standing == Standing::Identifier;
        if source.is_directory && !has_extension {
            return None;
        }
        let last_of = |name: &[u8]| name.iter().rposition(|&byte| byte == b'.');
        let last = last_of(source.name)?;
        let behind = source.name.len() - last - 1;
        if self.rules.dots() == Dots::Genisoimage {
            let at = if behind == 0 { last_of(&source.name[..last]).unwrap_or(last) } else { last };
            return Some(at).filter(|&at| at > 0 || self.rules.relaxations.allow_leading_dot);
        }
        let is_short = self.limits.extension == 3;
        let divides = match (last, behind) {
            (0, 0) => false,
            (0, _) => !is_short || behind <= 3,
            (_, 0) => is_short,
            _ => true,
        };
        divides.then_some(last)
    }

    /// Whether a dot at the start of what stands before the dividing one stays.
    fn leading_dot_stays(&self, source: &SourceName<'_>, name: &[u8], is_divided: bool) -> bool {
        let Relaxations { allow_leading_dot, allow_multiple_dots, allow_directory_extension, .. } =
            self.rules.relaxations;
        match self.rules.dots() {
            Dots::Standard => allow_leading_dot,
            Dots::Genisoimage => allow_leading_dot && allow_multiple_dots,
            // The only one, before too long an extension, does not.
            Dots::Libisofs => {
                let has_none = source.is_directory && !allow_directory_extension;
                let is_another = name.iter().skip(1).any(|&byte| byte == b'.');
                allow_multiple_dots && (has_none || is_divided || is_another)
            }
        }
    }

    /// An identifier has at least one character, and none may be taken for a directory or its parent.
    fn refuse_empty_and_dots(&mut self, source: &SourceName<'_>, changes: &mut NameChanges) {
        if !self.name.iter().chain(&self.extension).all(|&byte| byte == b'.') {
            return;
        }
        if self.name.is_empty() && self.extension.is_empty() {
            self.name.push(b'_');
            *changes |= NameChanges::CHARACTERS_REPLACED;
        } else if !self.has_more_dots(source) {
            self.name.fill(b'_');
            self.extension.fill(b'_');
            *changes |= NameChanges::DOTS_CHANGED;
        }
    }

    /// Other programs record names of three dots and more as they are.
    fn has_more_dots(&self, source: &SourceName<'_>) -> bool {
        let dots = self.name.len() + usize::from(self.has_dot(source)) + self.extension.len();
        self.rules.dots() != Dots::Standard && dots > 2
    }

    /// An extension keeps half of the length that both have together, or what the name leaves; then the
    /// name is cut to the rest.
    fn shorten(&mut self, source: &SourceName<'_>, changes: &mut NameChanges) {
        let (name, extension) = (self.name.len(), self.extension.len());
        let name_room = if source.is_directory && !self.has_dot(source) {
            self.limits.directory
        } else {
            let least = if self.rules.dots() == Dots::Libisofs { 3 } else { self.limits.sum / 2 };
            let room = self.limits.sum.saturating_sub(name).max(least);
            self.extension.truncate(cut(&self.extension, room.min(self.limits.extension)));
            self.limits.name_beside(self.extension.len())
        };
        self.name.truncate(cut(&self.name, name_room));
        if (name, extension) != (self.name.len(), self.extension.len()) {
            *changes |= NameChanges::TRUNCATED;
        }
    }
}

/// Translates characters.
struct Characters<'r> {
    rules: &'r NameRules,
    /// What becomes of each ASCII character but the dot.
    ascii: [(u8, NameChanges); 128],
}

impl Characters<'_> {
    /// Appends a part of a name, character by character. Bytes that are no UTF-8 count as one character
    /// as far as they belong together. `leading` is of the part before the dividing dot: whether a dot at its start stays.
    fn append(&self, part: &[u8], leading: Option<bool>, out: &mut Vec<u8>) -> NameChanges {
        let mut changes = NameChanges::empty();
        let leading = leading.filter(|_| part.starts_with(b"."));
        if let Some(stays) = leading {
            changes |= self.append_dot(stays, out);
        }
        for chunk in part[usize::from(leading.is_some())..].utf8_chunks() {
            for character in chunk.valid().chars() {
                changes |= match self.ascii.get(character as usize) {
                    Some(_) if character == '.' => {
                        self.append_dot(self.rules.relaxations.allow_multiple_dots, out)
                    }
                    Some(&(byte, change)) => {
                        out.push(byte);
                        change
                    }
                    None if self.rules.is_enhanced() => {
                        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                        NameChanges::empty()
                    }
                    None => append_replacement(out),
                };
            }
            if !chunk.invalid().is_empty() {
                changes |= append_replacement(out);
            }
        }
        changes
    }

    fn append_dot(&self, allowed: bool, out: &mut Vec<u8>) -> NameChanges {
        if allowed || self.rules.is_enhanced() {
            out.push(b'.');
            NameChanges::empty()
        } else {
            out.push(b'_');
            NameChanges::DOTS_CHANGED
        }
    }
}

/// Length of the longest start of `text` that has at most `most` bytes and ends with a whole character.
pub(super) fn cut(text: &[u8], most: usize) -> usize {
    if text.len() <= most {
        return text.len();
    }
    let within_character = |at: &usize| text[*at] & 0xC0 == 0x80;
    (0..=most).rev().find(|at| !within_character(at)).unwrap_or(0)
}

fn append_replacement(out: &mut Vec<u8>) -> NameChanges {
    out.push(b'_');
    NameChanges::CHARACTERS_REPLACED
}
