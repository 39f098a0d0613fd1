use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use fsimage::{DriveName, MediumKind, SpareArea};

/// A TARGET of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An image file, or a block device that holds one.
    Image(PathBuf),
    /// A drive.
    Drive(DriveName),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Image(path) => path.display().fmt(f),
            Target::Drive(drive) => drive.fmt(f),
        }
    }
}

/// The room for bad blocks that a format leaves.
pub(super) fn parse_spare(text: &str) -> Result<SpareArea, String> {
    Ok(match text {
        "none" => SpareArea::None,
        "least" => SpareArea::Least,
        "default" => SpareArea::Default,
        "most" => SpareArea::Most,
        "0" => return Err("room of 0 sectors is called none".to_owned()),
        number => SpareArea::Blocks(number.parse().map_err(|_| {
            format!("{number:?} is no room; use none, least, default, most, or a number of sectors")
        })?),
    })
}

pub(super) fn parse_medium(name: &str) -> Result<MediumKind, String> {
    name.parse().map_err(|_| {
        let names = MediumKind::ALL.map(MediumKind::name).join(", ");
        format!("{name:?} is no medium that can be recorded; use one of {names}")
    })
}

pub(super) fn parse_drive(text: OsString) -> Result<DriveName, String> {
    match text.into_string() {
        Ok(text) => text.parse(),
        Err(text) => Ok(not_unicode(text)),
    }
}

pub(super) fn parse_target(text: OsString) -> Result<Target, String> {
    // Other devices (loop, disk partitions) are read as image files.
    if text.as_encoded_bytes().starts_with(b"sim:") || fsimage::names_drive(text.as_ref()) {
        parse_drive(text).map(Target::Drive)
    } else {
        Ok(Target::Image(PathBuf::from(text)))
    }
}

/// The file that an image is written to.
pub(super) fn parse_image_file(text: OsString) -> Result<PathBuf, String> {
    match parse_target(text)? {
        Target::Image(path) => Ok(path),
        Target::Drive(drive) => Err(format!(
            "{drive} is a drive, and the image is a file: 'fsimage burn', 'fsimage copy --drive' and 'fsimage drive write' \
             record on a medium; a file of such a name is ./{drive}"
        )),
    }
}

/// A drive whose path is no Unicode.
#[cfg(unix)]
fn not_unicode(text: OsString) -> DriveName {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let Some(rest) = text.as_bytes().strip_prefix(b"sim:") else { return DriveName::Device(text.into()) };
    let named = MediumKind::ALL.into_iter().find_map(|kind| {
        let path = rest.strip_prefix(kind.name().as_bytes())?.strip_prefix(b":")?;
        Some((Some(kind), path))
    });
    let (kind, path) = named.unwrap_or((None, rest));
    DriveName::Simulated { kind, path: OsString::from_vec(path.to_vec()).into() }
}

#[cfg(not(unix))]
fn not_unicode(text: OsString) -> DriveName {
    DriveName::Device(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sim(kind: Option<MediumKind>, path: &str) -> Result<Target, String> {
        Ok(Target::Drive(DriveName::Simulated { kind, path: path.into() }))
    }

    #[test]
    fn simulated_media() {
        assert_eq!(parse_target("sim:bd-r:demo.disc".into()), sim(Some(MediumKind::BdR), "demo.disc"));
        assert_eq!(parse_target("sim:demo.disc".into()), sim(None, "demo.disc"));
        assert_eq!(parse_target("sim:/var/a:b".into()), sim(None, "/var/a:b"));
        assert!(parse_target("sim:bdr:demo.disc".into()).is_err());
        assert!(parse_target("sim:".into()).is_err());
        assert!(parse_medium("floppy").unwrap_err().contains("dvd+r-dl"));
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_unicode() {
        use std::os::unix::ffi::OsStringExt;
        let text = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        let Ok(Target::Drive(DriveName::Simulated { kind, path })) = parse_target(text(b"sim:dvd+r-dl:\xff"))
        else {
            panic!()
        };
        assert_eq!((kind, path.into_os_string()), (Some(MediumKind::DvdPlusRDl), text(b"\xff")));
    }

    #[test]
    fn drives_and_images() {
        let drives: &[&str] = if cfg!(windows) {
            &["D:", r"e:\", r"\\.\D:", r"\\.\CdRom0"]
        } else {
            &["/dev/sr0", "/dev/sg12", "/dev/cdrom", "/dev/dvd", "/dev/cd0"]
        };
        for &drive in drives {
            assert_eq!(parse_target(drive.into()), Ok(Target::Drive(DriveName::Device(drive.into()))));
        }
        for image in ["image.iso", "/dev/loop0", "/dev/sda1", "sr0", "./sim:x"] {
            assert_eq!(parse_target(image.into()), Ok(Target::Image(image.into())));
        }
        assert_eq!(parse_drive("drive".into()), Ok(DriveName::Device("drive".into())));
    }
}
