use std::collections::BTreeSet;

use iso9660::names::{SourceName, Standing};
use joliet::{JolietRules, compare_identifiers, decode, record_names};

/// The first byte chooses the rules; names follow, separated by zeros.
pub(crate) fn run(bytes: &[u8]) {
    let Some((&rules, text)) = bytes.split_first() else { return };
    let rules = JolietRules { max_units: rules >> 1, version: rules & 1 != 0, ..JolietRules::STRICT };
    let unique: BTreeSet<&[u8]> = text.split(|&byte| byte == 0).filter(|name| !name.is_empty()).collect();
    let names: Vec<SourceName<'_>> = unique
        .into_iter()
        .map(|name| SourceName { name, is_directory: name.ends_with(b"`"), standing: Standing::New })
        .collect();
    let recorded = record_names(&rules, &names).expect("fewer names than numbers");
    assert_eq!(recorded.len(), names.len());

    let mut seen = BTreeSet::new();
    for index in 0..recorded.len() {
        let identifier = recorded.identifier(index);
        assert!(!identifier.is_empty() && identifier.len().is_multiple_of(2));
        assert!(identifier.len() <= 2 * (103 + 2), "{} bytes", identifier.len());
        assert!(compare_identifiers(identifier, identifier).is_eq());
        let mut decoded = Vec::new();
        // Damage cannot be in what was made here, but decoding must not care.
        let _ = decode(identifier, &mut decoded);
        assert!(seen.insert(decoded), "{} occurs twice", identifier.escape_ascii());
    }
    let mut any = Vec::new();
    let _ = decode(text, &mut any);
}
