//! The commands that read an image.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::drive::parse_target;
use super::source::{parse_image_path, parse_source};
use super::{FileSystemName, ImagePath, Source, Target};

/// `fsimage recover`
#[derive(Clone, Debug, ClapArgs)]
pub struct Recover {
    /// Image file or drive
    #[arg(value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub target: Target,

    /// Do what is told without this option, if the disc has this identifier, or one that begins so (8 digits at least)
    #[arg(long, value_name = "IDENTIFIER")]
    pub write: Option<String>,

    /// Complete the interrupted session: files that did not arrive are taken from this folder, file or
    /// NAME_IN_IMAGE=HOST_PATH, where path, length and time are those that were recorded. Name all that it was recorded
    /// from; can be repeated
    #[arg(long, value_name = "SOURCE", value_parser = OsStringValueParser::new().map(parse_source))]
    pub from: Vec<Source>,

    /// In them, take what symbolic links lead to in their place
    #[arg(long, requires = "from")]
    pub follow_links: bool,
}

/// An image and the tree in it that is read.
#[derive(Clone, Debug, ClapArgs)]
pub struct Reading {
    /// Image file or drive
    #[arg(value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub target: Target,

    /// Session to read, from 1 [default: the newest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub session: Option<u16>,

    /// Where in the file the image begins, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub offset: u64,

    /// File systems to read, the first that is there [default: rock-ridge,udf,joliet,iso9660]
    #[arg(long, value_delimiter = ',', value_name = "FILE_SYSTEM,...")]
    pub fs: Vec<FileSystemName>,
}

/// `fsimage ls`
#[derive(Clone, Debug, ClapArgs)]
pub struct Ls {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub reading: Reading,

    /// Path in the image
    #[arg(value_name = "PATH", default_value = "/", value_parser = OsStringValueParser::new().map(parse_image_path))]
    pub path: ImagePath,

    /// Attributes, sizes and times, and a line NAME:STREAM for each named stream
    #[arg(short)]
    pub long: bool,

    /// With everything below
    #[arg(short = 'R')]
    pub recursive: bool,
}

/// `fsimage cat`
#[derive(Clone, Debug, ClapArgs)]
pub struct Cat {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub reading: Reading,

    /// Path in the image; PATH:STREAM is a named stream, where no item has that name
    #[arg(value_name = "PATH", value_parser = OsStringValueParser::new().map(parse_image_path))]
    pub path: ImagePath,
}

/// `fsimage extract`
#[derive(Clone, Debug, ClapArgs)]
pub struct Extract {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub reading: Reading,

    /// Folder to extract to; it is made if it does not exist, and has the attributes of the image's root then; one
    /// that is there keeps its own
    #[arg(short = 'C', value_name = "DIR")]
    pub directory: PathBuf,

    /// Replace files that are there
    #[arg(long)]
    pub overwrite: bool,

    /// Restore extended attributes, and named streams as such, where their names can be those of attributes:
    /// `user.`, with --owners `trusted.` and `security.` as well
    #[arg(long)]
    pub xattrs: bool,

    /// Make holes of zeros, in blocks of 4 KiB
    #[arg(long)]
    pub sparse: bool,

    /// Restore access control lists, on Linux
    #[arg(long)]
    pub acl: bool,

    /// Extract what boots instead: boot catalog, boot images, system area, partitions
    #[arg(long, conflicts_with_all = ["paths", "owners", "fs", "xattrs", "acl"])]
    pub boot_images: bool,

    /// Give the items their recorded owners, which needs the right to do so
    #[arg(long)]
    pub owners: bool,

    /// Paths in the image [default: everything]
    #[arg(value_name = "PATH", value_parser = OsStringValueParser::new().map(parse_image_path))]
    pub paths: Vec<ImagePath>,
}

/// `fsimage mount`
#[cfg(target_os = "linux")]
#[derive(Clone, Debug, ClapArgs)]
#[command(after_long_help = MOUNT)]
pub struct Mount {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub reading: Reading,

    /// Folder to mount at
    #[arg(value_name = "DIRECTORY")]
    pub directory: PathBuf,

    /// Let other users look as well, as far as the owners, permissions and access control lists of the image let them; without
    /// this, only the user who mounts can, at everything. Users other than root need user_allow_other in /etc/fuse.conf for it
    #[arg(long)]
    pub other_users: bool,
}

#[cfg(target_os = "linux")]
const MOUNT: &str = "\
The command stays, and prints one line when the folder shows the image. It ends with 0 when it is asked
to (Ctrl-C, SIGTERM, SIGHUP), and unmounts then, or when somebody unmounts ('umount DIRECTORY',
'fusermount3 -u DIRECTORY'). If it is killed otherwise, the folder is of no use until it is unmounted so.
What is lost of a directory or a file is told on standard error when it is met: a listing ends with an
input/output error behind what can be shown, and reading fails where sectors cannot be read.
A DIRECTORY that is not there or no folder, or at which this user may not mount, is status 2; a system
without FUSE status 7.";

/// `fsimage manifest`
#[derive(Clone, Debug, ClapArgs)]
#[command(after_long_help = MANIFEST)]
pub struct Manifest {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub reading: Reading,
}

const MANIFEST: &str = "\
Columns, separated by TAB, '-' where there is nothing to say:
  path    with a leading /; bytes outside 0x20 to 0x7e and \\ as \\xNN; lines are sorted by its bytes
  type    f file, d directory, l symbolic link, c and b devices, p pipe, s socket
  mode    permissions, octal, four digits
  uid gid owner
  size    bytes
  nlink   links
  mtime   seconds since 1970-01-01T00:00:00Z
  rdev    major:minor of a device
  sha256  of a file's content
  target  of a symbolic link";

/// `fsimage info`
#[derive(Clone, Debug, ClapArgs)]
pub struct Info {
    /// Image file or drive
    #[arg(value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub target: Target,

    /// Where in the file the image begins, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub offset: u64,

    /// Session to describe, from 1 [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub session: Option<u16>,
}

/// `fsimage verify`
#[derive(Clone, Debug, ClapArgs)]
pub struct Verify {
    /// Image file or drive
    #[arg(value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub target: Target,

    /// Where in the file the image begins, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub offset: u64,

    /// Session to check, from 1 [default: the newest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub session: Option<u16>,

    /// Check what structures say of each other and of the medium, what boots, and where files lie; read no file
    #[arg(long)]
    pub structure: bool,
}
