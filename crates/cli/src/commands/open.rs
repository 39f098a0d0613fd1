use fsimage::{CancelToken, Disc, DriveName, Error, Image, ImageEntry, OpenDrive, PassedOverReason};

use super::{Context, preference};
use crate::args::{ImagePath, Reading, Target};
use crate::failure::Failure;
use crate::real_time::RealTime;

/// The medium or image file behind a target; an image may begin `offset` bytes into its file.
pub(super) fn disc(target: &Target, offset: u64, cancel: &CancelToken) -> Result<Disc, Failure> {
    match target {
        Target::Image(path) => Ok(Disc::open_at(path, offset)?),
        Target::Drive(_) if offset > 0 => Err(offset_of_drive().into()),
        Target::Drive(name) => {
            let disc = drive_for_reading(name, cancel)?.disc();
            heard(cancel)?;
            Ok(disc?)
        }
    }
}

/// What could not be read while the command was cancelled is not told: it was not waited for.
fn heard(cancel: &CancelToken) -> Result<(), Error> {
    match cancel.is_cancelled() {
        true => Err(Error::Cancelled { state: "nothing was written".to_owned() }),
        false => Ok(()),
    }
}

/// A drive's medium begins where it begins.
pub(super) fn offset_of_drive() -> Error {
    Error::InvalidArgument {
        argument: "--offset".to_owned(),
        reason: "it is for image files; a medium is read from its beginning".to_owned(),
    }
}

/// The drive; unlike for burning, no simulated medium is made.
pub(super) fn drive_for_reading(name: &DriveName, cancel: &CancelToken) -> Result<OpenDrive, Failure> {
    existing_drive(name, false, cancel)
}

/// The same, where a simulated drive may be asked to take its time.
pub(super) fn existing_drive(
    name: &DriveName,
    real_time: bool,
    cancel: &CancelToken,
) -> Result<OpenDrive, Failure> {
    match name {
        DriveName::Simulated { kind: Some(_), path } if !path.exists() => {
            drive(&DriveName::Simulated { kind: None, path: path.clone() }, real_time, cancel)
        }
        name => drive(name, real_time, cancel),
    }
}

/// The drive behind its tray, which is closed if need be. No simulated medium is made.
pub(super) fn loaded_drive(name: &DriveName, cancel: &CancelToken) -> Result<OpenDrive, Failure> {
    match name {
        DriveName::Simulated { kind: Some(_), path } if !path.exists() => {
            Ok(OpenDrive::load(&DriveName::Simulated { kind: None, path: path.clone() }, cancel)?)
        }
        name => Ok(OpenDrive::load(name, cancel)?),
    }
}

/// The drive for recording.
pub(super) fn drive(name: &DriveName, real_time: bool, cancel: &CancelToken) -> Result<OpenDrive, Failure> {
    Ok(match real_time {
        true => OpenDrive::open_timed(name, RealTime::new(), cancel)?,
        false => OpenDrive::open_cancellable(name, cancel)?,
    })
}

/// The tree of a session that the command line asks for.
pub(super) fn image(reading: &Reading, context: &Context) -> Result<Image, Failure> {
    let cancel = &context.control.cancel;
    let disc = disc(&reading.target, reading.offset, cancel)?;
    let image = disc.image(reading.session, &preference(&reading.fs)?);
    heard(cancel)?;
    let image = image?;
    for passed_over in image.passed_over() {
        let shown = match passed_over.why {
            PassedOverReason::StoppedEarly => {
                format!("; '--session {}' shows what is there", passed_over.number)
            }
            _ => String::new(),
        };
        context.warn(format_args!("{}{shown}", passed_over.with_what_is_shown()));
    }
    image.damaged_head().iter().for_each(|told| context.warn(told));
    if image.is_interrupted() {
        context.warn(
            "the recording of this session stopped early: files may be missing, or hold something else; 'fsimage recover' \
             tells which are whole",
        );
    }
    Ok(image)
}

/// The item at a path.
pub(super) fn lookup(image: &Image, path: &ImagePath) -> Result<ImageEntry, Failure> {
    lookup_bytes(image, path.as_bytes())
}

/// The same.
pub(super) fn lookup_bytes(image: &Image, path: &[u8]) -> Result<ImageEntry, Failure> {
    let mut at = image.root()?;
    for name in path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()) {
        let child = match at.kind {
            fsimage::Kind::Directory => image.child(&at, name)?,
            _ => None,
        };
        at = child.ok_or_else(|| Error::NotFound { path: lossy(path), wanted: None })?;
    }
    Ok(at)
}

/// For messages and JSON.
pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
