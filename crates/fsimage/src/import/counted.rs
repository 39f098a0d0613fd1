//! What may be so of many items: the first is named, all are counted.

use super::ImportWarning;

#[derive(Debug, Default)]
pub(super) struct Counted(Option<(String, u64)>);

impl Counted {
    /// Counts an item; its path is made of the first alone.
    pub(super) fn add(&mut self, path: impl FnOnce() -> String) {
        let (_, items) = self.0.get_or_insert_with(|| (path(), 0));
        *items += 1;
    }

    /// The warning of the path of the first and the number of all, if there are any.
    pub(super) fn told(&self, warning: impl FnOnce(String, u64) -> ImportWarning) -> Option<ImportWarning> {
        self.0.clone().map(|(path, items)| warning(path, items))
    }
}
