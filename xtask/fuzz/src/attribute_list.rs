use iso9660::aaip::{
    AccessControlLists, AttributeList, AttributeListEncoder, AttributeListEntry, AttributeListFlags,
};
use iso9660::susp::{Entry, entries};

pub(crate) fn run(bytes: &[u8]) {
    // As entries, and as what stands in them.
    let mut one_list = Vec::new();
    for components in bytes.chunks(AttributeListEntry::MAX_COMPONENTS) {
        let piece = AttributeListEntry { flags: AttributeListFlags::CONTINUE, components };
        piece.encode(&mut one_list).expect("a component area is short enough");
    }
    for area in [bytes, &one_list] {
        for entry in entries(area) {
            if let Ok((_, piece)) = AttributeListEntry::parse(entry.payload) {
                let mut encoded = Vec::new();
                piece.encode(&mut encoded).expect("what was read is short enough");
                let (_, entry) = Entry::parse(&encoded).expect("what was encoded must be an entry");
                assert_eq!(AttributeListEntry::parse(entry.payload).map(|(_, again)| again), Ok(piece));
            }
        }
        list(area);
    }
    if let Some(acl) = AccessControlLists::parse(bytes) {
        let mut encoded = Vec::new();
        acl.encode(&mut encoded);
        assert_eq!(AccessControlLists::parse(&encoded), Some(acl));
    }
}

fn list(area: &[u8]) {
    let list = AttributeList::decode(area, &mut |_| {});
    // The longest namespace has nine bytes, and stands for one.
    let kept: usize = list.attributes().map(|(name, value)| name.len() + value.len()).sum();
    assert!(kept <= 9 * area.len(), "{kept} bytes from {}", area.len());
    let mut encoded = Vec::new();
    let mut encoder = AttributeListEncoder::new(&mut encoded);
    list.attributes().for_each(|(name, value)| encoder.push(name, value));
    if !list.acl.is_empty() {
        encoder.push_acl(&list.acl);
    }
    encoder.finish();
    let again = AttributeList::decode(&encoded, &mut |what| {
        assert!(encoded.is_empty(), "{what} in what was encoded");
    });
    assert_eq!(list, again);
}
