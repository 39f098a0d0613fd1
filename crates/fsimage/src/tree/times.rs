use std::collections::HashMap;
use std::ops::Range;

use iso9660::rock_ridge::TimeStamps;
use iso9660::susp::entries;

use super::journal::cut_map;
use super::{NodeId, Timestamp};

/// The times of an item beside that of its last modification, each where it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Times {
    /// Last access.
    pub access: Option<Timestamp>,
    /// Last change of the attributes: `st_ctime` of POSIX.
    pub attributes: Option<Timestamp>,
    /// Creation.
    pub creation: Option<Timestamp>,
    /// Last backup.
    pub backup: Option<Timestamp>,
    /// From which on the item is obsolete. UDF calls it the time from which on the file may be deleted.
    pub expiration: Option<Timestamp>,
    /// From which on the item is in effect.
    pub effective: Option<Timestamp>,
}

/// Which times of host files are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostTimes {
    /// That of the last modification. The others differ between two copies of one tree.
    #[default]
    Modification,
    /// Those of access, change of attributes and creation as well, as far as the host has them.
    All,
}

impl Times {
    /// The times that are there.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Timestamp> {
        let Times { access, attributes, creation, backup, expiration, effective } = *self;
        [access, attributes, creation, backup, expiration, effective].into_iter().flatten()
    }

    /// The same with no time later than this, but for those of expiration and effect, which are to come.
    pub(super) fn clamped(&self, latest: Timestamp) -> Times {
        let clamp = |time: Option<Timestamp>| time.map(|time| time.min(latest));
        Times {
            access: clamp(self.access),
            attributes: clamp(self.attributes),
            creation: clamp(self.creation),
            backup: clamp(self.backup),
            ..*self
        }
    }

    /// What the `TF` entries that carried entries begin with say. Of a time that is given twice the first counts.
    pub(super) fn of_carried(carried: &[u8]) -> Times {
        let mut found = iso9660::read::Times::default();
        stamps(carried).for_each(|(stamps, _)| found.add(&stamps));
        Times::from(found)
    }
}

impl From<iso9660::read::Times> for Times {
    fn from(times: iso9660::read::Times) -> Times {
        let time = |time: Option<iso9660::read::Timestamp>| {
            time.map(|time| Timestamp { seconds: time.seconds, nanoseconds: time.nanoseconds })
        };
        Times {
            access: time(times.access),
            attributes: time(times.attributes),
            creation: time(times.creation),
            backup: time(times.backup),
            expiration: time(times.expiration),
            effective: time(times.effective),
        }
    }
}

/// The `TF` entries at the beginning that can be read, each with the bytes up to its end.
fn stamps(carried: &[u8]) -> impl Iterator<Item = (TimeStamps, usize)> {
    let mut left = entries(carried);
    std::iter::from_fn(move || {
        let entry = left.next().filter(|entry| entry.signature == TimeStamps::SIGNATURE)?;
        let (_, stamps) = TimeStamps::parse(entry.payload).ok()?;
        Some((stamps, carried.len() - left.rest().len()))
    })
}

/// Bytes of the `TF` entries that carried entries begin with.
pub(crate) fn carried_stamps(carried: &[u8]) -> usize {
    stamps(carried).last().map_or(0, |(_, end)| end)
}

/// The times of those items that have any.
#[derive(Clone, Debug, Default)]
pub(super) struct TimeTable {
    of_host: HashMap<NodeId, [Packed; 3]>,
    /// Those that no host has.
    others: HashMap<NodeId, [Packed; 3]>,
}

/// A time or none in 12 bytes: the halves of the seconds, and the nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packed([u32; 3]);

impl Packed {
    const NONE: Packed = Packed([0, 0, u32::MAX]);

    pub(super) fn new(time: Option<Timestamp>) -> Packed {
        let Some(Timestamp { seconds, nanoseconds }) = time else { return Packed::NONE };
        Packed([(seconds >> 32) as u32, seconds as u32, nanoseconds.min(999_999_999)])
    }

    pub(super) fn get(self) -> Option<Timestamp> {
        let Packed([high, low, nanoseconds]) = self;
        let seconds = i64::from(high as i32) << 32 | i64::from(low);
        (self != Packed::NONE).then_some(Timestamp { seconds, nanoseconds })
    }
}

impl TimeTable {
    pub(super) fn get(&self, node: NodeId) -> Times {
        // Most trees have none.
        let find = |table: &HashMap<NodeId, [Packed; 3]>| match table.is_empty() {
            true => [None; 3],
            false => table.get(&node).map_or([None; 3], |times| times.map(Packed::get)),
        };
        let [access, attributes, creation] = find(&self.of_host);
        let [backup, expiration, effective] = find(&self.others);
        Times { access, attributes, creation, backup, expiration, effective }
    }

    pub(super) fn has(&self, node: NodeId) -> bool {
        self.of_host.contains_key(&node) || self.others.contains_key(&node)
    }

    pub(super) fn set(&mut self, node: NodeId, times: &Times) {
        let Times { access, attributes, creation, backup, expiration, effective } = *times;
        for (table, times) in [
            (&mut self.of_host, [access, attributes, creation]),
            (&mut self.others, [backup, expiration, effective]),
        ] {
            let times = times.map(Packed::new);
            if times != [Packed::NONE; 3] {
                table.insert(node, times);
            } else if !table.is_empty() {
                table.remove(&node);
            }
        }
    }

    /// The items that have any, in no order.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeId> {
        let others = self.others.keys().filter(|node| !self.of_host.contains_key(node));
        self.of_host.keys().chain(others).copied()
    }

    /// Takes away those of items that are gone.
    pub(super) fn cut(&mut self, nodes: Range<u32>) {
        cut_map(&mut self.of_host, nodes.clone(), NodeId);
        cut_map(&mut self.others, nodes, NodeId);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time() -> impl Strategy<Value = Option<Timestamp>> {
        let time = (any::<i64>(), 0u32..1_000_000_000)
            .prop_map(|(seconds, nanoseconds)| Timestamp { seconds, nanoseconds });
        prop::option::of(time)
    }

    proptest! {
        #[test]
        fn what_is_set_is_there(given in prop::collection::vec((0u32..5, [time(), time(), time(), time(), time(), time()]), 0..20)) {
            let mut table = TimeTable::default();
            let mut expected = std::collections::BTreeMap::new();
            for (node, [access, attributes, creation, backup, expiration, effective]) in given {
                let times = Times { access, attributes, creation, backup, expiration, effective };
                table.set(NodeId(node), &times);
                expected.insert(node, times);
            }
            for node in 0..5 {
                let expected = expected.get(&node).copied().unwrap_or_default();
                prop_assert_eq!(table.get(NodeId(node)), expected);
                prop_assert_eq!(table.has(NodeId(node)), expected != Times::default());
            }
        }

        #[test]
        fn any_carried_entries(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = Times::of_carried(&bytes);
            prop_assert!(carried_stamps(&bytes) <= bytes.len());
        }
    }

    #[test]
    fn clamping_leaves_what_is_to_come() {
        let (early, late) = (Some(Timestamp::from_unix(5)), Some(Timestamp::from_unix(15)));
        let times =
            Times { access: late, attributes: early, backup: late, expiration: late, ..Times::default() };
        let ten = Some(Timestamp::from_unix(10));
        let clamped = times.clamped(Timestamp::from_unix(10));
        assert_eq!(clamped, Times { access: ten, backup: ten, ..times });
    }
}
