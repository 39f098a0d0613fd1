use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, ValueEnum};
use fsimage::{SectorCount, UdfAccess, UdfRevision};

/// Form of UDF. Each of these needs `udf` in `--fs`.
#[derive(Clone, Debug, Default, ClapArgs)]
#[command(next_help_heading = "UDF, with udf in --fs")]
pub struct Udf {
    /// Revision [default: 2.01 in a file, 1.50 on CD, 1.02 on DVD, 2.50 on BD, or that of the session before]
    #[arg(long, value_name = "REVISION", value_parser = revisions())]
    pub udf_revision: Option<UdfRevision>,

    /// Where directories and attributes lie [default: by-revision]
    #[arg(long, value_enum, value_name = "PARTITION")]
    pub udf_metadata: Option<UdfMetadata>,

    /// What is kept among the attributes instead of in sectors of its own [default: auto]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub udf_embedding: Option<UdfEmbedding>,

    /// read-only; write-once: sessions write what is new or changed, and a virtual allocation table (the option
    /// --udf-vat); or overwritable:SIZE: drivers may change the volume, and find so much free space (as in 64M, 2G)
    /// [default: read-only, or as the session before]
    #[arg(long, value_name = "ACCESS", value_parser = parse_access)]
    pub udf_access: Option<UdfAccess>,

    /// The same as --udf-access write-once
    #[arg(long, conflicts_with = "udf_access")]
    pub udf_vat: bool,

    /// What becomes of symbolic links in UDF [default: copy if an imported session with Rock Ridge has them so, else store]
    #[arg(long, value_enum, value_name = "POLICY")]
    pub udf_symlinks: Option<UdfLinks>,
}

/// Where directories and attributes of UDF lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UdfMetadata {
    /// In a metadata partition with a second copy from 2.50 on, among the data before
    ByRevision,
    /// Among the data
    None,
    /// In a metadata partition, once
    Single,
    /// In a metadata partition, with a second copy at the end of the volume
    Mirrored,
}

/// What is kept in ICBs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UdfEmbedding {
    /// All that fits where UDF is alone; beside ISO 9660, directories
    Auto,
    /// Nothing, as players want it
    Nothing,
    /// Directories
    Directories,
}

/// What becomes of symbolic links in UDF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum UdfLinks {
    /// They are stored; some programs, as 7-Zip, refuse volumes that hold any
    #[default]
    Store,
    /// They are left out
    Omit,
    /// Those that lead to a file of the tree become further names of it; the others are left out
    Copy,
}

impl Udf {
    /// Who may change the volume, as far as that is asked for.
    pub(crate) fn access(&self) -> Option<UdfAccess> {
        self.udf_access.or(self.udf_vat.then_some(UdfAccess::WriteOnce))
    }
}

/// [`UdfOptions::REVISIONS`], as they are written.
const REVISIONS: [&str; 6] = ["1.02", "1.50", "2.00", "2.01", "2.50", "2.60"];

fn revisions() -> impl TypedValueParser<Value = UdfRevision> {
    PossibleValuesParser::new(REVISIONS).try_map(|text| text.parse::<UdfRevision>())
}

fn parse_access(text: &str) -> Result<UdfAccess, String> {
    if text == "read-only" {
        return Ok(UdfAccess::ReadOnly);
    }
    if text == "write-once" {
        return Ok(UdfAccess::WriteOnce);
    }
    let size = text
        .strip_prefix("overwritable:")
        .ok_or("use read-only, write-once, or overwritable:SIZE, as in 64M or 2G")?;
    let free = bytes(size).and_then(SectorCount::for_bytes).ok_or_else(|| format!("{size:?} is no size"))?;
    Ok(UdfAccess::Overwritable { free })
}

/// A number of bytes; K, M, G and T are powers of 1024.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let shift = match &text[digits.len()..] {
        "" => 0,
        "K" | "k" => 10,
        "M" | "m" => 20,
        "G" | "g" => 30,
        "T" | "t" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fsimage::UdfOptions;

    #[test]
    fn all_revisions_can_be_asked_for() {
        assert_eq!(REVISIONS.map(str::to_owned), UdfOptions::REVISIONS.map(|revision| revision.to_string()));
    }

    #[test]
    fn access_and_sizes() {
        let free = |sectors| UdfAccess::Overwritable { free: SectorCount::new(sectors) };
        assert_eq!(parse_access("read-only"), Ok(UdfAccess::ReadOnly));
        assert_eq!(parse_access("write-once"), Ok(UdfAccess::WriteOnce));
        assert_eq!(parse_access("overwritable:64M"), Ok(free(32_768)));
        assert_eq!(parse_access("overwritable:2049"), Ok(free(2)));
        for wrong in
            ["", "overwritable", "overwritable:", "overwritable:1X", "overwritable:-1", "overwritable:99T"]
        {
            assert!(parse_access(wrong).is_err(), "{wrong}");
        }
    }
}
