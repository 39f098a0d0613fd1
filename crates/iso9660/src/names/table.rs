use std::hash::{BuildHasher, Hasher, RandomState};

/// Which name has an identifier: a hash table of indices into names whose identifiers are kept elsewhere.
///
/// The hash is seeded at random, so that no choice of names makes it slow; what is found does not depend
/// on the seed.
pub(super) struct IdentifierTable {
    seed: RandomState,
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    /// Index of the name; [`FREE`] for none.
    index: u32,
}

const FREE: u32 = u32::MAX;

/// Most names that a table tells apart.
pub(super) const MAX_NAMES: usize = FREE as usize;

impl IdentifierTable {
    /// An empty table with room for `names` names.
    pub(super) fn with_capacity(names: usize) -> IdentifierTable {
        let slots = (names.saturating_mul(4) / 3 + 1).next_power_of_two().max(4);
        let free = Slot { hash: 0, index: FREE };
        IdentifierTable { seed: RandomState::new(), slots: vec![free; slots], used: 0 }
    }

    /// The entry of `identifier`, which may be free. Identifiers that differ only in the case of ASCII
    /// letters are equal. `identifier_of` gives the identifier of an index in the table.
    pub(super) fn entry<'a>(
        &mut self,
        identifier: &[u8],
        identifier_of: impl Fn(u32) -> &'a [u8],
    ) -> IdentifierEntry<'_> {
        if self.used >= self.slots.len() / 4 * 3 {
            self.grow();
        }
        let hash = self.hash(identifier);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            let found = slot.index != FREE
                && slot.hash == hash
                && identifier_of(slot.index).eq_ignore_ascii_case(identifier);
            if slot.index == FREE || found {
                let slot = &mut self.slots[at];
                return IdentifierEntry { hash, slot, used: &mut self.used };
            }
            at = (at + 1) & mask;
        }
    }

    fn hash(&self, identifier: &[u8]) -> u32 {
        let mut hasher = self.seed.build_hasher();
        let mut folded = [0; 16];
        for piece in identifier.chunks(folded.len()) {
            for (to, from) in folded.iter_mut().zip(piece) {
                *to = from.to_ascii_uppercase();
            }
            hasher.write(&folded[..piece.len()]);
        }
        hasher.finish() as u32
    }

    fn grow(&mut self) {
        let free = Slot { hash: 0, index: FREE };
        let larger = vec![free; self.slots.len() * 2];
        let mask = larger.len() - 1;
        for slot in std::mem::replace(&mut self.slots, larger) {
            if slot.index == FREE {
                continue;
            }
            let mut at = slot.hash as usize & mask;
            while self.slots[at].index != FREE {
                at = (at + 1) & mask;
            }
            self.slots[at] = slot;
        }
    }
}

/// Place of one identifier in the table.
pub(super) struct IdentifierEntry<'t> {
    hash: u32,
    slot: &'t mut Slot,
    used: &'t mut usize,
}

impl IdentifierEntry<'_> {
    /// Index of the name that has the identifier.
    pub(super) fn index(&self) -> Option<u32> {
        (self.slot.index != FREE).then_some(self.slot.index)
    }

    /// Gives the identifier to the name `index`.
    pub(super) fn set(self, index: u32) {
        *self.used += usize::from(self.slot.index == FREE);
        *self.slot = Slot { hash: self.hash, index };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_finds_without_regard_to_case() {
        let names: Vec<String> = (0..1000).map(|number| format!("name{number}")).collect();
        let mut table = IdentifierTable::with_capacity(0);
        for round in 0..2 {
            for (index, name) in names.iter().enumerate() {
                let name = if round == 1 { name.to_uppercase() } else { name.clone() };
                let entry = table.entry(name.as_bytes(), |index| names[index as usize].as_bytes());
                assert_eq!(entry.index(), (round == 1).then_some(index as u32));
                entry.set(index as u32);
            }
        }
        assert_eq!(table.used, 1000);
    }
}
