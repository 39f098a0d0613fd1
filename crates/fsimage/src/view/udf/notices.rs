use udf::write::{IdentifierChanges, Identifiers, SymlinkData, record_identifiers};

use super::{Member, StreamSet, UdfView, entries};
use crate::Result;
use crate::plan::{Notice, NoticeCounts};
use crate::tree::{FileSystem, NodeId, NodeKind, Tree};

/// A notice before its words are needed.
enum Remark {
    Renamed(usize, NodeId),
    Dropped(NodeId),
    TargetChanged(NodeId, String),
    TimeClamped(NodeId),
    StreamsDropped(NodeId, u64),
    AclDropped(NodeId),
    RealTimeDropped(NodeId),
    ShownEncoded(NodeId),
}

/// The names that the items of one directory had.
enum NamesBefore {
    /// They are made again of the same names.
    Same,
    /// With the place among these of each that is shown.
    Of(Identifiers, Vec<Option<usize>>),
    Unknown,
}

impl UdfView {
    /// Counts what of a directory cannot be kept as it is.
    pub(super) fn remark(&mut self, tree: &Tree, place: usize, identifiers: &Identifiers) {
        let mut counts = self.counts;
        let mut specials = 0;
        self.tell(tree, place, identifiers, &mut specials, &mut |remark, is_as_before| match remark {
            _ if is_as_before => counts.as_before += 1,
            Remark::Renamed(..) => counts.renamed += 1,
            Remark::Dropped(_) => counts.dropped += 1,
            Remark::TargetChanged(..) => counts.target_changed += 1,
            Remark::TimeClamped(_) => counts.time_clamped += 1,
            Remark::StreamsDropped(..) => counts.streams_dropped += 1,
            Remark::AclDropped(_) => counts.acl_dropped += 1,
            Remark::RealTimeDropped(_) => counts.real_time_dropped += 1,
            Remark::ShownEncoded(_) => counts.shown_encoded += 1,
        });
        counts.udf_specials += specials;
        self.counts = counts;
    }

    /// Tells what of a directory cannot be kept as it is; and whether the imported session has the same.
    fn tell(
        &self,
        tree: &Tree,
        place: usize,
        identifiers: &Identifiers,
        specials: &mut u64,
        tell: &mut dyn FnMut(Remark, bool),
    ) {
        let mut names = None;
        self.tell_all(tree, place, identifiers, specials, &mut |remark| {
            let is_as_before = self.is_as_before(tree, place, identifiers, &remark, &mut names);
            tell(remark, is_as_before);
        });
    }

    fn is_as_before(
        &self,
        tree: &Tree,
        place: usize,
        identifiers: &Identifiers,
        remark: &Remark,
        names: &mut Option<NamesBefore>,
    ) -> bool {
        if !self.knows_before {
            return false;
        }
        match remark {
            Remark::Renamed(index, node) => {
                let find = || self.names_before(tree, place);
                // A number may have been another while there were other names to tell it from.
                let may_differ = || {
                    let directory = self.directory_id(tree, place);
                    directory.is_some_and(|directory| tree.may_miss_items(directory))
                        && identifiers.changes(*index).contains(IdentifierChanges::MADE_UNIQUE)
                };
                tree.is_in_place(*node)
                    && !may_differ()
                    && match names.get_or_insert_with(find) {
                        NamesBefore::Same => true,
                        NamesBefore::Unknown => false,
                        NamesBefore::Of(recorded, places) => places[*index]
                            .is_some_and(|place| recorded.shown(place) == identifiers.shown(*index)),
                    }
            }
            Remark::TargetChanged(node, _) => tree.is_imported(*node),
            Remark::TimeClamped(node) => tree.has_imported_times(*node),
            Remark::StreamsDropped(node, _) | Remark::AclDropped(node) => tree.has_imported_list(*node),
            Remark::ShownEncoded(node) => {
                let is_imported = |content| tree.content(content).is_imported();
                matches!(tree.kind(*node), NodeKind::File(content) if is_imported(content))
            }
            // What is to be shown of links and devices, and told of files, may have been otherwise.
            Remark::Dropped(_) | Remark::RealTimeDropped(_) => false,
        }
    }

    /// The names that the items of a directory had, as far as they are where the imported session has them.
    fn names_before(&self, tree: &Tree, place: usize) -> NamesBefore {
        let Some(directory) = self.directory_id(tree, place) else { return NamesBefore::Same };
        let mut names = Vec::new();
        let mut places = Vec::new();
        for child in tree.children(directory).filter(|&child| self.member(tree, child).is_some()) {
            let is_in_place = tree.is_in_place(child);
            places.push(is_in_place.then_some(names.len()));
            names.extend(is_in_place.then(|| tree.name_in(child, FileSystem::Udf)));
        }
        if names.len() == places.len() {
            return NamesBefore::Same;
        }
        match record_identifiers(names.into_iter()) {
            Ok(recorded) => NamesBefore::Of(recorded, places),
            Err(_) => NamesBefore::Unknown,
        }
    }

    fn tell_all(
        &self,
        tree: &Tree,
        place: usize,
        identifiers: &Identifiers,
        specials: &mut u64,
        tell: &mut dyn FnMut(Remark),
    ) {
        let Some(directory) = self.directory_id(tree, place) else { return };
        if entries::clamped_time(tree, self.directories[place].node).is_some() {
            tell(Remark::TimeClamped(self.directories[place].node));
        }
        self.tell_attributes(tree, self.directories[place].node, tell);
        let mut index = 0;
        for child in tree.children(directory) {
            match self.member(tree, child) {
                None if self.shows(tree, child) => tell(Remark::Dropped(child)),
                None => {}
                Some(member) => {
                    if !identifiers.changes(index).is_empty() {
                        tell(Remark::Renamed(index, child));
                    }
                    if matches!(member, Member::Symlink(_) | Member::Special) {
                        *specials += 1;
                    }
                    if let Member::Symlink(target) = member
                        && let Some(recorded) = SymlinkData::new(tree.link_target(target)).changed
                    {
                        tell(Remark::TargetChanged(child, recorded));
                    }
                    let is_directory = matches!(member, Member::Directory(_));
                    if !is_directory && entries::clamped_time(tree, child).is_some() {
                        tell(Remark::TimeClamped(child));
                    }
                    if matches!(member, Member::Symlink(_) | Member::Special) {
                        self.tell_attributes(tree, child, tell);
                    }
                    if let Member::File(_, source) = member {
                        self.tell_attributes(tree, source, tell);
                        if tree.is_real_time(source) && !self.tells_real_time() {
                            tell(Remark::RealTimeDropped(child));
                        }
                        if tree.is_encoded(source) {
                            tell(Remark::ShownEncoded(child));
                        }
                    }
                    index += 1;
                }
            }
        }
    }

    fn tell_attributes(&self, tree: &Tree, node: NodeId, tell: &mut dyn FnMut(Remark)) {
        let count = self.dropped_streams(tree, node);
        if count > 0 {
            tell(Remark::StreamsDropped(node, count));
        }
        if tree.acl(node).is_some() {
            tell(Remark::AclDropped(node));
        }
    }

    /// Counts the names of streams that are recorded in another form.
    pub(super) fn remark_stream_names(&mut self, set: StreamSet, identifiers: &Identifiers) {
        let changed = (0..set.count()).filter(|&index| !identifiers.changes(index).is_empty());
        self.counts.renamed += changed.count() as u64;
    }

    fn visit_stream_names(&self, tree: &Tree, visit: &mut dyn FnMut(Notice) -> Result<()>) -> Result<()> {
        for set in &self.stream_sets {
            let identifiers = self.stream_identifiers(tree, set.node)?;
            for (index, stream) in self.held_streams(tree, set.node).enumerate() {
                let changes = identifiers.changes(index);
                if changes.is_empty() {
                    continue;
                }
                visit(Notice::Renamed {
                    path: format!("{}:{}", tree.path(set.node), String::from_utf8_lossy(stream.name)),
                    file_system: FileSystem::Udf,
                    recorded: identifiers.shown(index),
                    reasons: reasons(changes),
                })?;
            }
        }
        Ok(())
    }

    /// Tells what UDF cannot keep as it is, and at the end what some readers do not take.
    pub(crate) fn visit_notices(
        &self,
        tree: &Tree,
        visit: &mut dyn FnMut(Notice) -> Result<()>,
    ) -> Result<()> {
        for place in 0..self.directories.len() {
            let identifiers = self.identifiers(tree, place)?;
            let mut result = Ok(());
            self.tell(tree, place, &identifiers, &mut 0, &mut |remark, is_as_before| {
                if result.is_ok() {
                    let notice = notice(tree, &identifiers, remark);
                    result = visit(if is_as_before { Notice::AsBefore(Box::new(notice)) } else { notice });
                }
            });
            result?;
        }
        self.visit_stream_names(tree, visit)?;
        match self.counts.udf_specials {
            0 => Ok(()),
            count => visit(Notice::UdfSpecials { count }),
        }
    }

    /// How many notices there are.
    pub(crate) fn notice_counts(&self) -> NoticeCounts {
        self.counts
    }
}

fn notice(tree: &Tree, identifiers: &Identifiers, remark: Remark) -> Notice {
    let file_system = FileSystem::Udf;
    match remark {
        Remark::Renamed(index, node) => Notice::Renamed {
            path: tree.path(node),
            file_system,
            recorded: identifiers.shown(index),
            reasons: reasons(identifiers.changes(index)),
        },
        Remark::Dropped(node) => {
            Notice::Dropped { path: tree.path(node), file_system, kind: tree.kind(node).kind() }
        }
        Remark::TargetChanged(node, recorded) => {
            let target = match tree.kind(node) {
                NodeKind::Symlink(target) => String::from_utf8_lossy(tree.link_target(target)).into_owned(),
                _ => String::new(),
            };
            Notice::TargetChanged { path: tree.path(node), target, file_system, recorded }
        }
        Remark::TimeClamped(node) => {
            let (given, recorded) = entries::clamped_time(tree, node).unwrap_or_default();
            Notice::TimeClamped { path: tree.path(node), file_system, given, recorded }
        }
        Remark::StreamsDropped(node, count) => {
            Notice::StreamsDropped { path: tree.path(node), file_system, count }
        }
        Remark::AclDropped(node) => Notice::AclDropped { path: tree.path(node), file_system },
        Remark::RealTimeDropped(node) => Notice::RealTimeDropped { path: tree.path(node), file_system },
        Remark::ShownEncoded(node) => Notice::ShownEncoded { path: tree.path(node), file_system },
    }
}

fn reasons(changes: IdentifierChanges) -> String {
    let words = [
        (IdentifierChanges::CHARACTERS_REPLACED, "characters"),
        (IdentifierChanges::TRUNCATED, "length"),
        (IdentifierChanges::MADE_UNIQUE, "collision"),
    ];
    let given = words.into_iter().filter(|(change, _)| changes.contains(*change)).map(|(_, word)| word);
    given.collect::<Vec<_>>().join(", ")
}
