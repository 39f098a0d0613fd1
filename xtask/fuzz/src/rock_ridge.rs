use iso9660::rock_ridge::{
    AlternateName, ChildLink, DeviceNumber, ParentLink, PosixAttributes, RockRidgePresent, SparseFile,
    SymbolicLink, TargetDecoder, TimeStamps, sl,
};
use iso9660::susp::{
    ContinuationArea, Entry, ExtensionSelector, ExtensionsReference, SharingProtocolIndicator, entries,
};

/// An entry of a fixed form: what parses must encode to an entry that parses to the same.
macro_rules! round_trip {
    ($kind:ty, $payload:expr) => {
        if let Ok((_, found)) = <$kind>::parse($payload) {
            let mut encoded = Vec::new();
            found.encode(&mut encoded);
            let (_, entry) = Entry::parse(&encoded).expect("what was encoded must be an entry");
            assert_eq!(entry.signature, <$kind>::SIGNATURE);
            let (_, again) = <$kind>::parse(entry.payload).expect("what was encoded must parse");
            assert_eq!(found, again);
        }
    };
}

pub(crate) fn run(bytes: &[u8]) {
    let mut decoder = TargetDecoder::new();
    let mut target = Vec::new();
    let mut name = Vec::new();
    for entry in entries(bytes) {
        let payload = entry.payload;
        let mut encoded = Vec::new();
        entry.encode(&mut encoded).expect("an entry that was read is short enough");
        assert_eq!(Entry::parse(&encoded).map(|(_, again)| again), Ok(entry));

        // Every parser sees every payload: signatures are a hint, not a promise.
        round_trip!(ChildLink, payload);
        round_trip!(ContinuationArea, payload);
        round_trip!(DeviceNumber, payload);
        round_trip!(ExtensionSelector, payload);
        round_trip!(ParentLink, payload);
        round_trip!(PosixAttributes, payload);
        round_trip!(RockRidgePresent, payload);
        round_trip!(SharingProtocolIndicator, payload);
        round_trip!(TimeStamps, payload);
        if let Ok((_, sparse)) = SparseFile::parse(payload) {
            sparse.encode(&mut encoded);
        }
        ContinuationArea::disagreements(payload).for_each(drop);
        PosixAttributes::disagreements(payload).for_each(drop);
        if let Ok((_, reference)) = ExtensionsReference::parse(payload) {
            let mut encoded = Vec::new();
            if reference.encode(&mut encoded).is_ok() {
                let (_, entry) = Entry::parse(&encoded).expect("what was encoded must be an entry");
                let (_, again) =
                    ExtensionsReference::parse(entry.payload).expect("what was encoded must parse");
                assert_eq!(again, reference);
            }
        }
        if let Ok((_, part)) = AlternateName::parse(payload) {
            name.extend_from_slice(part.content);
        }
        if let Ok((_, link)) = SymbolicLink::parse(payload) {
            decoder.push(&link, &mut target);
        }
    }
    // A component costs two bytes at least, and gives three at most.
    assert!(target.len() <= 2 * bytes.len(), "{} bytes of target from {}", target.len(), bytes.len());
    assert!(name.len() <= bytes.len());
}

pub(crate) fn link_target(bytes: &[u8]) {
    let mut encoded = Vec::new();
    sl::encode(bytes, &mut encoded);
    let mut decoder = TargetDecoder::new();
    let mut target = Vec::new();
    for entry in entries(&encoded) {
        let (_, link) = SymbolicLink::parse(entry.payload).expect("what was encoded must parse");
        assert!(decoder.push(&link, &mut target), "what was encoded must be understood");
    }
    assert_eq!(target, bytes);
}
