//! What a command that adds a session says of it.

use fsimage::{BootLoss, ClosedTracks, LayoutPlan};
use serde_json::{Map, Value, json};

use super::Context;
use crate::sources::Added;

/// What was taken, and what was not.
pub(super) struct Told<'a> {
    /// The session that the new one continues.
    pub(super) session: Option<u16>,
    /// Sessions that are there before it, continued or not.
    pub(super) earlier: usize,
    /// What of it is not kept, in words.
    pub(super) warnings: Vec<String>,
    /// What of its boot set-up is not kept.
    pub(super) lost: &'a [BootLoss],
    /// What became of the sources.
    pub(super) added: &'a Added,
    /// The reserved tracks that were closed before it.
    pub(super) closed: ClosedTracks,
}

impl Told<'_> {
    /// Which session it is.
    pub(super) fn behind(&self) -> String {
        match (self.session, self.earlier) {
            (Some(number), _) => format!("session behind session {number}"),
            (None, 0) => "first session".to_owned(),
            (None, earlier) => format!("session {}, without what those before it hold", earlier + 1),
        }
    }

    /// What will not be as it was, before anything is written.
    pub(super) fn tell(&self, plan: &LayoutPlan<'_>, context: &Context) {
        context.tell_lost(self.lost);
        context.tell_added(self.added);
        context.tell_notices(plan);
    }

    /// For machines.
    pub(super) fn summary(&self, plan: &LayoutPlan<'_>, context: &Context) -> Map<String, Value> {
        let len = plan.extent().len;
        let mut summary = Map::new();
        for (name, value) in [
            ("sectors", len.get().into()),
            ("bytes", len.bytes().into()),
            ("imported_session", json!(self.session)),
            ("import_warnings", json!(self.warnings)),
            ("boot_losses", super::told(self.lost).into()),
            ("restored", json!(*context.restored.borrow())),
            ("left_out", self.added.left_out().into()),
            ("closed_tracks", json!(self.closed)),
            ("unmatched_excludes", json!(self.added.unmatched)),
            ("changes", plan.notice_counts().total().into()),
        ] {
            summary.insert(name.to_owned(), value);
        }
        if let Some(digests) = plan.recorded_digests() {
            summary.insert("digests".to_owned(), json!(digests));
        }
        if let Some(md5) = plan.recorded_md5() {
            summary.insert("md5".to_owned(), json!(md5));
        }
        summary
    }
}
