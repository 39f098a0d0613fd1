use std::sync::{Arc, Mutex, PoisonError};

use super::Listing;
use crate::Result;

/// Listings of large folders whose records several parts of the catalog have. Each part begins anew within its folder,
/// which would have to be listed and sorted as often as it has parts.
#[derive(Default)]
pub(super) struct Listings(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// With the places of their folders; the one used last comes last.
    kept: Vec<(usize, Arc<Listing>)>,
    /// Items of all listings that were made.
    #[cfg(test)]
    items: usize,
}

impl Listings {
    /// Folders with fewer items are listed again for less than making a part of the catalog takes.
    const FEWEST_ITEMS: usize = 1024;
    /// A part may need that of a folder and that of a folder in it, and several threads make parts.
    const MOST: usize = 4;

    /// That of the folder of that place, which `make` makes where it is not kept.
    pub(super) fn get(&self, place: usize, make: impl FnOnce() -> Result<Listing>) -> Result<Arc<Listing>> {
        if let Some(listing) = self.find(place) {
            return Ok(listing);
        }
        // Others may go on meanwhile.
        let listing = Arc::new(make()?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        #[cfg(test)]
        {
            all.items += listing.members.len();
        }
        if listing.members.len() >= Self::FEWEST_ITEMS && all.kept.iter().all(|(kept, _)| *kept != place) {
            if all.kept.len() == Self::MOST {
                all.kept.remove(0);
            }
            all.kept.push((place, listing.clone()));
        }
        Ok(listing)
    }

    fn find(&self, place: usize) -> Option<Arc<Listing>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.kept.iter().position(|(kept, _)| *kept == place)?;
        all.kept[at..].rotate_left(1);
        all.kept.last().map(|(_, listing)| listing.clone())
    }

    /// Nothing is left of that folder for other parts.
    pub(super) fn release(&self, place: usize) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.kept.retain(|(kept, _)| *kept != place);
    }
}

#[cfg(test)]
mod tests {
    use sector_io::Sector;

    use super::super::{DataAddresses, HfsPlusView};
    use crate::plan::PlanOptions;
    use crate::tree::{ContentId, Item, ItemOptions, Tree};
    use crate::view::ContentAddresses;

    struct Nowhere;

    impl ContentAddresses for Nowhere {
        fn start_of(&self, _: ContentId) -> Option<Sector> {
            None
        }
    }

    /// Listing a folder sorts its names: once for each part of the catalog, it would take the square of their number.
    #[test]
    fn a_large_folder_is_listed_a_few_times() {
        let mut tree = Tree::new();
        for number in 0..12_000 {
            let path = format!("/large/file {number}");
            tree.add(path, Item::Bytes((*b"x").into()), &ItemOptions::default()).unwrap();
        }
        let view = HfsPlusView::new(&tree, &PlanOptions::default(), &[]).unwrap();
        let parts: Vec<u32> = view.leaf_parts().map(|(from, _)| from).collect();
        assert!(parts.len() > 12, "{} parts", parts.len());
        let addresses = DataAddresses { contents: &Nowhere, volume: Sector::ZERO, links: 0 };
        for from in parts {
            let mut out = Vec::new();
            view.append_leaves(&tree, from, addresses, &mut out).unwrap();
        }
        let all = view.listings.0.lock().unwrap();
        // Twice for the sizes and twice for the leaves: for the records of the items, and for their thread records.
        assert!(all.items < 5 * 12_000, "{} items", all.items);
        assert!(all.kept.is_empty());
    }
}
