//! Directories that were read, the last ones: a look at each item of one reads it once.

use std::sync::{Arc, Mutex, PoisonError};

use super::told::Told;
use super::{MountWarning, Tell, inode};
use crate::disc::impossible_name;
use crate::{Image, ImageEntry};

/// Items of directories that are kept; of a greater one, that one alone.
const MOST: usize = 1 << 17;

/// Bytes of a name that the kernel takes.
const LONGEST_NAME: usize = 1024;

/// What can be shown of a directory.
#[derive(Debug)]
pub(super) struct Listing {
    directory: Arc<ImageEntry>,
    /// In the order of their names, each once.
    pub(super) entries: Vec<Arc<ImageEntry>>,
    /// Whether something is lost.
    pub(super) is_damaged: bool,
}

impl Listing {
    /// The place of a name.
    pub(super) fn find(&self, name: &[u8]) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.name.as_slice().cmp(name)).ok()
    }

    /// The number of the item at a place.
    pub(super) fn number(&self, place: usize) -> Option<u64> {
        self.entries.get(place).map(|entry| inode::number(&self.directory, place, entry))
    }
}

#[derive(Default)]
pub(super) struct Listings {
    /// With their numbers, that used last at the end.
    kept: Mutex<Vec<(u64, Arc<Listing>)>>,
    /// Directories of which was told.
    told: Told,
}

impl Listings {
    fn kept(&self, number: u64) -> Option<Arc<Listing>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(of, _)| *of == number)?;
        let found = kept.remove(at);
        kept.push(found.clone());
        Some(found.1)
    }

    fn keep(&self, number: u64, listing: &Arc<Listing>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((number, listing.clone()));
        let size = |listing: &Listing| listing.entries.len() + 1;
        let mut items: usize = kept.iter().map(|(_, listing)| size(listing)).sum();
        while items > MOST && kept.len() > 1 {
            items -= size(&kept.remove(0).1);
        }
    }

    /// A directory by its number. `image` is locked by whoever reads structures.
    pub(super) fn get(
        &self,
        image: &Mutex<Image>,
        number: u64,
        directory: &Arc<ImageEntry>,
        path: &dyn Fn() -> String,
        tell: &Tell,
    ) -> Arc<Listing> {
        if let Some(kept) = self.kept(number) {
            return kept;
        }
        let image = image.lock().unwrap_or_else(PoisonError::into_inner);
        // Another may have waited for the same.
        if let Some(kept) = self.kept(number) {
            return kept;
        }
        let (entries, lost) = image.read_dir_readable(directory);
        let mut warnings = Vec::new();
        let mut shown: Vec<Arc<ImageEntry>> = Vec::with_capacity(entries.len());
        for entry in entries {
            let is_doubled = shown.last().is_some_and(|last| last.name == entry.name);
            let reason = impossible_name(&entry.name)
                .or_else(|| (entry.name.len() > LONGEST_NAME).then_some("the name is too long"))
                .or_else(|| is_doubled.then_some("the directory has this name twice"));
            let path = || {
                let name = String::from_utf8_lossy(&entry.name);
                format!("{}/{name}", path().trim_end_matches('/'))
            };
            match reason {
                Some(reason) => warnings.push(MountWarning::LeftOut { path: path(), reason }),
                None => {
                    if entry.has_damaged_acl() {
                        warnings.push(MountWarning::OwnerOnly { path: path() });
                    }
                    shown.push(Arc::new(entry));
                }
            }
        }
        let is_damaged = lost.is_some();
        warnings.extend(lost.map(|reason| MountWarning::DirectoryDamaged { path: path(), reason }));
        let listing = Arc::new(Listing { directory: directory.clone(), entries: shown, is_damaged });
        self.keep(number, &listing);
        // Whoever is told may look at the mount.
        drop(image);
        if !warnings.is_empty() && self.told.is_first(number) {
            warnings.into_iter().for_each(tell);
        }
        listing
    }
}
