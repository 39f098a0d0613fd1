use std::ffi::{OsStr, OsString};
use std::fmt;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::source::{ImagePath, parse_image_path, split};

/// Changes of what is imported. Paths are those of the imported tree, whatever else is changed.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Changes of what is imported")]
pub struct Changes {
    /// Take this out, a folder with all below it. Can be repeated
    #[arg(long, value_name = "PATH", value_parser = OsStringValueParser::new().map(parse_image_path))]
    pub remove: Vec<ImagePath>,

    /// Move or rename; behind a slash at the end, it keeps its name. Can be repeated
    #[arg(long = "move", value_name = "FROM=TO", value_parser = OsStringValueParser::new().try_map(parse_move))]
    pub moves: Vec<Move>,

    /// Bring this back as session NUMBER has it, in place of what is there now: of a folder, what that session does not
    /// have in it goes. Its data are referred to where they lie. Can be repeated
    #[arg(long, value_name = "NUMBER:PATH", value_parser = OsStringValueParser::new().try_map(parse_restore))]
    pub restore: Vec<Restore>,

    /// What becomes of what boots already [default: keep, but with --boot and --boot-image]; see --help
    #[arg(long, value_enum, long_help = IMPORTED_BOOT)]
    pub imported_boot: Option<ImportedBoot>,
}

/// How boot options go with what boots already.
pub(super) const IMPORTED_BOOT: &str = "\
What becomes of what boots already [default: keep, but with --boot and --boot-image]. Boot options beside it:
  --boot, --boot-image: say what boots instead, and nothing of it is kept
  --boot-catalog, --boot-id: change its boot catalog, in a new image
  --append-partition: a partition more, in a new image
  --hybrid, --mbr, --partition-table, --partition-offset, --apple-partition-map:
    let a new image boot from a disk; an error where it has boot code or partitions";

/// What is to be elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where it is.
    pub from: ImagePath,
    /// Where it is to be.
    pub to: ImagePath,
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |path: &ImagePath| String::from_utf8_lossy(path.as_bytes()).into_owned();
        write!(f, "{}={}", text(&self.from), text(&self.to))
    }
}

/// What is to be as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restore {
    /// Number of the session that has it.
    pub session: u16,
    /// Where it is there.
    pub path: ImagePath,
}

/// What becomes of the boot set-up of an imported image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ImportedBoot {
    /// All of it is kept; what cannot be is an error, and so are boot options that say what boots instead
    #[default]
    Keep,
    /// What can be kept is, and what cannot be is told
    Lossy,
    /// Nothing of it is: what is written does not boot, unless boot options say what does
    Drop,
}

fn parse_move(text: OsString) -> Result<Move, String> {
    let (from, to) = split(&text, b'=').ok_or("wanted FROM=TO")?;
    Ok(Move { from: parse_image_path(from.to_owned()), to: parse_image_path(to.to_owned()) })
}

fn parse_restore(text: OsString) -> Result<Restore, String> {
    let number = |text: &OsStr| text.to_str()?.parse().ok().filter(|&number: &u16| number > 0);
    split(&text, b':')
        .and_then(|(session, path)| {
            Some(Restore { session: number(session)?, path: parse_image_path(path.to_owned()) })
        })
        .ok_or_else(|| "wanted NUMBER:PATH, with a number of a session, from 1".to_owned())
}
