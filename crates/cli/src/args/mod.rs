//! The command line, as types. Nothing here looks at the host, so `--help` and completions need nothing.

mod audio;
mod authoring;
mod boot;
mod changes;
mod descriptor_field;
mod drive;
mod hfsplus;
mod names;
mod project;
mod reading;
mod recording;
mod selection;
mod serve;
mod source;
mod sparse;
mod udf;
mod update;
mod volume;
mod writing;
mod zisofs;

use std::ffi::OsString;

use clap::{Parser, Subcommand, ValueEnum};

pub use audio::{Audio, AudioWrite};
pub use authoring::{
    Authoring, DigestsName, ExistingNames, FileSystemName, PresetName, RrTimes, SourceAttributes, SourceTimes,
};
pub use boot::{Boot, BootImageArg, BootImageOption, BootPlace, BootRequest, EmulationName, PartitionTable};
pub use changes::{Changes, ImportedBoot, Move, Restore};
pub use descriptor_field::{DescriptorField, FieldName, FieldValue};
pub use drive::Target;
pub use hfsplus::{HfsPlus, HfsPlusRole};
pub(crate) use hfsplus::{four, parse_serial};
pub use names::{Deep, IsoRelaxation, NameArgs};
pub use project::{ExportProject, ImportProject, Project};
#[cfg(target_os = "linux")]
pub use reading::Mount;
pub use reading::{Cat, Extract, Info, Ls, Manifest, Reading, Recover, Verify};
pub use recording::{Burn, DriveCommand, OnDrive, Recording, RotationName, Serve, Sim, VerificationName};
pub use selection::{SelectionArgs, Weighted};
pub use serve::ServeImage;
pub use source::{ImagePath, Source};
pub use sparse::{SparseArgs, SparseForm};
pub use udf::{Udf, UdfEmbedding, UdfLinks, UdfMetadata};
pub use update::{CompareName, Update};
pub use volume::VolumeArgs;
pub(crate) use volume::in_utc;
pub use writing::{Append, Build, Copy, Import, ImportName, Plan, Remaster};
pub use zisofs::{ZisofsArgs, ZisofsForm};

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

    /// Print results, errors and what is found damaged as JSON, the latter two on standard error, an object in each line
    #[arg(long, global = true, help_heading = "Common options")]
    pub json: bool,

    /// Print no progress, no notices and no summary; what is lost or stays as it was is told
    #[arg(long, short, global = true, help_heading = "Common options")]
    pub quiet: bool,

    /// Tell on standard error what goes on within; trace has each command for the drive
    #[arg(long, global = true, value_name = "LEVEL", help_heading = "Common options")]
    pub log: Option<LogLevel>,
}

/// How much is told of what goes on within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// What a drive does not do as it should.
    Warn,
    /// What the program did instead, and how long its parts took.
    Info,
    /// What is done once more or done without.
    Debug,
    /// Each command for the drive.
    Trace,
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
  sim:MEDIUM:PATH         the same; burn, update, copy, audio and drive write create it,
                          blank, if it does not exist
TARGET is an image file or a DRIVE
MEDIUM is one of cd-r, cd-rw, dvd-r, dvd-r-dl, dvd-rw, dvd-ram, dvd+r, dvd+r-dl, dvd+rw,
  bd-r, bd-r-dl, bd-r-xl, bd-r-ql, bd-re, bd-re-dl, bd-re-xl

Exit status:
    0  done
    1  done, with findings: differences, violations, items that cannot be had, or a tray that
       does not move
    2  the request cannot be carried out as put, or names a drive that is not there
    3  a source file or folder failed or changed
    4  an image is damaged or cannot be read
    5  the medium is full, closed, unsuitable or worn
    6  the drive failed, or does not answer what it is asked
    7  not supported
    8  the output could not be written, or the file of a simulated medium
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
    /// Add a session that makes an image file or a medium what the sources are: only what differs is written
    Update(Update),
    /// Write a new image of what another holds, changed: what boots is kept
    Remaster(Remaster),
    /// Copy what a disc shows, merged from its sessions, to an image or medium of one session
    Copy(Copy),
    /// Print what was chosen, where everything would lie, and the exact size, without reading any file
    Plan(Plan),
    /// Serve an image as a network block device (NBD), without writing it
    Serve(ServeImage),
    /// Keep a disc under construction in a folder, and write its image later or elsewhere
    #[command(subcommand)]
    Project(Project),
    /// List a directory
    Ls(Ls),
    /// Write a file's content to standard output
    Cat(Cat),
    /// Write files and directories to a folder
    Extract(Extract),
    /// Mount a session at a folder, read-only, until Ctrl-C (FUSE)
    ///
    /// What is damaged is told on standard error when it is met, once of each file and directory. A simulated medium is open in
    /// one process at a time: while it is mounted, other commands are refused it.
    #[cfg(target_os = "linux")]
    Mount(Mount),
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use fsimage::MediumKind;
    use std::path::PathBuf;

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
            "fsimage append image.iso x=y --existing keep",
            "fsimage append image.iso --remove /a --move /b=/c",
            "fsimage burn --drive sim:x.disc --remove /a",
            "fsimage plan --onto image.iso --move a=b",
            "fsimage remaster image.iso -o out.iso",
            "fsimage remaster image.iso a b=c -o out.iso --remove /x --remove y --move /a=/b/ --session 2",
            "fsimage remaster image.iso -o - --imported-boot lossy --volume V",
            "fsimage copy old.iso -o new.iso --session 2 --lossy-boot",
            "fsimage copy sim:a.disc --drive sim:bd-r:b.disc --verify --finalise",
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
            "fsimage build a --sparse-files sf -o x",
            "fsimage build a --zisofs=v1,block=128 --zisofs-files *.txt --zisofs-files doc/** -o x",
            "fsimage manifest /dev/sr0",
            "fsimage info sim:demo.disc --json",
            "fsimage verify image.iso",
            "fsimage verify image.iso --offset 512",
            "fsimage verify image.iso --structure --session 1",
            "fsimage info --offset 512 image.iso",
            "fsimage cat --offset 512 image.iso /a",
            "fsimage project export -o folder a b=c --volume V --references",
            "fsimage project export -o folder --onto image.iso a",
            "fsimage project import folder -o x --generate-new-id --references",
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
            "fsimage build a --sparse-files -o x",
            "fsimage build a --sparse-files udf -o x",
            "fsimage build a --zisofs-files *.txt -o x",
            "fsimage extract image.iso",
            "fsimage project import folder",
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
        assert_eq!((build.authoring.names.iso_level, build.authoring.names.deep), (None, None));
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
