use udf::volume::{VolumeDescriptor, VolumeStructureDescriptor};
use udf::{Tag, cs0};

pub(crate) fn run(bytes: &[u8]) {
    let _ = VolumeStructureDescriptor::parse(bytes);
    let _ = cs0::decode(bytes);
    check(bytes);

    // Checksums keep a fuzzer out: the same with a tag that is right.
    let mut block = vec![0; bytes.len().clamp(512, 2048)];
    let length = bytes.len().min(block.len());
    block[..length].copy_from_slice(&bytes[..length]);
    let id = u16::from_le_bytes([block[0], block[1]]) % 10;
    let tag = Tag { id: udf::TagId(id), version: 2, serial: 0, crc_length: 496, location: 0 };
    if tag.seal(&mut block).is_ok() {
        check(&block);
    }
}

fn check(block: &[u8]) {
    if let Ok(Some(found)) = VolumeDescriptor::parse(block) {
        let mut encoded = vec![0; block.len()];
        if found.encode(&mut encoded).is_ok() {
            let again = VolumeDescriptor::parse(&encoded);
            assert_eq!(again.as_ref().map(Option::as_ref), Ok(Some(&found)));
        }
    }
}
