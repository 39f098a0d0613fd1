use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use fsimage::{ZisofsBlock, ZisofsOptions, ZisofsVersion};

use super::udf::bytes;

/// Which files are stored compressed, and how.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Compressed files, with rock-ridge in --fs and without udf")]
pub struct ZisofsArgs {
    /// Store files compressed (zisofs) where that saves sectors; Linux shows them as they were, Joliet and systems
    /// without Rock Ridge do not. FORM is v1, v2 (which Linux does not read) or auto (v2 from 4 GiB on), then block=32,
    /// 64 or 128 (KiB), level=1 to 9, min=SIZE of files, spool=DIR for a temporary file, with commas between
    /// [default: v1,block=32,level=6; the temporary file lies beside the image]
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "v1")]
    pub zisofs: Option<ZisofsForm>,

    /// Compress only what matches: the path in the image, or the bare name. Can be repeated
    #[arg(long, value_name = "GLOB", requires = "zisofs")]
    pub zisofs_files: Vec<String>,
}

/// The value of `--zisofs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZisofsForm {
    /// How files are compressed.
    pub options: ZisofsOptions,
    /// Shorter files are left alone.
    pub min: u64,
}

impl FromStr for ZisofsForm {
    type Err = String;

    fn from_str(text: &str) -> Result<ZisofsForm, String> {
        let mut form = ZisofsForm::default();
        for part in text.split(',') {
            match part.split_once('=') {
                None => {
                    form.options.version = match part {
                        "v1" => ZisofsVersion::One,
                        "v2" => ZisofsVersion::Two,
                        "auto" => ZisofsVersion::Fitting,
                        _ => return Err(format!("{part:?} is neither v1, v2 nor auto")),
                    };
                }
                Some(("block", size)) => {
                    form.options.block = match size {
                        "32" => ZisofsBlock::KiB32,
                        "64" => ZisofsBlock::KiB64,
                        "128" => ZisofsBlock::KiB128,
                        _ => return Err(format!("blocks have 32, 64 or 128 KiB, not {size:?}")),
                    };
                }
                Some(("level", level)) => {
                    let level = level.parse().ok().filter(|level| (1..=9).contains(level));
                    form.options.level = level.ok_or("levels are 1 to 9")?;
                }
                Some(("min", size)) => {
                    form.min = bytes(size).ok_or_else(|| format!("{size:?} is no size"))?
                }
                Some(("spool", folder)) => form.options.spool = Some(PathBuf::from(folder)),
                Some((key, _)) => {
                    return Err(format!("{key:?} is neither block, level, min nor spool"));
                }
            }
        }
        Ok(form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form() {
        let parsed = |text: &str| text.parse::<ZisofsForm>();
        assert_eq!(parsed("v1"), Ok(ZisofsForm::default()));
        let spool = Some(PathBuf::from("/var/tmp"));
        let options = ZisofsOptions {
            version: ZisofsVersion::Fitting,
            block: ZisofsBlock::KiB128,
            level: 9,
            spool,
            digests: None,
        };
        assert_eq!(
            parsed("auto,block=128,level=9,min=64K,spool=/var/tmp"),
            Ok(ZisofsForm { options, min: 65_536 })
        );
        assert_eq!(parsed("block=64").unwrap().options.block, ZisofsBlock::KiB64);
        for wrong in ["", "v3", "block=16", "level=0", "level=10", "min=x", "v1,,v2", "size=1"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
