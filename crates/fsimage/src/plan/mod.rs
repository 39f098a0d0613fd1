//! Where everything lies, before anything is written.

mod defaults;
mod descriptors;
mod end_mark;
mod files_at;
mod hfsplus;
mod hfsplus_options;
mod hidden_with_directory;
mod named_files;
mod notice;
mod notices;
mod options;
mod own_fields;
mod placement;
mod recorded_forms;
mod recorded_names;
mod running_count;
mod segments;
mod size;
mod texts;
mod udf;
mod udf_fields;
mod udf_options;
mod udf_space;
mod volume;
mod volume_partition;

use std::fmt;

use iso9660::ByteOrder;
use iso9660::layout::DirectoryWriter;
use sector_io::{Extent, SECTOR_SIZE, Sector, SectorCount};

pub use defaults::{Medium, MediumDefaults};
pub(crate) use descriptors::SpaceMark;
pub(crate) use end_mark::EndMark;
pub(crate) use files_at::FilesAt;
pub(crate) use hfsplus::{HfsPlusPiece, label as hfsplus_label};
pub use hfsplus_options::{HfsPlusBlessings, HfsPlusOptions, HfsPlusType};
pub(crate) use named_files::find as named_files;
pub use notice::{Notice, NoticeCounts};
pub use options::{
    DeepDirectories, ImportedContent, Place, PlanOptions, RecordedRelocation, RockRidgeTimes, VolumeName,
};
pub use own_fields::{DescriptorFields, DescriptorTimes, OwnFields};
pub use recorded_forms::RecordedForms;
pub use recorded_names::RecordedName;
pub use segments::Segment;
pub use texts::VolumeTexts;
pub(crate) use udf::{MAIN_SEQUENCE, UdfPiece};
pub use udf_fields::UdfFields;
pub use udf_options::{Embedding, MetadataPartition, UdfAccess, UdfOptions, UdfSymlinks};

use crate::boot::{BootDraft, BootPiece, BootPlan, HybridOptions, Patch, Places};
use crate::digests::{DigestCounts, DigestPlan};
use crate::disc::MOST_LEVELS;
use crate::emit::PlannedImage;
use crate::md5_tags::{Md5Counts, Md5Piece, Md5Plan};
use crate::tree::{ContentId, FileSystem, FileSystems, NodeId, NodeKind, Tree};
use crate::view::hfsplus::HfsPlusView;
use crate::view::udf::UdfView;
use crate::view::{ContentAddresses, View, refuse_deep};
use crate::{Control, Error, Result};
use hfsplus::{HfsPlusPlan, HfsPlusStart};
use placement::Placement;
pub(crate) use placement::visit_files;
pub(crate) use running_count::{Changes, RunningCount, Touched};
use size::{Head, trees_start};
use udf::{UdfHead, UdfPlan, UdfStart};
pub(crate) use volume::ViewNumber;
use volume::Volume;
pub use volume_partition::VolumePartition;

/// Sectors of the system area (ECMA-119 6.2.1); the volume descriptors follow it.
pub const SYSTEM_AREA: SectorCount = SectorCount::new(16);

/// A complete layout: which sector holds what. Data only; nothing is written until
/// [`write_to`](LayoutPlan::write_to) or one of its like.
///
/// It borrows the tree, so the tree cannot change under it.
#[must_use = "a plan says where things lie, and writes nothing by itself"]
pub struct LayoutPlan<'t> {
    tree: &'t Tree,
    options: PlanOptions,
    /// The volume of ISO 9660, and the same as those see it who read from the partition offset on.
    volumes: Vec<Volume>,
    udf: Option<UdfPlan>,
    hfs_plus: Option<HfsPlusPlan>,
    placement: Placement,
    boot: BootPlan,
    digests: Option<DigestPlan>,
    md5: Option<Md5Plan>,
    end_mark: Option<EndMark>,
    /// Where the last content, or directory, ends.
    data_end: Sector,
    end: Sector,
}

impl fmt::Debug for LayoutPlan<'_> {
    /// Options and sizes; the tree and the place of every content would be too much to read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayoutPlan")
            .field("nodes", &self.tree.node_count())
            .field("options", &self.options)
            .field("extent", &self.extent())
            .finish_non_exhaustive()
    }
}

/// A stretch of the session with one owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) start: Sector,
    pub(crate) len: SectorCount,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// System area, gaps before aligned contents, padding.
    Zero,
    /// Of the volume of that number.
    Descriptors(u8),
    PathTable(ViewNumber, ByteOrder),
    Directory(ViewNumber, u32),
    Content(ContentId),
    Udf(UdfPiece),
    HfsPlus(HfsPlusPiece),
    Boot(BootPiece),
    /// Made of what was written before.
    Md5(Md5Piece),
    EndMark(EndMark),
}

impl<'t> LayoutPlan<'t> {
    /// Lays out the tree.
    ///
    /// # Errors
    /// Everything that would make the image wrong: names that cannot be made unique, files too long for
    /// the level, too many directories, an image that does not fit; in strict mode the first [`Notice`].
    pub fn new(tree: &'t Tree, mut options: PlanOptions) -> Result<LayoutPlan<'t>> {
        crate::trace::span!("plan");
        if options.file_systems.contains(FileSystems::HFS_PLUS) {
            hfsplus::check_options(tree, &options)?;
            if options.hybrid.is_none() && options.system_area.is_none() {
                options.hybrid = Some(HybridOptions::apple_hfs_plus());
            }
        }
        named_files::follow(tree, &mut options);
        let wants = |set: FileSystems| options.file_systems.contains(set);
        check_file_systems(&options)?;
        check_levels(tree, &options)?;
        descriptors::check_dates(&options)?;
        if let Some(reason) = options.md5_obstacle().filter(|_| options.md5_tags) {
            return Err(Error::InvalidArgument { argument: "md5".to_owned(), reason: reason.to_owned() });
        }
        crate::compress::check(tree, &options)?;
        volume_partition::check(tree, &options)?;
        let boot = BootDraft::new(tree, &options)?;
        let (volume, (udf, hfs_plus)) = rayon::join(
            || Volume::new(tree, &options),
            || {
                rayon::join(
                    || wants(FileSystems::UDF).then(|| UdfView::new(tree, &options)),
                    || wants(FileSystems::HFS_PLUS).then(|| HfsPlusView::new(tree, &options, boot.ahead())),
                )
            },
        );
        let (volume, udf, hfs_plus) = (volume?, udf.transpose()?, hfs_plus.transpose()?);
        placement::check_lengths(tree, &options)?;

        let Head { superblock, partition, end } = Head::new(&options, volume.views.len(), &boot)?;
        let mut volumes = vec![Volume { start: options.place.start, ..volume }];
        volumes.extend(partition.map(|origin| volumes[0].seen_from(origin)));
        let head = udf.as_ref().map(|_| UdfHead::new(options.place.start, end, &options)).transpose()?;
        let trees = volumes.iter().map(Volume::sectors).sum::<u64>();
        let mut at = Cursor(trees_start(end, head.as_ref(), trees));
        let structures = head.as_ref().map_or(at.0, |head| head.room.start);
        volumes.iter_mut().try_for_each(|volume| volume.place_path_tables(&mut at))?;
        volumes.iter_mut().try_for_each(|volume| volume.place_directories(tree, &mut at))?;
        let udf = match udf.zip(head) {
            Some((view, head)) => {
                let from = at.0.max(head.end);
                let (start, end) = UdfStart::new(tree, &options, view, head, from)?;
                at.0 = end;
                Some(start)
            }
            None => None,
        };
        let embedded = |content, is_stream| {
            udf.as_ref().is_some_and(|udf| match is_stream {
                true => udf.view().embeds_stream(tree, content),
                false => udf.view().needs_no_sectors(tree, content),
            })
        };
        let catalog = boot.hidden_catalog().map(|len| at.take(len)).transpose()?;
        let mut structures = vec![(structures, at.0)];
        let mut placement = Placement::new(tree, &options, &boot, &embedded)?;
        at.0 = placement.place_ahead(tree, &options, at.0)?;
        let hfs_plus = match hfs_plus {
            Some(view) => {
                let (start, end) = HfsPlusStart::new(view, at.0)?;
                structures.push((at.0, end));
                at.0 = end;
                Some(start)
            }
            None => None,
        };
        let digests = DigestPlan::new(tree, &options, &structures)?;
        let behind_directories = at.0;
        if options.md5_tags {
            at.take(SectorCount::new(1))?;
        }
        let data_end = placement.place_rest(tree, &options, at.0)?;
        let (hfs_plus, data_end) = match hfs_plus {
            Some(start) => {
                let (plan, end) = start.finish(tree, &options, &placement, data_end)?;
                (Some(plan), end)
            }
            None => (None, data_end),
        };
        let mut data_end = data_end;
        let mut md5 = None;
        for attributes in volumes.iter_mut().flat_map(|volume| &mut volume.views).filter_map(View::md5) {
            let tags = (superblock, behind_directories);
            let plan = Md5Plan::new(attributes.index.clone(), options.place.start, tags, data_end);
            attributes.array = plan.array();
            data_end = plan.end()?;
            md5 = Some(plan);
        }
        let end_mark = EndMark::is_wanted(&options).then_some(EndMark { at: data_end });
        if end_mark.is_some() {
            data_end = udf::after(data_end, EndMark::LEN.get())?;
        }
        let (udf, ending) = match udf {
            None => (None, boot.ending(data_end, &options.place)?),
            Some(udf) => {
                let (udf, ending) = udf.finish(tree, &options, data_end, &boot)?;
                (Some(udf), ending)
            }
        };
        let places = Places { catalog, hfs_plus: hfs_plus.as_ref().map(HfsPlusPlan::extent) };
        let boot = boot.finish(tree, &options, &placement, places, &ending)?;
        let end = ending.end;
        let plan = LayoutPlan {
            tree,
            options,
            volumes,
            udf,
            hfs_plus,
            placement,
            boot,
            digests,
            md5,
            end_mark,
            data_end,
            end,
        };
        plan.check_strict()?;
        Ok(plan)
    }

    /// The tree that is laid out.
    pub fn tree(&self) -> &'t Tree {
        self.tree
    }

    /// The options it is laid out by.
    pub fn options(&self) -> &PlanOptions {
        &self.options
    }

    /// The sectors of the session, padding included. The exact size of what will be written.
    pub fn extent(&self) -> Extent {
        let len = self.end.since(self.options.place.start).unwrap_or_default();
        Extent::new(self.options.place.start, len)
    }

    /// Tells the identifier of each item as the file system's directory records have it, directory by directory, in
    /// recorded order: of ISO 9660, Joliet or the enhanced tree. UDF records names as they are.
    ///
    /// # Errors
    /// None that [`LayoutPlan::new`] had not.
    pub fn visit_identifiers(
        &self,
        file_system: FileSystem,
        visit: &mut dyn FnMut(NodeId, &[u8]),
    ) -> Result<()> {
        let mut views = self.views().iter().filter(|view| view.file_system() == file_system);
        views.try_for_each(|view| view.visit_identifiers(self.tree, visit))
    }

    /// Finds the files that sectors are in.
    pub(crate) fn files_at(&self) -> FilesAt<'_> {
        FilesAt::new(self)
    }

    /// The hierarchies of ISO 9660.
    fn views(&self) -> &[View] {
        self.volumes.first().map_or(&[], |volume| &volume.views)
    }

    fn view(&self, number: ViewNumber) -> Option<&View> {
        self.volumes.get(usize::from(number.volume))?.view(number)
    }

    /// Everything that is written, in ascending order, without gaps.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        let start = self.options.place.start;
        let is_filled = self.boot.fills_system_area();
        let what = if is_filled { What::Boot(BootPiece::SystemArea) } else { What::Zero };
        let system_area = Piece { start, len: SYSTEM_AREA, what };
        let mut fixed = vec![system_area];
        for (number, volume) in (0..).zip(&self.volumes) {
            if let Some(start) = volume.descriptors().filter(|_| !volume.views.is_empty()) {
                let len = SectorCount::new(self.descriptor_labels(number).len() as u32);
                fixed.push(Piece { start, len, what: What::Descriptors(number) });
            }
        }
        fixed.extend(self.udf.iter().flat_map(UdfPlan::fixed_pieces));
        fixed.extend(self.hfs_plus.iter().flat_map(HfsPlusPlan::fixed_pieces));
        fixed.extend(self.boot.pieces());
        fixed.extend(self.end_mark.map(|mark| Piece {
            start: mark.at,
            len: EndMark::LEN,
            what: What::EndMark(mark),
        }));
        fixed.extend(self.md5.iter().flat_map(|md5| {
            Md5Piece::ALL.map(|piece| Piece {
                start: md5.place_of(piece),
                len: md5.len_of(piece),
                what: What::Md5(piece),
            })
        }));
        fixed.sort_by_key(|piece| piece.start);
        let volumes = || (0..).zip(&self.volumes);
        let tables = volumes().flat_map(|(number, volume)| volume.path_table_pieces(number));
        let directories = volumes().flat_map(|(number, volume)| volume.directory_pieces(number));
        let piece = |(extent, what): (Extent, What)| Piece { start: extent.start, len: extent.len, what };
        let structures = self.udf.iter().flat_map(|udf| udf.structure_pieces(self.tree));
        let hfs_plus = self.hfs_plus.iter().flat_map(|plan| plan.structure_pieces(self.tree));
        let mirror = self.udf.iter().flat_map(|udf| udf.mirror_pieces(self.tree));
        let ahead = self.placement.ahead();
        let many = tables.chain(directories).map(piece).chain(structures);
        let many = many.chain(self.placed_pieces().take(ahead)).chain(hfs_plus);
        let many = many.chain(self.placed_pieces().skip(ahead)).chain(mirror);
        let mut at = start;
        let mut pending = in_order(fixed, many).peekable();
        let end = self.end;
        std::iter::from_fn(move || {
            let next = pending.peek().map_or(end, |piece| piece.start);
            debug_assert!(next >= at, "what is to lie at {next} comes behind what ends at {at}");
            let gap = next.since(at).filter(|&gap| gap > SectorCount::ZERO);
            let piece = match gap {
                Some(len) => Piece { start: at, len, what: What::Zero },
                None => pending.next()?,
            };
            at = piece.start.checked_add(piece.len)?;
            Some(piece)
        })
    }

    /// The last of these, if all others are nothing to readers until it is there.
    pub(crate) fn closing_piece(&self) -> Option<Piece> {
        self.udf.as_ref()?.closing_piece()
    }

    /// The contents among these.
    pub(crate) fn content_pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        let appended = self.boot.pieces().filter(|piece| matches!(piece.what, What::Content(_)));
        in_order(appended.collect(), self.placed_pieces())
    }

    /// Contents of the tree.
    fn placed_pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        self.placement.extents(self.tree).map(content_piece)
    }

    /// What is neither a content of the tree nor zeros, in ascending order.
    pub(crate) fn other_pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        self.pieces().filter(|piece| match piece.what {
            What::Zero => false,
            What::Content(content) => self.placement.start_of(content) != Some(piece.start),
            _ => true,
        })
    }

    /// The first content of the tree that ends behind the beginning of a sector.
    pub(crate) fn content_behind(&self, at: Sector) -> Option<Piece> {
        self.placement.first_behind(self.tree, at).map(content_piece)
    }

    /// Appends a piece's sectors, but for those with MD5 sums. `content` appends those of a content.
    pub(crate) fn append_piece(
        &self,
        piece: &Piece,
        out: &mut Vec<u8>,
        mut content: impl FnMut(ContentId, &mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        let before = out.len();
        let promised = piece.len.bytes() as usize;
        match piece.what {
            What::Zero | What::Md5(_) => out.resize(before + promised, 0),
            What::Descriptors(volume) => {
                for descriptor in self.descriptors(volume)? {
                    out.extend_from_slice(&descriptor);
                }
            }
            What::PathTable(number, order) => {
                if let Some(view) = self.view(number) {
                    view.append_path_table(order, out)?;
                }
            }
            What::Directory(number, place) => {
                if let Some(view) = self.view(number) {
                    let mut writer = DirectoryWriter::new();
                    view.append_directory(self.tree, place as usize, &self.placement, &mut writer, out)?;
                }
            }
            What::Content(id) => content(id, out)?,
            What::Udf(what) => {
                if let Some(udf) = &self.udf {
                    udf.append(self, what, (piece.start, piece.len), &mut content, out)?;
                }
            }
            What::HfsPlus(what) => {
                if let Some(plan) = &self.hfs_plus {
                    plan.append(self, what, piece.len, out)?;
                }
            }
            What::EndMark(mark) => mark.append(out),
            What::Boot(what) => out.extend_from_slice(self.boot.bytes(what)),
        }
        // Counting and writing are one routine, so this does not happen; if it did, the image would be
        // wrong from here on.
        if out.len() - before != promised {
            return Err(Error::Corrupt {
                sector: piece.start,
                structure: "the plan",
                detail: format!("{promised} bytes were planned, {} were made", out.len() - before),
            });
        }
        Ok(())
    }

    /// The anchor of UDF, if the plan has it, for a sector in front of the session.
    pub(crate) fn anchor_for(&self, sector: Sector) -> Result<Option<Vec<u8>>> {
        let Some(udf) = self.udf.as_ref().filter(|_| sector < self.options.place.start) else {
            return Ok(None);
        };
        let mut anchor = Vec::new();
        udf.append_anchor(sector.get(), &mut anchor)?;
        Ok(Some(anchor))
    }

    /// Whether the session has an anchor of UDF in that sector, in front of its own.
    pub(crate) fn has_anchor_within(&self, sector: Sector) -> bool {
        self.udf.as_ref().is_some_and(|udf| udf.medium_anchor() == Some(sector))
    }

    /// The system area for the head in front of the session, if there is one.
    pub(crate) fn new_system_area(&self) -> Option<&[u8]> {
        self.boot.new_system_area()
    }

    /// How many files digests are recorded of, if any are.
    pub fn recorded_digests(&self) -> Option<DigestCounts> {
        self.digests.as_ref().map(DigestPlan::counts)
    }

    /// How many files MD5 sums are recorded of, if any are.
    pub fn recorded_md5(&self) -> Option<Md5Counts> {
        self.md5.as_ref().map(Md5Plan::counts)
    }

    /// The MD5 sums that are recorded.
    pub(crate) fn md5(&self) -> Option<&Md5Plan> {
        self.md5.as_ref()
    }

    /// The digests that are recorded.
    pub(crate) fn digests(&self) -> Option<&DigestPlan> {
        self.digests.as_ref()
    }

    /// The contents that the session writes outside of ICBs, and where, in ascending order.
    pub(crate) fn placed_contents(&self) -> impl Iterator<Item = (ContentId, Extent)> + '_ {
        self.placement.extents(self.tree).chain(self.boot.appended().iter().copied())
    }

    /// What changes in a content while it is written.
    pub(crate) fn patch_of(&self, content: ContentId) -> Option<&Patch> {
        self.boot.patch_of(content)
    }

    /// The image with this session in it, as it can be read without being written. A session behind others in an image
    /// file changes that file's head as well: [`GrowingImage::image`](crate::GrowingImage::image) has it.
    pub fn image(&self) -> PlannedImage<'_> {
        PlannedImage::new(self, Vec::new())
    }

    /// Gives the session's sectors to a sink, in ascending order.
    ///
    /// # Errors
    /// [`Error::SourceChanged`], [`Error::SourceRead`], whatever the sink meets, [`Error::Cancelled`].
    pub fn write_to(&self, sink: &mut dyn crate::SectorSink, control: &Control) -> Result<()> {
        crate::emit::write_ordered(self, sink, control, "the output is incomplete")
    }
}

fn content_piece((id, extent): (ContentId, Extent)) -> Piece {
    Piece { start: extent.start, len: extent.len, what: What::Content(id) }
}

/// Merges two sequences of pieces, each in ascending order.
fn in_order(few: Vec<Piece>, many: impl Iterator<Item = Piece>) -> impl Iterator<Item = Piece> {
    let (mut few, mut many) = (few.into_iter().peekable(), many.peekable());
    std::iter::from_fn(move || match (few.peek(), many.peek()) {
        (Some(a), Some(b)) if a.start <= b.start => few.next(),
        (Some(_), None) => few.next(),
        _ => many.next(),
    })
}

/// Which file systems go together.
fn check_file_systems(options: &PlanOptions) -> Result<()> {
    let wanted = options.file_systems;
    let iso9660 = wanted.contains(FileSystems::ISO9660);
    if wanted.is_empty() {
        return Err(Error::NoOutput);
    }
    let reason = if !wanted.intersects(FileSystems::ISO9660 | FileSystems::UDF) {
        "iso9660 or udf must be among them"
    } else if !iso9660 && !(wanted - FileSystems::UDF).is_empty() {
        "rock-ridge, joliet, iso9660-1999 and hfsplus need iso9660"
    } else {
        return match wanted.contains(FileSystems::UDF) {
            true => udf::check_options(options, iso9660),
            false => Ok(()),
        };
    };
    Err(Error::InvalidArgument { argument: "file systems".to_owned(), reason: reason.to_owned() })
}

/// That what is written can be read again.
fn check_levels(tree: &Tree, options: &PlanOptions) -> Result<()> {
    // Most trees have fewer directories than that.
    if tree.directory_count() < MOST_LEVELS as usize {
        return Ok(());
    }
    // Rock Ridge has the records of ISO 9660.
    let written = options.file_systems - FileSystems::ROCK_RIDGE;
    refuse_deep(tree, MOST_LEVELS, &|node| !tree.hidden_in(node).contains(written))
}

struct Cursor(Sector);

impl Cursor {
    fn take(&mut self, len: SectorCount) -> Result<Extent> {
        let extent = Extent::new(self.0, len);
        self.0 = extent.end().ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })?;
        Ok(extent)
    }
}

/// Sectors that a volume at sector 0 has at least: libarchive, and so bsdtar, looks at 24 in one piece, and takes shorter
/// images for none of ISO 9660.
const LEAST_SECTORS: SectorCount = SectorCount::new(24);

/// Where a session ends whose data end at `data_end`.
pub(crate) fn pad(data_end: Sector, place: &Place) -> Result<Sector> {
    let least = if place.start == Sector::ZERO { LEAST_SECTORS } else { SectorCount::ZERO };
    let len = data_end
        .checked_add(place.end_padding)
        .and_then(|end| end.since(place.start))
        .map(|len| len.max(least))
        .and_then(|len| len.align_up(place.alignment))
        .ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })?;
    if let Some(available) = place.available
        && len > available
    {
        return Err(Error::ImageTooBig { needed: u64::from(len.get()), available });
    }
    place.start.checked_add(len).ok_or(Error::TreeTooLarge { what: "an image beyond 8 TiB" })
}

const _: () = assert!(SECTOR_SIZE == iso9660::volume::DESCRIPTOR_LEN);

/// The kind of a node that is a file.
pub(crate) fn file_content(tree: &Tree, node: NodeId) -> Option<ContentId> {
    match tree.kind(node) {
        NodeKind::File(content) => Some(content),
        _ => None,
    }
}
