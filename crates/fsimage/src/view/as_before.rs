//! What the imported session has in the same form already.

use iso9660::names::{NameRules, SourceName, Standing};

use super::naming::Recorded;
use super::{Listing, Naming, Remark, View};
use crate::plan::PlanOptions;
use crate::tree::{FileSystem, FileSystems, NodeKind, Tree};

/// What is known of a file system of the imported session.
#[derive(Clone)]
pub(super) struct AsBefore {
    naming: Naming,
    rock_ridge: bool,
}

/// The identifiers that the items of one directory had.
pub(super) enum IdentifiersBefore {
    /// They are made again of the same names by the same rules.
    Same,
    /// With the place among these of each that is listed.
    Of(Recorded, Vec<Option<u32>>),
    Unknown,
}

impl AsBefore {
    /// `None` where nothing is known of it.
    pub(super) fn of(file_system: FileSystem, options: &PlanOptions) -> Option<AsBefore> {
        let recorded = options.recorded_forms.as_ref()?;
        let naming = match file_system {
            FileSystem::Joliet => Naming::Joliet(recorded.joliet_names),
            FileSystem::Enhanced => Naming::Iso9660(NameRules::ENHANCED),
            _ => Naming::Iso9660(recorded.iso9660_names),
        };
        let rock_ridge = recorded.file_systems.contains(FileSystems::ROCK_RIDGE);
        recorded.file_systems.contains(file_system.as_set()).then_some(AsBefore { naming, rock_ridge })
    }
}

impl View {
    /// Whether what is to be remarked is in the imported session as it will be. `identifiers` are those that the items of the
    /// directory had, once they were needed.
    pub(super) fn is_as_before(
        &self,
        tree: &Tree,
        place: usize,
        listing: &Listing,
        remark: &Remark,
        identifiers: &mut Option<IdentifiersBefore>,
    ) -> bool {
        let Some(before) = &self.as_before else { return false };
        let has_same_records =
            self.file_system != FileSystem::Iso9660 || before.rock_ridge == self.rock_ridge;
        match *remark {
            Remark::Renamed(index, node) => {
                let index = index as usize;
                let find = || self.identifiers_before(tree, listing, before);
                // A number may have been another while there were other names to tell it from.
                let may_differ = || self.may_miss_items(tree, place) && listing.names.is_numbered(index);
                // An identifier that was recorded, and is another now, is none.
                tree.is_in_place(node)
                    && tree.standing_in(node, self.file_system) != Standing::Identifier
                    && !may_differ()
                    && match identifiers.get_or_insert_with(find) {
                        IdentifiersBefore::Same => true,
                        IdentifiersBefore::Unknown => false,
                        IdentifiersBefore::Of(recorded, places) => {
                            let before = places[index].map(|place| recorded.identifier(place as usize));
                            before == Some(listing.names.identifier(index))
                        }
                    }
            }
            Remark::Dropped(node) => tree.is_imported(node) && has_same_records,
            Remark::TimeClamped(node) => tree.has_imported_times(node) && has_same_records,
            Remark::StreamsDropped(node, _) | Remark::AclDropped(node) => {
                tree.has_imported_list(node) && has_same_records
            }
            Remark::ShownEncoded(node) => {
                let is_imported = |content| tree.content(content).is_imported();
                has_same_records && matches!(tree.kind(node), NodeKind::File(content) if is_imported(content))
            }
            Remark::Relocated(index, node) => tree.relocated_as(node).is_some_and(|recorded| {
                recorded.moved.is_empty() || recorded.moved == listing.names.identifier(index as usize)
            }),
            Remark::RealTimeDropped(_)
            | Remark::CutByLinux(_)
            | Remark::SameInLinux(..)
            | Remark::DeviceNumber(_) => false,
        }
    }

    fn may_miss_items(&self, tree: &Tree, place: usize) -> bool {
        let Some(NodeKind::Directory(directory)) = self.directories[place].node.map(|node| tree.kind(node))
        else {
            return true;
        };
        tree.may_miss_items(directory)
    }

    /// Those of the items that are where the imported session has them.
    fn identifiers_before(&self, tree: &Tree, listing: &Listing, before: &AsBefore) -> IdentifiersBefore {
        let is_in_place = |node| tree.is_in_place(node);
        if before.naming == self.naming
            && listing.members.iter().all(|member| member.node.is_none_or(is_in_place))
        {
            return IdentifiersBefore::Same;
        }
        let mut names = Vec::new();
        let mut places = Vec::with_capacity(listing.members.len());
        for member in &listing.members {
            let node = member.node.filter(|&node| is_in_place(node));
            places.push(node.map(|_| names.len() as u32));
            let is_directory = self.is_named_as_directory(tree, *member);
            names.extend(node.map(|node| SourceName {
                name: tree.identifier_in(node, self.file_system, is_directory),
                is_directory,
                standing: tree.standing_in(node, self.file_system),
            }));
        }
        match before.naming.record(&names) {
            Ok(recorded) => IdentifiersBefore::Of(recorded, places),
            Err(()) => IdentifiersBefore::Unknown,
        }
    }
}
