use iso9660::el_torito::BootCatalog;

pub(crate) fn run(bytes: &[u8]) {
    check(bytes);

    // The checksum keeps a fuzzer out: the same behind a validation entry that is right.
    let mut catalog = vec![0; 32];
    catalog[0] = 1;
    catalog[28..32].copy_from_slice(&[0xaa, 0x55, 0x55, 0xaa]);
    catalog.extend_from_slice(bytes);
    check(&catalog);
}

fn check(bytes: &[u8]) {
    if let Ok((rest, catalog)) = BootCatalog::parse(bytes) {
        assert!(rest.len() < bytes.len());
        let encoded = catalog.encode();
        assert_eq!(encoded.len(), catalog.encoded_len());
        let (_, again) = BootCatalog::parse(&encoded).expect("what was encoded must parse");
        // A flag that announces an extension where none follows is not kept.
        assert_eq!(again.encode(), encoded);
    }
}
