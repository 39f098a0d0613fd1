/// The texts of a volume descriptor, as recorded with their padding: nothing is lost when they are
/// written again. [`text::padded`](crate::text::padded) and [`text::trimmed`](crate::text::trimmed)
/// convert; in a Joliet descriptor the characters have two bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifiers {
    /// System that can act on the System Area, a-characters (ECMA-119 8.4.5).
    pub system: [u8; 32],
    /// Name of the volume, d-characters (8.4.6).
    pub volume: [u8; 32],
    /// Name of the volume set, d-characters (8.4.19).
    pub volume_set: [u8; 128],
    /// Who specified what is recorded, a-characters; when the first is `_`, the rest is the identifier of
    /// a file in the root directory (8.4.20).
    pub publisher: [u8; 128],
    /// Who controlled the preparation of the data, likewise (8.4.21).
    pub data_preparer: [u8; 128],
    /// How the data are recorded, likewise (8.4.22).
    pub application: [u8; 128],
    /// File in the root directory with a copyright statement (8.4.23).
    pub copyright_file: [u8; 37],
    /// File in the root directory with an abstract (8.4.24).
    pub abstract_file: [u8; 37],
    /// File in the root directory with bibliographic records (8.4.25).
    pub bibliographic_file: [u8; 37],
}

impl Default for Identifiers {
    /// Spaces: no text is given.
    fn default() -> Identifiers {
        Identifiers {
            system: [b' '; 32],
            volume: [b' '; 32],
            volume_set: [b' '; 128],
            publisher: [b' '; 128],
            data_preparer: [b' '; 128],
            application: [b' '; 128],
            copyright_file: [b' '; 37],
            abstract_file: [b' '; 37],
            bibliographic_file: [b' '; 37],
        }
    }
}
