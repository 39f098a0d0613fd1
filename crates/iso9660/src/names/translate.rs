use super::rules::Limits;
use super::{NameChanges, NameRules, SourceName, Standing};

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
        let (name, extension) = self.split(source);
        let mut changes = NameChanges::empty();
        self.name.clear();
        self.extension.clear();
        changes |= self.characters.append(name, true, &mut self.name);
        if let Some(extension) = extension {
            changes |= self.characters.append(extension, false, &mut self.extension);
        }
        self.refuse_empty_and_dots(&mut changes);
        self.shorten(source.is_directory, &mut changes);
        if extension.is_some_and(<[u8]>::is_empty) && !self.has_dot(source) {
            changes |= NameChanges::DOTS_CHANGED;
        }
        if !source.is_directory && self.rules.has_version() {
            changes |= NameChanges::VERSION_ADDED;
        }
        changes
    }

    /// The identifier that the name and extension make.
    pub(super) fn append_identifier(&self, source: &SourceName<'_>, arena: &mut Vec<u8>) {
        arena.extend_from_slice(&self.name);
        if self.has_dot(source) {
            arena.push(b'.');
            arena.extend_from_slice(&self.extension);
        }
        if !source.is_directory && self.rules.has_version() {
            arena.extend(b";1");
        }
    }

    fn has_dot(&self, source: &SourceName<'_>) -> bool {
        if source.is_directory {
            !self.extension.is_empty()
        } else if self.rules.is_enhanced() {
            !self.extension.is_empty() || self.split(source).1.is_some()
        } else {
            // Without its last dot a name with others would seem to have an extension.
            let needed = !self.extension.is_empty() || self.name.contains(&b'.');
            needed || !self.rules.relaxations.omit_trailing_dot
        }
    }

    /// Name, and what follows the dot that divides it from its extension, if there is one. That is the
    /// last dot, but not one at the start that may not stay. Of a directory it is one within the name, if they may have
    /// extensions.
    fn split<'a>(&self, source: &SourceName<'a>) -> (&'a [u8], Option<&'a [u8]>) {
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

    /// An identifier has at least one character, and none may be taken for a directory or its parent.
    fn refuse_empty_and_dots(&mut self, changes: &mut NameChanges) {
        if !self.extension.is_empty() {
            return;
        }
        if self.name.is_empty() {
            self.name.push(b'_');
            *changes |= NameChanges::CHARACTERS_REPLACED;
        } else if self.name.iter().all(|&byte| byte == b'.') {
            self.name.fill(b'_');
            *changes |= NameChanges::DOTS_CHANGED;
        }
    }

    /// An extension keeps half of the length that both have together, or what the name leaves; then the
    /// name is cut to the rest.
    fn shorten(&mut self, is_directory: bool, changes: &mut NameChanges) {
        let (name, extension) = (self.name.len(), self.extension.len());
        let name_room = if is_directory && extension == 0 {
            self.limits.directory
        } else {
            let room = self.limits.sum.saturating_sub(name).max(self.limits.sum / 2);
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
    /// as far as they belong together.
    fn append(&self, part: &[u8], is_start: bool, out: &mut Vec<u8>) -> NameChanges {
        let mut changes = NameChanges::empty();
        let leading_dot = is_start && part.starts_with(b".");
        if leading_dot {
            changes |= self.append_dot(self.rules.relaxations.allow_leading_dot, out);
        }
        for chunk in part[usize::from(leading_dot)..].utf8_chunks() {
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
