//! The command line, as types. Nothing here looks at the host, so `--help` and completions need nothing.

mod audio;
mod boot;
mod changes;
mod drive;
mod names;
mod selection;
mod serve;
mod source;
mod udf;
mod volume;
mod zisofs;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use fsimage::{DriveName, MediumKind, RecordingSpeed, SpareArea};

pub use audio::{Audio, AudioWrite};
pub use boot::{Boot, BootImageArg, BootImageOption, BootPlace, BootRequest, EmulationName, PartitionTable};
pub use changes::{Changes, ImportedBoot, Move, Restore};
pub use drive::Target;
pub use names::{Deep, IsoRelaxation, NameArgs};
pub use selection::{SelectionArgs, Weighted};
pub use serve::ServeImage;
pub use source::{ImagePath, Source};
pub use udf::{Udf, UdfEmbedding, UdfLinks, UdfMetadata};
pub use volume::VolumeArgs;
pub use zisofs::{ZisofsArgs, ZisofsForm};

use drive::{parse_drive, parse_medium, parse_spare, parse_target};
use source::{parse_image_path, parse_source};

/// Author, read and burn optical-disc images
#[derive(Clone, Debug, Parser)]
#[command(
    name = "fsimage",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100,
    after_long_help = SYNTAX
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Print results and errors as JSON
    #[arg(long, global = true, help_heading = "Common options")]
    pub json: bool,

    /// Print no progress, no notices and no summary
    #[arg(long, short, global = true, help_heading = "Common options")]
    pub quiet: bool,
}

const SYNTAX: &str = "\
SOURCE is
  a folder                its contents go to the root of the image
  a file                  goes to the root of the image; a pipe is read to its end first
  NAME_IN_IMAGE=HOST_PATH the file or folder goes to that place; where a host path with
                          this whole name exists, that is taken instead
DRIVE is
  /dev/sr0                a drive of this machine; on Windows D: or \\\\.\\CdRom0
  sim:PATH                a simulated medium in a file
  sim:MEDIUM:PATH         the same, created blank if it does not exist
TARGET is an image file or a DRIVE
MEDIUM is one of cd-r, cd-rw, dvd-r, dvd-r-dl, dvd-rw, dvd-ram, dvd+r, dvd+r-dl, dvd+rw,
  bd-r, bd-r-dl, bd-r-xl, bd-re, bd-re-dl, bd-re-xl

Exit status:
    0  done
    1  done, with findings: verify found differences or violations
    2  the request cannot be carried out as put
    3  a source file or folder failed or changed
    4  an image is damaged or cannot be read
    5  the medium is full, closed, unsuitable or worn
    6  the drive failed
    7  not supported
    8  the output could not be written
  130  cancelled

SOURCE_DATE_EPOCH, if set, has the effect of --reproducible, with its value as the latest time.";

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Write a new image
    Build(Build),
    /// Write a new image as genisoimage and xorrisofs do, by their options
    #[command(disable_help_flag = true)]
    Mkisofs {
        /// Options and sources; -help lists the options
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
        arguments: Vec<OsString>,
    },
    /// Burn to a medium: its first session, or a further one with the merged content
    Burn(Burn),
    /// Burn a CD of sound, or of data and sound, from a cue sheet or from sound files
    Audio(Audio),
    /// Add a session with the merged content to an image file
    Append(Append),
    /// Write a new image of what another holds, changed: what boots is kept
    Remaster(Remaster),
    /// Print what was chosen, where everything would lie, and the exact size, without reading any file
    Plan(Plan),
    /// Serve an image as a network block device (NBD), without writing it
    Serve(ServeImage),
    /// List a directory
    Ls(Ls),
    /// Write a file's content to standard output
    Cat(Cat),
    /// Write files and directories to a folder
    Extract(Extract),
    /// Print everything in the tree, one line each, with attributes and hashes
    Manifest(Manifest),
    /// Print sessions, file systems and volume descriptors
    Info(Info),
    /// Read everything that a session refers to, and report what is damaged or odd
    Verify(Verify),
    /// Tell what an interrupted recording left on a medium or in an image, and make it whole
    Recover(Recover),
    /// List the drives of this machine and their media
    Drives,
    /// Simulated media
    #[command(subcommand)]
    Sim(Sim),
    /// Operations on a drive and its medium
    #[command(subcommand)]
    Drive(DriveCommand),
}

/// A file system, by its name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FileSystemName {
    /// ISO 9660, plain names
    Iso9660,
    /// POSIX names and attributes in the ISO 9660 tree, which comes with it
    RockRidge,
    /// Windows names, in a tree of their own; the ISO 9660 tree comes with it
    Joliet,
    /// What DVD, BD and all current systems read, beside the others or alone
    Udf,
    /// ISO 9660:1999: names of up to 207 bytes in a tree of their own; the ISO 9660 tree comes with it
    #[value(name = "iso9660-1999")]
    Enhanced,
}

/// A kind of image that some reader wants in one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PresetName {
    /// A seed for cloud-init (NoCloud): user-data and meta-data in a volume cidata
    Cidata,
    /// As Windows' installation media: UDF 1.02 beside ISO 9660, boots with BIOS and UEFI from the files that are usual
    Windows,
}

/// Which extended attributes of host items are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SourceAttributes {
    /// None.
    #[default]
    None,
    /// Those whose names begin with `user.`.
    User,
    /// All that may be read.
    Any,
}

/// Times of host files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SourceTimes {
    /// That of the last modification, as it is in every copy of a tree
    #[default]
    Modified,
    /// Those of access, change of attributes and creation as well, as far as the host has them
    All,
}

/// Form of the times in Rock Ridge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RrTimes {
    /// Short, but long for times outside the years 1900 to 2155
    #[default]
    Auto,
    /// Whole seconds of the years 1900 to 2155; other times become the nearest
    Short,
    /// Hundredths of seconds, but Linux 6.1 shows wrong times
    Long,
}

/// Content and form of what is written.
#[derive(Clone, Debug, ClapArgs)]
pub struct Authoring {
    /// Folders, files, and NAME_IN_IMAGE=HOST_PATH; of a symbolic link that is named here, what it leads to
    #[arg(required = true, value_name = "SOURCE", value_parser = OsStringValueParser::new().map(parse_source))]
    pub sources: Vec<Source>,

    /// File systems to write [default: iso9660,rock-ridge,joliet, or those of the session before]
    #[arg(long, value_delimiter = ',', value_name = "FILE_SYSTEM,...")]
    pub fs: Vec<FileSystemName>,

    /// Volume name [default: CDROM, or that of the session before]
    #[arg(long, value_name = "NAME")]
    pub volume: Option<String>,

    /// Leave out what matches: the path below a source folder, or the bare name. Can be repeated
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,

    /// Take the extended attributes of the host: those of users (`user`), or all that may be read (`any`). Rock Ridge
    /// has them as such (AAIP), UDF 2.00 and later as named streams
    #[arg(
        long,
        value_name = "WHICH",
        num_args = 0..=1,
        require_equals = true,
        default_value = "none",
        default_missing_value = "any",
        hide_default_value = true
    )]
    pub xattrs: SourceAttributes,

    /// Take the access control lists of the host, on Linux; Rock Ridge has them (AAIP)
    #[arg(long)]
    pub acl: bool,

    /// Take what symbolic links lead to in their place; a link that leads nowhere, or to a folder above it, stays one
    #[arg(long)]
    pub follow_links: bool,

    /// Make every rename or loss in any file system an error
    #[arg(long)]
    pub strict: bool,

    /// The same content gives the same bytes: no clock is read, and times are at most SOURCE_DATE_EPOCH
    #[arg(long)]
    pub reproducible: bool,

    /// Which times of host files are recorded. `all` cannot be together with --reproducible; SOURCE_DATE_EPOCH
    /// is the latest for each
    #[arg(long, value_enum, default_value_t)]
    pub times: SourceTimes,

    /// Form of the times in Rock Ridge
    #[arg(long, value_enum, default_value_t)]
    pub rr_times: RrTimes,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub names: NameArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub volume_descriptors: VolumeArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub selection: SelectionArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub zisofs: ZisofsArgs,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub udf: Udf,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub boot: Boot,
}

/// Which earlier session the new one continues, and how it is read.
#[derive(Clone, Debug, ClapArgs)]
pub struct Import {
    /// Session to continue, from 1 [default: the newest]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub session: Option<u16>,

    /// File systems to import from, the first that is there [default: rock-ridge,udf,joliet,iso9660]
    #[arg(long, value_delimiter = ',', value_name = "FILE_SYSTEM,...")]
    pub import: Vec<FileSystemName>,
}

/// `fsimage build`
#[derive(Clone, Debug, ClapArgs)]
pub struct Build {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    /// Start from what a certain reader wants, and check that it will find it
    #[arg(long, value_enum, value_name = "NAME")]
    pub preset: Option<PresetName>,

    /// The image; - is standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
}

/// `fsimage remaster`
#[derive(Clone, Debug, ClapArgs)]
#[command(mut_arg("sources", |sources| sources.required(false)))]
pub struct Remaster {
    /// Image file or drive with what the new image is made of
    #[arg(value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub target: Target,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub changes: Changes,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,

    /// Where in the file the image begins, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub offset: u64,

    /// The new image; - is standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
}

/// `fsimage recover`
#[derive(Clone, Debug, ClapArgs)]
pub struct Recover {
    /// Image file or drive
    #[arg(value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub target: Target,

    /// Do what is told without this option, if the disc has this identifier, or one that begins so (8 digits at least)
    #[arg(long, value_name = "IDENTIFIER")]
    pub write: Option<String>,
}

/// `fsimage burn`
#[derive(Clone, Debug, ClapArgs)]
#[command(mut_arg("sources", |sources| sources.required(false).required_unless_present_any(["remove", "moves", "restore"])))]
pub struct Burn {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub changes: Changes,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,

    /// Drive with the medium: /dev/sr0, sim:PATH or sim:MEDIUM:PATH
    #[arg(long, value_name = "DRIVE", value_parser = OsStringValueParser::new().try_map(parse_drive))]
    pub drive: DriveName,

    /// Close the medium: no further session will be possible. Media that can be overwritten stay as they are
    #[arg(long, visible_alias = "finalize")]
    pub finalise: bool,

    /// Read the session back and compare it with what was to be written: all of it, or samples
    #[arg(long, value_name = "quick|full", num_args = 0..=1, require_equals = true, default_missing_value = "full")]
    pub verify: Option<VerificationName>,

    /// Do it all with the laser off, where drive and medium can: CD-R, CD-RW, DVD-R, DVD-RW
    #[arg(long, visible_alias = "simulate", conflicts_with_all = ["verify", "eject"])]
    pub test: bool,

    /// Record at once: the session on CD, a blank DVD-R or DVD-RW as a whole, which is complete then
    #[arg(long)]
    pub at_once: bool,

    /// Speed: max, a multiple of the medium's own as 8x or 2.4x, or kilobytes per second as 11080k
    /// [default: the drive's choice]
    #[arg(long, value_name = "SPEED")]
    pub speed: Option<RecordingSpeed>,

    /// Skip the verification that drives do by themselves on BD and DVD-RAM, where they can be told to
    #[arg(long)]
    pub stream: bool,

    /// Eject the medium when all is done
    #[arg(long)]
    pub eject: bool,
}

/// How much is read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum VerificationName {
    /// Samples.
    Quick,
    /// All of it.
    Full,
}

/// `fsimage append`
#[derive(Clone, Debug, ClapArgs)]
#[command(mut_arg("sources", |sources| sources.required(false).required_unless_present_any(["remove", "moves", "restore"])))]
pub struct Append {
    /// Image file that grows
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub changes: Changes,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,
}

/// `fsimage plan`
#[derive(Clone, Debug, ClapArgs)]
#[command(mut_arg("sources", |sources| sources.required(false).required_unless_present_any(["remove", "moves", "restore"])))]
pub struct Plan {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub changes: Changes,

    /// Plan the session that append or burn would add to this image or medium [default: a new image]
    #[arg(long, value_name = "TARGET", value_parser = OsStringValueParser::new().try_map(parse_target))]
    pub onto: Option<Target>,

    /// Plan the first session on a blank medium of this kind
    #[arg(long, value_name = "MEDIUM", value_parser = parse_medium, conflicts_with = "onto")]
    pub medium: Option<MediumKind>,

    /// Plan what build would write with this preset
    #[arg(long, value_enum, value_name = "NAME", conflicts_with_all = ["onto", "medium"])]
    pub preset: Option<PresetName>,

    #[allow(missing_docs)]
    #[command(flatten)]
    pub import: Import,
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

    /// Folder to extract to; it is made if it does not exist
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
}

/// `fsimage sim`
#[derive(Clone, Debug, Subcommand)]
pub enum Sim {
    /// Make a blank simulated medium
    New {
        /// The file that holds it; it must not exist
        #[arg(value_name = "PATH")]
        path: PathBuf,

        /// Kind of medium
        #[arg(long, value_name = "MEDIUM", value_parser = parse_medium)]
        medium: MediumKind,
    },
    /// Serve a simulated drive as an iSCSI target, for any operating system and program
    ///
    /// Its URL is printed when it listens. Ctrl-C ends it, and the medium's state is saved.
    Serve(Serve),
}

/// `fsimage sim serve`
#[derive(Clone, Debug, ClapArgs)]
pub struct Serve {
    /// The simulated medium in the drive [default: none]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,

    /// Where to listen. Port 0: the system chooses one. There is no authentication: with another address than
    /// a loopback one, whoever reaches it has the drive
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3260")]
    pub listen: SocketAddr,

    /// End when the last session has gone
    #[arg(long)]
    pub once: bool,

    /// Take lines from standard input meanwhile: insert PATH, eject, inject FAULT, clear-faults. Each is answered
    /// by a line on standard output, ok or error and the reason
    #[arg(long)]
    pub control: bool,
}

/// `fsimage drive`
#[derive(Clone, Debug, Subcommand)]
pub enum DriveCommand {
    /// Erase a rewritable medium, quickly
    Blank {
        #[allow(missing_docs)]
        #[command(flatten)]
        on: OnDrive,

        /// Erase or format the whole medium, which can take hours
        #[arg(long)]
        full: bool,
    },
    /// Format a DVD+RW, DVD-RW, DVD-RAM, BD-RE, or, once, a blank BD-R; nothing is on it afterwards
    Format {
        #[allow(missing_docs)]
        #[command(flatten)]
        on: OnDrive,

        /// All of the medium, certified where the drive can do that, which can take hours
        #[arg(long)]
        full: bool,

        /// Room for blocks that turn out bad, on BD and DVD-RAM: none, least, default, most, or a number of sectors
        #[arg(long, value_name = "ROOM", value_parser = parse_spare, default_value = "default")]
        spare: SpareArea,

        /// BD-R: what is recorded can be written again, which takes from what is free
        #[arg(long, conflicts_with = "random")]
        pseudo_overwrite: bool,

        /// BD-R: for recording in any order, which this program does not do
        #[arg(long)]
        random: bool,
    },
    /// Close a session that was left open
    Close {
        #[allow(missing_docs)]
        #[command(flatten)]
        on: OnDrive,

        /// Close the medium: no further session will be possible
        #[arg(long, visible_alias = "finalize")]
        finalise: bool,
    },
    /// Eject the medium
    Eject(OnDrive),
}

/// The drive of a drive command.
#[derive(Clone, Debug, ClapArgs)]
pub struct OnDrive {
    /// Drive with the medium: /dev/sr0, sim:PATH or sim:MEDIUM:PATH
    #[arg(long, value_name = "DRIVE", value_parser = OsStringValueParser::new().try_map(parse_drive))]
    pub drive: DriveName,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Command {
        Args::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}")).command
    }

    #[test]
    fn the_definition_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_form_of_the_grammar() {
        for line in [
            "fsimage build -o out.iso a b",
            "fsimage build a --fs udf,iso9660 --udf-revision 2.50 --udf-symlinks omit -o x",
            "fsimage build a --fs iso9660,rock-ridge -o - --volume V --exclude *.o --exclude *.a --strict",
            "fsimage burn --drive sim:bd-r:demo.disc ./docs",
            "fsimage burn ./docs --drive /dev/sr0 --reproducible --quiet --json --session 2",
            "fsimage append image.iso x=y z",
            "fsimage append image.iso --remove /a --move /b=/c",
            "fsimage burn --drive sim:x.disc --remove /a",
            "fsimage plan --onto image.iso --move a=b",
            "fsimage remaster image.iso -o out.iso",
            "fsimage remaster image.iso a b=c -o out.iso --remove /x --remove y --move /a=/b/ --session 2",
            "fsimage remaster image.iso -o - --imported-boot lossy --volume V",
            "fsimage plan a b --json",
            "fsimage plan a --onto image.iso --session 2",
            "fsimage plan a --medium bd-r --fs udf --udf-metadata single --udf-embedding nothing",
            "fsimage build a --fs udf --udf-access overwritable:64M -o x",
            "fsimage build a --fs udf --udf-access read-only -o x",
            "fsimage info image.iso --session 2",
            "fsimage ls -l -R image.iso",
            "fsimage ls image.iso /a/b --session 1",
            "fsimage cat image.iso /a",
            "fsimage extract image.iso -C out",
            "fsimage extract image.iso -C out /a b",
            "fsimage extract image.iso -C out --xattrs",
            "fsimage build a --fs udf --xattrs --follow-links -o x",
            "fsimage build --preset cidata user-data meta-data -o x",
            "fsimage plan --preset windows a",
            "fsimage extract image.iso -C out --boot-images",
            "fsimage build a --boot bios=isolinux.bin --boot uefi=@efi.img --hybrid --mbr isohdpfx.bin -o x",
            "fsimage build a --append-partition 2 efi efi.img --partition-offset 16 -o x",
            "fsimage build a --boot-image x,boot-info-table --boot-catalog boot.cat --hybrid -o x",
            "fsimage build a --append-partition 2 efi efi.img --boot-image partition:2,platform=uefi -o x",
            "fsimage build a --zisofs -o x",
            "fsimage build a --zisofs=v1,block=128 --zisofs-files *.txt --zisofs-files doc/** -o x",
            "fsimage manifest /dev/sr0",
            "fsimage info sim:demo.disc --json",
            "fsimage verify image.iso",
            "fsimage verify image.iso --offset 512",
            "fsimage info --offset 512 image.iso",
            "fsimage cat --offset 512 image.iso /a",
            "fsimage drives",
            "fsimage sim new x.disc --medium dvd+rw",
            "fsimage sim serve x.disc",
            "fsimage sim serve --listen [::1]:0 --once --control",
            "fsimage drive blank --drive sim:x.disc",
            "fsimage drive blank --full --drive sim:x.disc",
            "fsimage drive close --drive sim:x.disc --finalize",
            "fsimage ls -lR image.iso",
            "fsimage drive eject --drive /dev/sr0",
        ] {
            parse(line);
        }
        for line in [
            "fsimage",
            "fsimage build a",
            "fsimage build -o out.iso",
            "fsimage burn a",
            "fsimage append image.iso",
            "fsimage remaster image.iso",
            "fsimage remaster image.iso -o x --move /a",
            "fsimage ls image.iso --session 0",
            "fsimage cat image.iso",
            "fsimage ls image.iso --offset -1",
            "fsimage build a --boot floppy=x -o x",
            "fsimage build a --zisofs=v3 -o x",
            "fsimage build a --zisofs-files *.txt -o x",
            "fsimage extract image.iso",
            "fsimage sim new x.disc --medium floppy",
            "fsimage sim serve x.disc --listen 3260",
            "fsimage burn --drive sim:floppy: a",
            "fsimage build -o o a --fs hfs",
            "fsimage build -o o a --udf-revision 2.5",
            "fsimage build -o o a --udf-revision 3.00",
            "fsimage build -o o a --udf-access overwritable",
            "fsimage build -o o a --udf-access overwritable:x",
            "fsimage plan a --medium bd-r --onto image.iso",
        ] {
            assert!(Args::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }

    #[test]
    fn values_and_defaults() {
        let Command::Build(build) = parse("fsimage build -o - a") else { panic!() };
        assert_eq!((build.authoring.names.iso_level, build.authoring.names.deep), (3, Deep::Keep));
        let Command::Plan(plan) = parse("fsimage plan a --fs iso9660,joliet") else { panic!() };
        assert_eq!(plan.authoring.fs, [FileSystemName::Iso9660, FileSystemName::Joliet]);
        assert_eq!(build.output, PathBuf::from("-"));
        let Command::Ls(ls) = parse("fsimage ls image.iso") else { panic!() };
        assert_eq!(ls.path.as_bytes(), b"/");
        let Command::Sim(Sim::New { medium, .. }) = parse("fsimage sim new x --medium bd-re") else {
            panic!()
        };
        assert_eq!(medium, MediumKind::BdRe);
    }
}
