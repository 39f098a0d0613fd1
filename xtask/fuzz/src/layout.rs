use iso9660::LogicalBlock;
use iso9660::directory::DirectoryRecord;
use iso9660::layout::DirectoryWriter;
use iso9660::susp::{ContinuationArea, Entry, entries};

/// Where the continuation area is pretended to lie.
const CONTINUATION: u32 = 1000;

const SECTOR: usize = 2048;

/// Records whose identifiers and System Use entries are cut from the bytes are laid out; reading the sectors
/// must give the same records and entries.
pub(crate) fn run(bytes: &[u8]) {
    let mut writer = DirectoryWriter::new();
    writer.begin(LogicalBlock::new(CONTINUATION));
    let mut pushed = Vec::new();
    let mut rest = bytes;
    while let Some((&[identifier_length, count], after)) = rest.split_first_chunk::<2>() {
        let identifier_length = usize::from(identifier_length).clamp(1, 221).min(after.len());
        let (identifier, mut after) = after.split_at(identifier_length);
        if identifier.is_empty() {
            break;
        }
        let mut area = Vec::new();
        for _ in 0..count % 32 {
            let Some((&length, payload)) = after.split_first() else { break };
            let (payload, next) = payload.split_at(usize::from(length).min(251).min(payload.len()));
            let entry = Entry { signature: iso9660::susp::Signature(*b"ZZ"), version: 1, payload };
            entry.encode(&mut area).expect("at most 251 bytes");
            after = next;
        }
        rest = after;
        let record = DirectoryRecord { identifier, ..DirectoryRecord::default() };
        if writer.push(&record, &area).is_ok() {
            pushed.push((identifier, area));
        }
    }

    let (records, continuation) = writer.finish();
    assert!(records.len().is_multiple_of(SECTOR) && continuation.len().is_multiple_of(SECTOR));
    let mut pushed = pushed.into_iter();
    for sector in records.chunks(SECTOR) {
        let mut rest = sector;
        while let Ok((after, record)) = DirectoryRecord::parse(rest) {
            let (identifier, area) = pushed.next().expect("no record more than were pushed");
            assert_eq!(record.identifier, identifier);
            assert_eq!(collect(record.system_use, continuation), area);
            rest = after;
        }
        assert!(rest.iter().all(|&byte| byte == 0), "padding is zero");
    }
    assert!(pushed.next().is_none(), "a record was lost");
}

/// The entries of a System Use field with those of its continuation areas.
fn collect(system_use: &[u8], continuation: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let mut area = system_use;
    let mut areas = 0;
    loop {
        let mut next = None;
        for entry in entries(area) {
            if entry.signature == ContinuationArea::SIGNATURE {
                assert!(next.is_none(), "two continuation areas");
                next = Some(ContinuationArea::parse(entry.payload).expect("a whole entry").1);
            } else {
                entry.encode(&mut all).expect("it was read");
            }
        }
        let Some(found) = next else { return all };
        let start = (found.location.get() - CONTINUATION) as usize * SECTOR + found.offset as usize;
        let end = start + found.length as usize;
        assert!(found.offset + found.length <= SECTOR as u32, "an area crosses a block");
        area = continuation.get(start..end).expect("the area is in the directory's own blocks");
        areas += 1;
        assert!(areas <= continuation.len(), "areas go in a circle");
    }
}
