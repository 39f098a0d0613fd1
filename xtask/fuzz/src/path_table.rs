use iso9660::ByteOrder;
use iso9660::path_table::PathTableRecord;

pub(crate) fn run(bytes: &[u8]) {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let mut rest = bytes;
        while let Ok((after, record)) = PathTableRecord::parse(rest, order) {
            assert!(after.len() < rest.len(), "a record takes at least a byte");
            let mut encoded = Vec::new();
            if record.encode(order, &mut encoded).is_ok() {
                assert_eq!(encoded.len(), record.encoded_len());
                let (_, again) =
                    PathTableRecord::parse(&encoded, order).expect("what was encoded must parse");
                assert_eq!(again, record);
            }
            rest = after;
        }
    }
}
