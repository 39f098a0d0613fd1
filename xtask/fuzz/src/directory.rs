use iso9660::directory::{DirectoryRecord, compare_records};

pub(crate) fn run(bytes: &[u8]) {
    let mut rest = bytes;
    let mut previous: Option<DirectoryRecord<'_>> = None;
    while let Ok((after, record)) = DirectoryRecord::parse(rest) {
        assert!(after.len() < rest.len(), "a record takes at least a byte");
        DirectoryRecord::disagreements(&rest[..rest.len() - after.len()]).for_each(drop);
        let mut encoded = Vec::new();
        if record.encode(&mut encoded).is_ok() {
            assert_eq!(encoded.len(), record.encoded_len());
            let (left, again) = DirectoryRecord::parse(&encoded).expect("what was encoded must parse");
            assert!(left.is_empty());
            // A System Use field of odd length gets a byte of padding.
            let system_use = again.system_use.get(..record.system_use.len());
            assert_eq!(system_use, Some(record.system_use));
            assert_eq!(
                DirectoryRecord { system_use: &[], ..again },
                DirectoryRecord { system_use: &[], ..record }
            );
        }
        if let Some(previous) = previous {
            assert_eq!(compare_records(&previous, &record), compare_records(&record, &previous).reverse());
        }
        previous = Some(record);
        rest = after;
    }
}
