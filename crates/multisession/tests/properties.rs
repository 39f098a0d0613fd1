//! What holds for every medium: no old session is touched, starts are aligned, nothing passes the end.
#![allow(clippy::unwrap_used)]

use fsimage_multisession::{
    Growth, HEAD_SECTORS, Head, Medium, REPLACED_CLUSTERS, Session, SessionTable, next_session,
};
use proptest::prelude::*;
use sector_io::{Sector, SectorCount};

/// Sessions one behind the other, with gaps; the first may start at 0, 32 or anywhere.
fn tables() -> impl Strategy<Value = SessionTable> {
    let first = prop_oneof![Just(0u32), Just(32), 0..100_000u32];
    (first, prop::collection::vec((1..200_000u32, 0..20_000u32), 0..12)).prop_map(|(first, sessions)| {
        let mut start = first;
        let sessions = sessions.into_iter().enumerate().map(|(index, (len, gap))| {
            let end = start + len;
            let number = u16::try_from(index + 1).unwrap();
            let session = Session { number, start: Sector::new(start), end: Some(Sector::new(end)) };
            start = end + gap;
            session
        });
        SessionTable::new(sessions.collect::<Vec<_>>()).unwrap()
    })
}

fn media() -> impl Strategy<Value = Medium> {
    let growth = prop_oneof![
        any::<u32>().prop_map(|sector| Growth::Sequential { next_writable: Sector::new(sector) }),
        (0..3_000_000u32).prop_map(|sector| Growth::Sequential { next_writable: Sector::new(sector) }),
        Just(Growth::Overwritable),
        Just(Growth::Overwritable),
        (0..3_000_000u32, prop::option::of(0..9u32)).prop_map(|(sector, replacements)| {
            Growth::PseudoOverwrite { next_writable: Sector::new(sector), replacements }
        }),
        Just(Growth::Closed),
    ];
    let unit = prop_oneof![Just(1u32), Just(16), Just(32)];
    let capacity = prop::option::of(prop_oneof![0..4_000_000u32, any::<u32>()]);
    let padding = prop_oneof![Just(0u32), Just(150)];
    (growth, unit, capacity, padding, tables()).prop_map(|(growth, unit, capacity, padding, sessions)| {
        Medium {
            growth,
            write_unit: SectorCount::new(unit),
            capacity: capacity.map(SectorCount::new),
            end_padding: SectorCount::new(padding),
            sessions,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_next_session_harms_nothing(
        medium in media(),
        image_end in prop::option::of(any::<u32>()),
        data in 1..1_000_000u32,
    ) {
        let image_end = image_end.map(Sector::new);
        let Ok(next) = next_session(&medium, image_end) else { return Ok(()) };
        let lowest = next.head_copy.unwrap_or(next.start);

        for session in &medium.sessions {
            // With pseudo-overwrite the drive alone says where they end.
            let end = match medium.growth {
                Growth::PseudoOverwrite { .. } => session.start.checked_add(HEAD_SECTORS),
                _ => session.end,
            };
            prop_assert!(lowest >= end.unwrap(), "overlaps session {}", session.number);
        }
        match medium.growth {
            Growth::Sequential { next_writable } => {
                prop_assert_eq!((next.start, next.head, next.head_copy), (next_writable, Head::None, None));
            }
            Growth::Overwritable => {
                prop_assert_eq!(next.start.get() % 32, 0);
                prop_assert!(lowest.get() >= 32, "the head is overwritten");
                if let Some(end) = image_end {
                    prop_assert!(lowest >= end);
                }
                prop_assert_eq!(next.head, Head::Rewrite);
                if let Some(copy) = next.head_copy {
                    prop_assert_eq!(copy.checked_add(HEAD_SECTORS), Some(next.start));
                }
            }
            Growth::PseudoOverwrite { next_writable, replacements } => {
                prop_assert_eq!(next.start.get() % 32, 0);
                prop_assert!(lowest >= next_writable.max(Sector::new(32)));
                prop_assert_eq!(next.head, Head::Rewrite);
                prop_assert!(replacements.is_none_or(|left| left >= REPLACED_CLUSTERS));
                let is_on_blank = medium.sessions.is_empty() && next_writable <= Sector::new(32);
                prop_assert_eq!(next.head_copy.is_none(), is_on_blank);
            }
            Growth::Closed => prop_assert!(false, "a closed medium grows"),
        }

        let data = SectorCount::new(data);
        if let Ok(len) = next.len_with_padding(data) {
            prop_assert_eq!(len.get() % medium.write_unit.get(), 0);
            prop_assert!(len.get() >= data.get() + medium.end_padding.get());
            prop_assert!(len.get() < data.get() + medium.end_padding.get() + medium.write_unit.get());
            let end = next.start.checked_add(len).unwrap();
            if let Some(capacity) = medium.capacity {
                prop_assert!(end.get() <= capacity.get());
            }
        } else if let Some(available) = next.available {
            prop_assert!(data > available);
        }
        if let Some(available) = next.available {
            prop_assert!(next.len_with_padding(available).is_ok());
            prop_assert!(next.len_with_padding(SectorCount::new(available.get() + 1)).is_err());
        }
    }

    #[test]
    fn an_overwritable_medium_grows_session_by_session(lengths in prop::collection::vec(1..5_000u32, 1..20)) {
        let mut sessions: Vec<Session> = Vec::new();
        for (index, len) in lengths.into_iter().enumerate() {
            let medium = Medium::image_file(SessionTable::new(sessions.clone()).unwrap());
            let next = next_session(&medium, None).unwrap();
            prop_assert_eq!(next.head_copy, None, "a medium grown from blank needs no copies");
            let end = next.start.checked_add(next.len_with_padding(SectorCount::new(len)).unwrap());
            sessions.push(Session { number: u16::try_from(index + 1).unwrap(), start: next.start, end });
        }
        prop_assert_eq!(sessions[0].start, Sector::new(32));
    }
}
