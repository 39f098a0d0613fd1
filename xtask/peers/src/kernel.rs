//! The Linux kernel's view, through the checking tool that `FSIMAGE_KERNEL_CHECK` names. It mounts the
//! image in a virtual machine, so neither rights nor drivers of this machine matter.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{Failure, Listing, environment_tool, parse_manifest, run_for};

/// Names the tool.
pub const KERNEL_CHECK: &str = "FSIMAGE_KERNEL_CHECK";

/// One machine at a time: each takes a core.
static MACHINE: Mutex<()> = Mutex::new(());

/// What one mount showed.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The options as reported, or `-`.
    pub options: String,
    /// Everything in the file system.
    pub listing: Listing,
    /// Messages of the file system driver.
    pub kernel_log: Vec<String>,
    /// What the tool found wrong: unreadable files, doubled names, kernel complaints.
    pub issues: Vec<String>,
    /// Whether the tool was content.
    pub ok: bool,
}

/// The checking tool, or `None` with the skip reported.
///
/// # Panics
/// As [`environment_tool`].
#[must_use]
#[track_caller]
pub fn require() -> Option<PathBuf> {
    environment_tool(KERNEL_CHECK)
}

/// Mounts the image once for each of `mounts` (`iso9660`, `iso9660:norock`, `iso9660:norock,nojoliet`,
/// `iso9660:sbsector=192`) in one boot. `options` are more of the tool's own.
///
/// # Errors
/// When the tool itself could not work, or its output is not understood. A mount that failed is an entry
/// of the result.
pub fn mount(tool: &Path, image: &Path, mounts: &[&str], options: &[&str]) -> Result<Vec<Mount>, Failure> {
    let mut found = mount_each(tool, &[(image, mounts)], options)?;
    found.pop().ok_or_else(|| Failure::new("kernel check: nothing reported"))
}

/// [`mount`] for several images in one boot; the results are in the order of `images`.
///
/// # Errors
/// As [`mount`].
pub fn mount_each(
    tool: &Path,
    images: &[(&Path, &[&str])],
    options: &[&str],
) -> Result<Vec<Vec<Mount>>, Failure> {
    let mut batch = tempfile::NamedTempFile::new()?;
    for (image, mounts) in images {
        write!(batch, "'{}'", image.display())?;
        for mount in *mounts {
            write!(batch, " --mount {mount}")?;
        }
        writeln!(batch)?;
    }
    let mut arguments = vec![OsString::from("--batch"), batch.path().into()];
    arguments.extend(options.iter().map(OsString::from));
    let turn = MACHINE.lock().unwrap_or_else(PoisonError::into_inner);
    let output = run_for(Duration::from_secs(1200), tool, &arguments)?;
    drop(turn);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !matches!(output.status.code(), Some(0 | 1)) {
        output.success("kernel check")?;
    }
    let mut found = parse(&text)?.into_iter();
    let asked: usize = images.iter().map(|(_, mounts)| mounts.len()).sum();
    if found.len() != asked {
        let reported = found.len();
        return Err(Failure::new(format!("kernel check: {asked} mounts asked for, {reported} reported")));
    }
    Ok(images.iter().map(|(_, mounts)| found.by_ref().take(mounts.len()).collect()).collect())
}

fn parse(text: &str) -> Result<Vec<Mount>, Failure> {
    #[derive(PartialEq)]
    enum Part {
        Head,
        Manifest,
        Log,
        Issues,
        Other,
    }
    let mut mounts = Vec::new();
    let mut current: Option<(Mount, String)> = None;
    let mut part = Part::Head;
    for line in text.lines() {
        let Some(heading) = line.strip_prefix("=== ") else {
            if let Some((mount, manifest)) = &mut current {
                match part {
                    Part::Manifest => {
                        manifest.push_str(line);
                        manifest.push('\n');
                    }
                    Part::Log => mount.kernel_log.push(line.to_owned()),
                    Part::Issues => mount.issues.push(line.to_owned()),
                    Part::Head | Part::Other => {}
                }
            }
            continue;
        };
        if heading.starts_with("begin ") {
            let options = heading.rsplit_once(" options=").map_or("-", |(_, options)| options).to_owned();
            let mount = Mount {
                options,
                listing: Listing::new(),
                kernel_log: Vec::new(),
                issues: Vec::new(),
                ok: false,
            };
            current = Some((mount, String::new()));
            part = Part::Head;
        } else if let Some(end) = heading.strip_prefix("end ") {
            if let Some((mut mount, manifest)) = current.take() {
                mount.listing = parse_manifest(&manifest)?;
                mount.ok = end.starts_with("result=ok");
                mounts.push(mount);
            }
            part = Part::Other;
        } else {
            part = match heading.split(' ').next() {
                Some("manifest") => Part::Manifest,
                Some("kernel-log") => Part::Log,
                Some("issues" | "difference") => Part::Issues,
                _ => Part::Other,
            };
        }
    }
    Ok(mounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report() {
        let text = "\
=== begin image=x.iso as=cdrom type=iso9660 options=norock
# device /dev/sr0: 681984 bytes, sectors of 2048
=== manifest mounted
# path\ttype\tmode\tuid\tgid\tsize\tnlink\tmtime\trdev\tsha256\ttarget
/\td\t0555\t0\t0\t2048\t1\t1795225376\t-\t-\t-
/a.txt\tf\t0555\t0\t0\t6\t1\t1795225376\t-\t5891\t-
=== kernel-log
<7> ISO 9660 Extensions: Microsoft Joliet Level 3
=== issues
! read failed
=== end result=failed objects=2
";
        let mounts = parse(text).unwrap();
        assert_eq!(mounts.len(), 1);
        assert_eq!(mounts[0].options, "norock");
        assert_eq!(mounts[0].listing.len(), 2);
        assert_eq!(mounts[0].kernel_log.len(), 1);
        assert_eq!(mounts[0].issues, ["! read failed"]);
        assert!(!mounts[0].ok);
    }
}
