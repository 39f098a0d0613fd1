//! Catalogs of many sizes, written and read again node by node.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use fsimage_hfsplus::btree::{HeaderRecord, Node, NodeDescriptor, NodeKind};
use fsimage_hfsplus::catalog::CatalogKey;
use fsimage_hfsplus::write::{CatalogLayout, CatalogPlanner, LeafWriter};
use fsimage_hfsplus::{CatalogNodeId, compare_names};

const NODE: usize = CatalogLayout::NODE_SIZE as usize;

struct Record {
    parent: CatalogNodeId,
    name: Vec<u16>,
    data: Vec<u8>,
}

/// So many records, with names and data of different lengths.
fn records(count: u32) -> Vec<Record> {
    let record = |number: u32| Record {
        parent: CatalogNodeId(2 + number / 1000),
        name: format!("{:03}{}", number % 1000, "x".repeat(number as usize * 7 % 250))
            .encode_utf16()
            .collect(),
        data: vec![number as u8; 2 * (5 + number as usize % 120)],
    };
    (0..count).map(record).collect()
}

fn plan(records: &[Record]) -> (CatalogLayout, Vec<usize>) {
    let mut planner = CatalogPlanner::new();
    let mut begins = Vec::new();
    for (index, record) in records.iter().enumerate() {
        if planner.push(record.parent, &record.name, record.data.len()).unwrap() {
            begins.push(index);
        }
    }
    (planner.finish().unwrap(), begins)
}

/// The file, its leaves and its index made in parts of so many nodes.
fn write(records: &[Record], at_a_time: u32) -> (CatalogLayout, Vec<u8>) {
    let (layout, begins) = plan(records);
    assert_eq!(begins.len() as u32, layout.leaves());
    let mut bytes = Vec::new();
    layout.append_head(&mut bytes).unwrap();
    for from in (0..layout.leaves()).step_by(at_a_time as usize) {
        let mut writer = LeafWriter::new(&layout, from, from + at_a_time);
        let wanted = records[begins[from as usize]..]
            .iter()
            .take_while(|one| writer.push(one.parent, &one.name, &one.data, &mut bytes).unwrap())
            .count();
        assert!(wanted > 0);
        writer.finish(&mut bytes);
    }
    for from in (0..layout.index_nodes()).step_by(at_a_time as usize) {
        layout.append_index(from..from + at_a_time, &mut bytes).unwrap();
    }
    assert_eq!(bytes.len(), layout.nodes() as usize * NODE);
    (layout, bytes)
}

fn node(bytes: &[u8], number: u32) -> Node<'_> {
    Node::parse(&bytes[number as usize * NODE..][..NODE]).unwrap()
}

fn header(bytes: &[u8]) -> HeaderRecord {
    HeaderRecord::parse(node(bytes, 0).record(0).unwrap()).unwrap().1
}

/// The data of the record with that key, found from the root.
fn find<'b>(bytes: &'b [u8], parent: CatalogNodeId, name: &[u16]) -> Option<&'b [u8]> {
    let header = header(bytes);
    let mut at = header.root_node;
    for height in (1..=header.tree_depth as u8).rev() {
        let node = node(bytes, at);
        assert_eq!(node.descriptor.height, height);
        let mut found = None;
        for record in node.records() {
            let (data, key) = CatalogKey::parse(record).unwrap();
            if key.parent_id.cmp(&parent).then_with(|| compare_names(&key.node_name, name)).is_gt() {
                break;
            }
            found = Some((key, data));
        }
        let (key, data) = found?;
        if height == 1 {
            return (key.parent_id == parent && key.node_name == name).then_some(data);
        }
        assert_eq!(node.descriptor.kind, NodeKind::INDEX);
        at = u32::from_be_bytes(data.try_into().unwrap());
    }
    None
}

#[test]
fn every_record_is_found_and_the_leaves_are_chained() {
    for count in [1, 2, 40, 700, 5000] {
        let records = records(count);
        let (layout, bytes) = write(&records, 5);
        let header = header(&bytes);
        assert_eq!((header.leaf_records, header.total_nodes, header.free_nodes), (count, layout.nodes(), 0));
        assert_eq!(usize::from(header.node_size), NODE);
        for record in &records {
            assert_eq!(find(&bytes, record.parent, &record.name), Some(&record.data[..]));
        }
        assert_eq!(find(&bytes, CatalogNodeId(2), &[0x7a]), None);
        let mut at = header.first_leaf_node;
        let mut before = 0;
        let mut seen = 0;
        while at != 0 {
            let NodeDescriptor { forward_link, backward_link, kind, records, .. } =
                node(&bytes, at).descriptor;
            assert_eq!((kind, backward_link), (NodeKind::LEAF, before));
            seen += u32::from(records);
            (before, at) = (at, forward_link);
        }
        assert_eq!((seen, before), (count, header.last_leaf_node));
    }
}

#[test]
fn the_parts_it_is_made_in_do_not_matter() {
    let records = records(2000);
    assert!(write(&records, 1).1 == write(&records, 1000).1);
}

#[test]
fn what_the_header_has_no_bits_for_is_in_map_nodes() {
    // Each record fills a leaf: 7936 bytes of map in the header are for 63,488 nodes.
    let records: Vec<Record> = (0..70_000u32)
        .map(|number| Record { parent: CatalogNodeId(number), name: Vec::new(), data: vec![0; 5000] })
        .collect();
    let (layout, begins) = plan(&records);
    assert_eq!((layout.leaves(), begins.len()), (70_000, 70_000));
    assert_eq!(layout.head_nodes(), 2);
    let mut bytes = Vec::new();
    layout.append_head(&mut bytes).unwrap();
    assert_eq!(node(&bytes, 0).descriptor.forward_link, 1);
    let map = node(&bytes, 1);
    assert_eq!((map.descriptor.kind, map.descriptor.forward_link), (NodeKind::MAP, 0));
    let set = |map: &[u8]| map.iter().map(|byte| byte.count_ones()).sum::<u32>();
    let bits = set(node(&bytes, 0).record(2).unwrap()) + set(map.record(0).unwrap());
    assert_eq!(bits, layout.nodes());
}

#[test]
fn an_empty_catalog_has_no_root() {
    let (layout, bytes) = write(&[], 1);
    assert_eq!(layout.nodes(), 1);
    let header = header(&bytes);
    assert_eq!((header.tree_depth, header.root_node, header.first_leaf_node), (0, 0, 0));
}
