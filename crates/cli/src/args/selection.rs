use std::str::FromStr;

use clap::Args;

use super::FileSystemName;

/// What is said of items of the tree, by globs that are held against the path in the image and the bare name.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Items of the tree")]
pub struct SelectionArgs {
    /// Leave out of one file system what matches; a folder with all below it. Can be repeated
    #[arg(long, value_name = "FILE_SYSTEM=GLOB", value_parser = parse_hidden)]
    pub hide: Vec<(FileSystemName, String)>,

    /// Files that match lie by weight: greater ones come first, the others have 0. Can be repeated, the last wins
    #[arg(long, value_name = "GLOB=WEIGHT", allow_hyphen_values = true)]
    pub sort: Vec<Weighted>,
}

/// A glob with the weight of what it matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// The glob.
    pub glob: String,
    /// Greater ones come first.
    pub weight: i32,
}

impl FromStr for Weighted {
    type Err = String;

    fn from_str(text: &str) -> Result<Weighted, String> {
        let (glob, weight) = text.rsplit_once('=').ok_or("wanted GLOB=WEIGHT")?;
        let weight = weight.parse().map_err(|error| format!("{weight:?} is no weight: {error}"))?;
        Ok(Weighted { glob: glob.to_owned(), weight })
    }
}

fn parse_hidden(text: &str) -> Result<(FileSystemName, String), String> {
    let (name, glob) = text.split_once('=').ok_or("wanted FILE_SYSTEM=GLOB")?;
    let name = <FileSystemName as clap::ValueEnum>::from_str(name, false)?;
    if name == FileSystemName::RockRidge {
        return Err("Rock Ridge names the tree of iso9660, which shows an item or does not".to_owned());
    }
    Ok((name, glob.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_may_hold_equals_signs() {
        let weighted = |text: &str| text.parse::<Weighted>();
        assert_eq!(weighted("a=b=-5"), Ok(Weighted { glob: "a=b".to_owned(), weight: -5 }));
        assert!(weighted("a").is_err() && weighted("a=b").is_err());
        assert_eq!(parse_hidden("joliet=a=b"), Ok((FileSystemName::Joliet, "a=b".to_owned())));
        assert!(parse_hidden("rock-ridge=a").is_err() && parse_hidden("ext4=a").is_err());
    }
}
