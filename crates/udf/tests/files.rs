//! The structures of files in images that other programs made: all parse and encode to the same bytes. They are
//! found by their tags, wherever they stand; the reader is not needed for that.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fs;

use fsimage_udf::attribute::{Attribute, ExtendedAttributeSpace};
use fsimage_udf::file::{
    AllocationExtentDescriptor, AllocationType, FileIdentifierDescriptor, FileSetDescriptor, FileType,
    IcbEntry, IcbTag, PathComponents,
};
use fsimage_udf::{Descriptor, Tag, TagId};

/// How often each structure was seen.
type Seen = BTreeMap<&'static str, usize>;

fn same(at: &str, ours: &[u8], theirs: &[u8]) {
    assert_eq!(ours.len(), theirs.len(), "{at}");
    let difference = ours.iter().zip(theirs).position(|(ours, theirs)| ours != theirs);
    assert_eq!(difference, None, "{at}: {ours:02x?}, not {theirs:02x?}");
}

/// Descriptors one behind another, up to what is none; at least one.
fn directory(at: &str, mut bytes: &[u8], seen: &mut Seen) {
    while let Ok(entry) = FileIdentifierDescriptor::parse(bytes) {
        let size = entry.size();
        // At the end of an image or of embedded data, the padding may be missing.
        let theirs = &bytes[..size.min(bytes.len())];
        let mut ours = vec![0xff; size];
        assert_eq!(entry.encode(&mut ours), Ok(size), "{at}");
        same(at, &ours[..theirs.len()], theirs);
        assert_eq!(FileIdentifierDescriptor::size_of(bytes), Ok(size), "{at}");
        *seen.entry("file identifiers").or_default() += 1;
        bytes = bytes.get(size..).unwrap_or_default();
    }
}

/// A space of attributes: as it is, and each attribute.
fn attributes(at: &str, bytes: &[u8], seen: &mut Seen) {
    if bytes.is_empty() {
        return;
    }
    let space = ExtendedAttributeSpace::parse(bytes).unwrap_or_else(|error| panic!("{at}: {error}"));
    let mut ours = Vec::new();
    space.encode(&mut ours).unwrap();
    same(at, &ours, bytes);
    for attribute in &space {
        let attribute = attribute.unwrap_or_else(|error| panic!("{at}: {error}"));
        let mut theirs = Vec::new();
        attribute.encode(&mut theirs).unwrap();
        let understood = Attribute::parse(&attribute).unwrap_or_else(|error| panic!("{at}: {error}"));
        let mut ours = Vec::new();
        understood.encode(&mut ours).unwrap();
        same(at, &ours, &theirs);
        *seen.entry("extended attributes").or_default() += 1;
    }
    *seen.entry("attribute spaces").or_default() += 1;
}

/// What an entry holds besides descriptors.
fn content(at: &str, icb_tag: &IcbTag, bytes: &[u8], seen: &mut Seen) {
    if icb_tag.flags.allocation() != AllocationType::Embedded {
        return;
    }
    *seen.entry("embedded contents").or_default() += 1;
    match icb_tag.file_type {
        FileType::DIRECTORY | FileType::STREAM_DIRECTORY => directory(at, bytes, seen),
        FileType::SYMBOLIC_LINK => {
            let mut ours = Vec::new();
            for component in PathComponents::new(bytes) {
                component.unwrap().encode(&mut ours).unwrap();
            }
            same(at, &ours, bytes);
            *seen.entry("symbolic links").or_default() += 1;
        }
        _ => {}
    }
}

/// The entry in a block, compared as far as it goes: what is behind is nobody's.
fn entry(at: &str, block: &[u8], seen: &mut Seen) {
    let entry = IcbEntry::parse(block).unwrap_or_else(|error| panic!("{at}: {error}")).unwrap();
    let (name, size) = match &entry {
        IcbEntry::File(file) => ("file entries", file.size()),
        IcbEntry::Extended(file) => ("extended file entries", file.size()),
        IcbEntry::Indirect(_) => ("indirect entries", 52),
        IcbEntry::Terminal(_) => ("terminal entries", 36),
        IcbEntry::UnallocatedSpace(space) => {
            ("unallocated space entries", 40 + space.allocation_descriptors.len())
        }
        _ => ("other entries", 512),
    };
    let mut ours = vec![0xff; block.len()];
    entry.encode(&mut ours).unwrap_or_else(|error| panic!("{at}: {error}"));
    // A CRC may cover the rest of the block.
    if usize::from(entry.tag().crc_length) + Tag::SIZE <= size {
        same(at, &ours[..size], &block[..size]);
    } else {
        same(at, &ours, block);
    }
    *seen.entry(name).or_default() += 1;
    match &entry {
        IcbEntry::File(file) => {
            attributes(at, file.extended_attributes, seen);
            content(at, &file.icb_tag, file.allocation_descriptors, seen);
        }
        IcbEntry::Extended(file) => {
            attributes(at, file.extended_attributes, seen);
            content(at, &file.icb_tag, file.allocation_descriptors, seen);
        }
        _ => {}
    }
}

fn check(name: &str, image: &[u8], block_size: usize, seen: &mut Seen) {
    let mut entries = 0;
    for (number, block) in image.chunks_exact(block_size).enumerate() {
        let Ok((tag, _)) = Tag::open(block) else { continue };
        let at = format!("{name}, block {number}");
        match tag.id {
            TagId::FILE_SET => {
                let mut ours = vec![0xff; block.len()];
                FileSetDescriptor::parse(block).unwrap().encode(&mut ours).unwrap();
                same(&at, &ours[..512], &block[..512]);
                *seen.entry("file sets").or_default() += 1;
            }
            TagId::FILE_IDENTIFIER => directory(&at, &image[number * block_size..], seen),
            TagId::ALLOCATION_EXTENT => {
                let extent = AllocationExtentDescriptor::parse(block).unwrap();
                let mut ours = vec![0xff; block.len()];
                extent.encode(&mut ours).unwrap();
                let size = 24 + extent.allocation_descriptors.len();
                same(&at, &ours[..size], &block[..size]);
                *seen.entry("allocation extents").or_default() += 1;
            }
            TagId::EXTENDED_ATTRIBUTE_HEADER => *seen.entry("attribute files").or_default() += 1,
            TagId(259..=261 | 263 | 265..=266) => {
                entry(&at, block, seen);
                entries += 1;
            }
            _ => {}
        }
    }
    assert!(entries > 0, "{name}: no entry of an ICB");
}

#[test]
fn structures_of_files_in_the_corpus() {
    let (Some(corpus), Some(xz)) = (peers::corpus(), peers::require("xz")) else { return };
    let (mut checked, mut seen) = (0, Seen::new());
    for image in peers::corpus_images(&corpus).unwrap() {
        let list = fs::read_to_string(corpus.join(format!("{}.list", image.name))).unwrap();
        let Some(fact) = list.lines().find_map(|line| line.strip_prefix("# fact: UDF ")) else { continue };
        let block_size = fact.split(' ').skip_while(|word| *word != "block").nth(1).unwrap().parse().unwrap();
        check(&image.name, &image.bytes(&xz).unwrap(), block_size, &mut seen);
        checked += 1;
    }
    println!("{checked} images: {seen:?}");
    assert!(checked > 0, "no UDF image in the corpus");
    for expected in
        ["file sets", "file entries", "extended file entries", "file identifiers", "attribute spaces"]
    {
        assert!(seen.contains_key(expected), "no {expected} in the corpus");
    }
}
