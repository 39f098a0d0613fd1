//! A plan as a list of stretches, for people.

use std::collections::HashMap;

use iso9660::ByteOrder;

use super::{LayoutPlan, Piece, UdfPiece, What, placement};
use crate::boot::BootPiece;
use crate::tree::{ContentId, FileSystem, NodeId};
use crate::view::View;

/// A node, and the name of its stream if the content is one.
pub(super) type Owner<'t> = (NodeId, Option<&'t [u8]>);

/// One line of a printed plan.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Segment {
    /// First sector, absolute on the medium.
    pub start: u32,
    /// Length in sectors.
    pub sectors: u32,
    /// What it is, in the standard's words.
    pub label: &'static str,
    /// Path of the file or directory it belongs to; of a file with several names (hard links), the first in the order of
    /// the tree. The content has one segment, which the others lead to by
    /// [`Tree::linked_content`](crate::Tree::linked_content).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub owner: Option<String>,
    /// The sector that addresses in it count from, if that is the partition's first; see
    /// [`PlanOptions::partition_offset`](crate::PlanOptions::partition_offset).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub counts_from: Option<u32>,
}

impl LayoutPlan<'_> {
    /// The labelled stretches of the session in ascending order, without gaps.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        let mut owners: Option<HashMap<ContentId, Owner<'_>>> = None;
        self.pieces().flat_map(move |piece| {
            let owner_of = |content| {
                let owners = owners.get_or_insert_with(|| self.owners());
                owners.get(&content).map(|owner| match owner {
                    (node, None) => ("file", self.tree.path(*node)),
                    (node, Some(name)) => {
                        let name = String::from_utf8_lossy(name);
                        ("named stream", format!("{}:{name}", self.tree.path(*node)))
                    }
                })
            };
            self.segments_of(piece, owner_of)
        })
    }

    fn segments_of(
        &self,
        piece: Piece,
        owner_of: impl FnOnce(ContentId) -> Option<(&'static str, String)>,
    ) -> Vec<Segment> {
        let counts_from = self.counts_from(piece.what);
        let segment = |label, owner| Segment {
            start: piece.start.get(),
            sectors: piece.len.get(),
            label,
            owner,
            counts_from,
        };
        match piece.what {
            What::Zero if piece.start == self.options.place.start => vec![segment("system area", None)],
            What::Zero if self.udf.as_ref().is_some_and(|udf| udf.is_beside_data(piece.start)) => {
                vec![segment("unused", None)]
            }
            What::Zero
                if self.volumes.iter().skip(1).any(|volume| Some(piece.start) < volume.descriptors()) =>
            {
                vec![segment("unused", None)]
            }
            What::Zero if piece.start >= self.data_end => vec![segment("padding", None)],
            What::Boot(BootPiece::SystemArea) => vec![segment("system area", None)],
            What::Boot(BootPiece::Catalog) => vec![segment("boot catalog", None)],
            What::Boot(BootPiece::BackupTable) => vec![segment("backup GPT", None)],
            What::Zero => vec![segment("gap beside an aligned file", None)],
            What::Descriptors(volume) => {
                let labels = self.descriptor_labels(volume);
                (piece.start.get()..)
                    .zip(labels)
                    .map(|(start, label)| Segment { start, sectors: 1, ..segment(label, None) })
                    .collect()
            }
            What::PathTable(view, order) => vec![segment(
                match (self.view(view).map(View::file_system), order) {
                    (Some(FileSystem::Joliet), ByteOrder::Little) => "Joliet path table, type L",
                    (Some(FileSystem::Joliet), ByteOrder::Big) => "Joliet path table, type M",
                    (Some(FileSystem::Enhanced), ByteOrder::Little) => "enhanced path table, type L",
                    (Some(FileSystem::Enhanced), ByteOrder::Big) => "enhanced path table, type M",
                    (_, ByteOrder::Little) => "path table, type L",
                    (_, ByteOrder::Big) => "path table, type M",
                },
                None,
            )],
            What::Directory(number, place) => {
                let label = match self.view(number).map(View::file_system) {
                    Some(FileSystem::Joliet) => "Joliet directory",
                    Some(FileSystem::Enhanced) => "enhanced directory",
                    _ => "directory",
                };
                let path = self.view(number).map(|view| view.path(self.tree, place as usize));
                vec![segment(label, path)]
            }
            What::Content(_) if self.boot.is_appended(piece.start) => {
                vec![segment("appended partition", None)]
            }
            What::Content(content) => {
                let (label, owner) = owner_of(content).unzip();
                let other = match self.boot.is_image(content) {
                    true => "boot image",
                    false if self.is_in_partition(content) => "volume partition",
                    false => "file",
                };
                vec![segment(label.unwrap_or(other), owner)]
            }
            What::Udf(what) => {
                let Some(udf) = &self.udf else { return Vec::new() };
                let owner = match what {
                    UdfPiece::Part(part) => Some(udf.view().path(self.tree, part)),
                    _ => None,
                };
                vec![segment(udf.label_of(what, piece.start), owner)]
            }
            What::Md5(what) => vec![segment(what.label(), None)],
            What::EndMark(_) => vec![segment("end mark", None)],
            What::HfsPlus(what) => {
                let Some(plan) = &self.hfs_plus else { return Vec::new() };
                vec![segment(plan.label_of(what), plan.owner_of(self.tree, what))]
            }
        }
    }

    /// The first node, in tree order, of each placed content.
    pub(super) fn owners(&self) -> HashMap<ContentId, Owner<'_>> {
        let mut owners = HashMap::new();
        placement::visit_contents(self.tree, &self.options, &mut |node, stream, content| {
            owners.entry(content).or_insert((node, stream));
        });
        owners
    }

    /// What the addresses of a piece count from, if that is a partition.
    fn counts_from(&self, what: What) -> Option<u32> {
        let number = match what {
            What::Descriptors(volume) => volume,
            What::PathTable(view, _) | What::Directory(view, _) => view.volume,
            _ => 0,
        };
        self.volumes.get(usize::from(number)).filter(|_| number > 0).map(|volume| volume.start.get())
    }
}
