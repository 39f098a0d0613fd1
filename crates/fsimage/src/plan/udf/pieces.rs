//! The pieces of a UDF volume whose addresses are known: where they are, what they are called, what is in them.

use sector_io::{SECTOR_SIZE, Sector, SectorCount};
use udf::write::{Access, INTEGRITY_BLOCKS, MetadataFile, SEQUENCE_BLOCKS, SpaceBitmap, VolumeStructures};

use super::super::{LayoutPlan, Piece, What};
use super::{RECOGNITION, UdfPlan};
use crate::Result;
use crate::tree::{ContentId, Tree};
use crate::view::internal;
use crate::view::udf::{DataAddresses, EntryRange, FILE_SET_BLOCKS, Part, StreamRange};

/// Sectors of a space bitmap that are made at a time: 1 MiB.
const BITMAP_AT_A_TIME: u32 = 512;

/// What of UDF a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UdfPiece {
    Recognition,
    Sequence,
    Integrity,
    Anchors,
    FileSet,
    Part(Part),
    MetadataIcb(MetadataFile),
    /// Of the partition's space bitmap, the part from this block of it on.
    SpaceBitmap(u32),
    MetadataBitmap,
    VirtualAllocationTable,
    VirtualAllocationTableIcb,
}

impl UdfPlan {
    /// The volume recognition sequence, block by block.
    pub(in crate::plan) fn recognition(&self) -> Result<Vec<[u8; SECTOR_SIZE]>> {
        let mut bytes = Vec::new();
        VolumeStructures::append_recognition(self.volume.form, &mut bytes)
            .map_err(|error| internal(&error))?;
        Ok(bytes.as_chunks().0.to_vec())
    }

    /// Appends an anchor for that sector.
    pub(in crate::plan) fn append_anchor(&self, sector: u32, out: &mut Vec<u8>) -> Result<()> {
        self.volume.append_anchor(sector, out).map_err(|error| internal(&error))
    }

    /// Pieces that are few, in no order.
    pub(in crate::plan) fn fixed_pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut push = |start: Sector, len: u32, piece: UdfPiece| {
            pieces.push(Piece { start, len: SectorCount::new(len), what: What::Udf(piece) });
        };
        let volume = &self.volume;
        push(self.recognition, RECOGNITION.get(), UdfPiece::Recognition);
        push(Sector::new(volume.main), SEQUENCE_BLOCKS, UdfPiece::Sequence);
        push(Sector::new(volume.integrity), INTEGRITY_BLOCKS, UdfPiece::Integrity);
        push(Sector::new(volume.reserve), SEQUENCE_BLOCKS, UdfPiece::Sequence);
        for anchor in self.medium_anchor.into_iter().chain([self.anchor]) {
            push(anchor, 1, UdfPiece::Anchors);
        }
        if self.view.continued().is_none() {
            push(self.structures, FILE_SET_BLOCKS, UdfPiece::FileSet);
        }
        if let Some(mirror) = self.mirror {
            push(mirror, FILE_SET_BLOCKS, UdfPiece::FileSet);
        }
        if let Some(metadata) = &volume.metadata {
            push(self.sector(metadata.icb), 1, UdfPiece::MetadataIcb(MetadataFile::Main));
            push(self.sector(metadata.mirror_icb), 1, UdfPiece::MetadataIcb(MetadataFile::Mirror));
            if let Some((icb, start)) = metadata.bitmap {
                push(self.sector(icb), 1, UdfPiece::MetadataIcb(MetadataFile::Bitmap));
                push(self.sector(start), bitmap_blocks(metadata.blocks), UdfPiece::MetadataBitmap);
            }
        }
        if let Access::Overwritable { bitmap, space } = &volume.access {
            let blocks = bitmap_blocks(space.blocks);
            for from in (0..blocks).step_by(BITMAP_AT_A_TIME as usize) {
                let len = BITMAP_AT_A_TIME.min(blocks - from);
                push(self.sector(bitmap.saturating_add(from)), len, UdfPiece::SpaceBitmap(from));
            }
        }
        push(self.last_anchors.start, self.last_anchors.len.get(), UdfPiece::Anchors);
        if let Some(anchor) = self.far_anchor {
            push(anchor, 1, UdfPiece::Anchors);
        }
        if let Some(vat) = &self.vat {
            push(vat.content.start, vat.content.len.get(), UdfPiece::VirtualAllocationTable);
        }
        pieces.extend(self.closing_piece());
        pieces.retain(|piece| piece.len > SectorCount::ZERO);
        pieces
    }

    /// The ICB of the virtual allocation table, which makes the session the newest state.
    pub(in crate::plan) fn closing_piece(&self) -> Option<Piece> {
        let what = What::Udf(UdfPiece::VirtualAllocationTableIcb);
        self.vat.as_ref().map(|vat| Piece { start: vat.icb, len: SectorCount::new(1), what })
    }

    /// Directories and ICBs, in ascending order.
    pub(in crate::plan) fn structure_pieces<'a>(
        &'a self,
        tree: &'a Tree,
    ) -> impl Iterator<Item = Piece> + 'a {
        self.copy_from(tree, self.structures)
    }

    /// The same again, where there is a second copy.
    pub(in crate::plan) fn mirror_pieces<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = Piece> + 'a {
        self.mirror.into_iter().flat_map(move |start| self.copy_from(tree, start))
    }

    fn copy_from<'a>(&'a self, tree: &'a Tree, start: Sector) -> impl Iterator<Item = Piece> + 'a {
        self.view.parts(tree).map(move |(block, len, part)| Piece {
            // All of them lie before the end, which is a sector.
            start: Sector::new(start.get().saturating_add(block)),
            len: SectorCount::new(len),
            what: What::Udf(UdfPiece::Part(part)),
        })
    }

    /// Sector of a block of the partition.
    fn sector(&self, block: u32) -> Sector {
        Sector::new(self.partition.get().saturating_add(block))
    }

    /// Block of a sector among the structures or in their second copy, counted from the file set descriptor.
    fn structure_block(&self, sector: Sector) -> u32 {
        let copy = self.mirror.and_then(|mirror| sector.since(mirror));
        copy.or_else(|| sector.since(self.structures)).unwrap_or_default().get()
    }

    pub(in crate::plan) fn label_of(&self, piece: UdfPiece, start: Sector) -> &'static str {
        match piece {
            UdfPiece::Recognition => "UDF volume recognition sequence",
            UdfPiece::Sequence if start.get() == self.volume.main => "UDF main volume descriptor sequence",
            UdfPiece::Sequence => "UDF reserve volume descriptor sequence",
            UdfPiece::Integrity => "UDF logical volume integrity sequence",
            UdfPiece::Anchors => "UDF anchor volume descriptor pointer",
            UdfPiece::FileSet => "UDF file set descriptor",
            UdfPiece::Part(Part::Directory(_)) => "UDF directory",
            UdfPiece::Part(Part::Entries { .. }) => "UDF file entries",
            UdfPiece::Part(Part::StreamDirectory(_)) => "UDF stream directory",
            UdfPiece::Part(Part::Streams { .. }) => "UDF file entries of streams",
            UdfPiece::MetadataIcb(MetadataFile::Main) => "UDF metadata file entry",
            UdfPiece::MetadataIcb(MetadataFile::Mirror) => "UDF metadata mirror file entry",
            UdfPiece::MetadataIcb(MetadataFile::Bitmap) => "UDF metadata bitmap file entry",
            UdfPiece::SpaceBitmap(_) => "UDF space bitmap",
            UdfPiece::MetadataBitmap => "UDF metadata bitmap",
            UdfPiece::VirtualAllocationTable => "UDF virtual allocation table",
            UdfPiece::VirtualAllocationTableIcb => "UDF virtual allocation table file entry",
        }
    }

    pub(in crate::plan) fn append(
        &self,
        plan: &LayoutPlan<'_>,
        piece: UdfPiece,
        (start, len): (Sector, SectorCount),
        content: &mut dyn FnMut(ContentId, &mut Vec<u8>) -> Result<()>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let volume = &self.volume;
        let made = match piece {
            UdfPiece::Recognition => VolumeStructures::append_recognition(volume.form, out),
            UdfPiece::Sequence => volume.append_sequence(start.get(), out),
            UdfPiece::Integrity => volume.append_integrity(out),
            UdfPiece::Anchors => {
                (0..len.get()).try_for_each(|ahead| volume.append_anchor(start.get() + ahead, out))
            }
            UdfPiece::FileSet => volume.append_file_set(out),
            UdfPiece::MetadataIcb(file) => volume.append_metadata_icb(file, out),
            UdfPiece::SpaceBitmap(from) => match &volume.access {
                Access::Overwritable { bitmap, space } => {
                    space.append(volume.form, *bitmap, from..from + len.get(), out)
                }
                Access::ReadOnly | Access::WriteOnce => Ok(()),
            },
            UdfPiece::VirtualAllocationTable => {
                out.extend(self.vat.iter().flat_map(|vat| &vat.bytes));
                out.resize(out.len().next_multiple_of(SECTOR_SIZE), 0);
                Ok(())
            }
            UdfPiece::VirtualAllocationTableIcb => match &self.vat {
                Some(vat) => {
                    let block = |sector: Sector| sector.since(self.partition).unwrap_or_default().get();
                    let (icb, content) = (block(start), block(vat.content.start));
                    volume.append_vat_icb(icb, &vat.bytes, content, out)
                }
                None => Ok(()),
            },
            UdfPiece::MetadataBitmap => match &volume.metadata {
                Some(metadata) => {
                    let free = metadata.blocks.saturating_sub(metadata.free)..metadata.blocks;
                    let space = SpaceBitmap { blocks: metadata.blocks, free: vec![free] };
                    // The content of a file, it is recorded for block 0 of it.
                    space.append(volume.form, 0, 0..len.get(), out)
                }
                None => Ok(()),
            },
            UdfPiece::Part(Part::Directory(place)) => {
                return self.view.append_directory(plan.tree, place, self.base, out);
            }
            UdfPiece::Part(Part::Entries { place, from, to }) => {
                let addresses = DataAddresses { contents: &plan.placement, partition: self.partition };
                let block = self.structure_block(start);
                let range = EntryRange { place, from, to, block, base: self.base };
                return self.view.append_entries(plan.tree, range, addresses, content, out);
            }
            UdfPiece::Part(Part::StreamDirectory(set)) => {
                return self.view.append_stream_directory(plan.tree, set, self.base, out);
            }
            UdfPiece::Part(Part::Streams { set, from, to }) => {
                let addresses = DataAddresses { contents: &plan.placement, partition: self.partition };
                let block = self.structure_block(start);
                let range = StreamRange { set, from, to, block, base: self.base };
                return self.view.append_streams(plan.tree, range, addresses, content, out);
            }
        };
        made.map_err(|error| internal(&error))
    }
}

fn bitmap_blocks(blocks: u32) -> u32 {
    SpaceBitmap::len(blocks).div_ceil(SECTOR_SIZE as u64) as u32
}
