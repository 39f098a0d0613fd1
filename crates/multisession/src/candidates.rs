use sector_io::{Sector, SectorCount};

use crate::{CD_FIRST_GAP, CD_LATER_GAP, CD_RUN_OUT, CD_TRACK_PADDING, START_ALIGNMENT};

/// Where the session behind one at `start` may begin, in an image without table of contents, the likelier
/// places first. `size` is the size that the session states of itself.
///
/// Programs disagree on what that size counts from, the session's start or sector 0, so both are tried:
/// first raw and rounded up to 16 and 32 sectors, as image files and DVD, BD have it, then across the gaps
/// between sessions of a CD, with and without run-out sectors and padding. Only starts behind `start` are
/// listed, each once, at most 22. Whether a session begins there is for a reader of its descriptors to say.
pub fn candidates(start: Sector, size: SectorCount) -> impl Iterator<Item = Sector> {
    let ends = [start.checked_add(size), Some(Sector::new(size.get()))];
    let near = ends.into_iter().flatten().flat_map(|end| {
        [SectorCount::new(1), SectorCount::new(16), START_ALIGNMENT].map(|unit| end.align_up(unit))
    });
    let across = ends.into_iter().flatten().flat_map(|end| {
        [CD_FIRST_GAP, CD_LATER_GAP].into_iter().flat_map(move |gap| {
            [SectorCount::ZERO, CD_TRACK_PADDING].into_iter().flat_map(move |padding| {
                [CD_RUN_OUT, SectorCount::ZERO]
                    .map(|run_out| end.checked_add(padding)?.checked_add(run_out)?.checked_add(gap))
            })
        })
    });
    let mut found: Vec<Sector> = Vec::with_capacity(22);
    for candidate in near.chain(across).flatten() {
        if candidate > start && !found.contains(&candidate) {
            found.push(candidate);
        }
    }
    found.into_iter()
}

/// The places, descending, where the session that wrote `sector` may begin on an overwritable medium:
/// multiples of 16 at or before it, down to sector 0: xorriso and this project begin at multiples of 32, growisofs at others too. With the lowest address that the head's descriptors
/// mention, the first place whose descriptors equal the head's is the start of the newest session.
pub fn starts_at_or_before(sector: Sector) -> impl Iterator<Item = Sector> {
    let unit = 16;
    (0..=sector.get() / unit).rev().map(move |index| Sector::new(index * unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(start: u32, size: u32) -> Vec<u32> {
        candidates(Sector::new(start), SectorCount::new(size)).map(Sector::get).collect()
    }

    #[test]
    fn image_files_and_cds() {
        let first = of(0, 174);
        assert_eq!(first[..3], [174, 176, 192]);
        assert!(first.contains(&(174 + 2 + 11_400)) && first.contains(&(174 + 11_400)));
        assert!(first.contains(&(174 + 150 + 2 + 11_400)));
        // A size that counts from sector 0, and one that counts from the start.
        assert!(of(32, 82).contains(&96));
        assert!(of(176, 174).contains(&352));
        assert!(of(11_576, 174).contains(&(11_576 + 174 + 2 + 6_900)));
    }

    #[test]
    fn downwards_in_steps() {
        let starts: Vec<u32> = starts_at_or_before(Sector::new(99)).map(Sector::get).collect();
        assert_eq!(starts, [96, 80, 64, 48, 32, 16, 0]);
    }

    proptest! {
        #[test]
        fn few_each_once_and_behind(start: u32, size: u32) {
            let found = of(start, size);
            prop_assert!(found.len() <= 22);
            prop_assert!(found.iter().all(|sector| *sector > start));
            let mut once = found.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), found.len());
        }
    }
}
