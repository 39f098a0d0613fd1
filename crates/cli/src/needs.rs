//! Options that are about a file system or a boot set-up, and are refused where the image has none.

use clap::ValueEnum;
use fsimage::FileSystems;

use crate::args::{
    Authoring, Boot, Deep, DigestsName, FileSystemName, RrTimes, SourceAttributes, SourceTimes,
};
use crate::failure::Failure;
use crate::plan_options::file_system;

/// An option, and of what sets of file systems one each has to be written for what the command line says with it. What
/// is not given needs none.
type OfFileSystems = (&'static str, fn(&Authoring) -> Vec<FileSystems>);

const ROCK_RIDGE_OR_UDF: FileSystems = FileSystems::ROCK_RIDGE.union(FileSystems::UDF);

const OF_FILE_SYSTEMS: &[OfFileSystems] = &[
    ("--xattrs", |all| when(all.xattrs != SourceAttributes::None, ROCK_RIDGE_OR_UDF)),
    ("--acl", |all| when(all.acl, FileSystems::ROCK_RIDGE)),
    ("--digests", |all| when(all.digests.contains(&DigestsName::Md5), FileSystems::ROCK_RIDGE)),
    ("--times", |all| when(all.times == SourceTimes::All, ROCK_RIDGE_OR_UDF)),
    ("--rr-times", |all| when(all.rr_times != RrTimes::Auto, FileSystems::ROCK_RIDGE)),
    ("--iso-level", |all| when(all.names.iso_level.is_some(), FileSystems::ISO9660)),
    ("--iso-relax", |all| when(!all.names.iso_relax.is_empty(), FileSystems::ISO9660)),
    ("--joliet-long", |all| when(all.names.joliet_long, FileSystems::JOLIET)),
    ("--joliet-level", |all| when(all.names.joliet_level.is_some(), FileSystems::JOLIET)),
    ("--joliet-ucs2", |all| when(all.names.joliet_ucs2, FileSystems::JOLIET)),
    ("--joliet-keep-forbidden", |all| when(all.names.joliet_keep_forbidden, FileSystems::JOLIET)),
    ("--deep-dir", |all| when(all.names.deep_dir.is_some(), FileSystems::ROCK_RIDGE)),
    ("--deep", |all| match all.names.deep {
        None | Some(Deep::Keep) => Vec::new(),
        Some(Deep::Relocate) => vec![FileSystems::ROCK_RIDGE],
        Some(Deep::Refuse) => vec![FileSystems::ISO9660],
    }),
    ("--iso-volume", |all| when(all.volume_descriptors.iso_volume.is_some(), FileSystems::ISO9660)),
    ("--joliet-volume", |all| when(all.volume_descriptors.joliet_volume.is_some(), FileSystems::JOLIET)),
    ("--udf-volume", |all| when(all.volume_descriptors.udf_volume.is_some(), FileSystems::UDF)),
    ("--hfsplus-volume", |all| when(all.volume_descriptors.hfsplus_volume.is_some(), FileSystems::HFS_PLUS)),
    // UDF has the other texts and times as well.
    ("--system", |all| when(all.volume_descriptors.system.is_some(), FileSystems::ISO9660)),
    ("--publisher", |all| when(all.volume_descriptors.publisher.is_some(), FileSystems::ISO9660)),
    ("--preparer", |all| when(all.volume_descriptors.preparer.is_some(), FileSystems::ISO9660)),
    ("--bibliographic-file", |all| {
        when(all.volume_descriptors.bibliographic_file.is_some(), FileSystems::ISO9660)
    }),
    ("--volume-modified", |all| when(all.volume_descriptors.volume_modified.is_some(), FileSystems::ISO9660)),
    ("--volume-expires", |all| when(all.volume_descriptors.volume_expires.is_some(), FileSystems::ISO9660)),
    ("--volume-effective", |all| {
        when(all.volume_descriptors.volume_effective.is_some(), FileSystems::ISO9660)
    }),
    ("--field", |all| all.volume_descriptors.field.iter().map(|field| set(field.file_system)).collect()),
    ("--hide", |all| all.selection.hide.iter().map(|(name, _)| set(*name)).collect()),
    ("--zisofs", |all| when(all.zisofs.zisofs.is_some(), FileSystems::ROCK_RIDGE)),
    ("--sparse-files", |all| when(all.sparse.sparse_files.is_some(), FileSystems::ROCK_RIDGE)),
    ("--udf-revision", |all| when(all.udf.udf_revision.is_some(), FileSystems::UDF)),
    ("--udf-metadata", |all| when(all.udf.udf_metadata.is_some(), FileSystems::UDF)),
    ("--udf-embedding", |all| when(all.udf.udf_embedding.is_some(), FileSystems::UDF)),
    ("--udf-access", |all| when(all.udf.udf_access.is_some(), FileSystems::UDF)),
    ("--udf-vat", |all| when(all.udf.udf_vat, FileSystems::UDF)),
    ("--udf-symlinks", |all| when(all.udf.udf_symlinks.is_some(), FileSystems::UDF)),
    ("--hfsplus-bless", |all| when(!all.hfs_plus.hfsplus_bless.is_empty(), FileSystems::HFS_PLUS)),
    ("--hfsplus-type", |all| when(!all.hfs_plus.hfsplus_type.is_empty(), FileSystems::HFS_PLUS)),
    ("--hfsplus-serial", |all| when(all.hfs_plus.hfsplus_serial.is_some(), FileSystems::HFS_PLUS)),
    ("--boot", |all| when(!all.boot.boot.is_empty(), FileSystems::ISO9660)),
    ("--boot-image", |all| when(!all.boot.boot_image.is_empty(), FileSystems::ISO9660)),
    ("--partition-offset", |all| when(all.boot.partition_offset.is_some(), FileSystems::ISO9660)),
];

type IsGiven = fn(&Boot) -> bool;

/// Options that are about boot images, and whether they are given.
const OF_BOOT_IMAGES: &[(&str, IsGiven)] = &[
    ("--hybrid", |boot| boot.hybrid),
    ("--boot-catalog", |boot| boot.boot_catalog.is_some()),
    ("--boot-id", |boot| !boot.boot_id.is_empty()),
];

fn when(is_given: bool, any_of: FileSystems) -> Vec<FileSystems> {
    if is_given { vec![any_of] } else { Vec::new() }
}

fn set(name: FileSystemName) -> FileSystems {
    file_system(name).as_set()
}

/// That one of the file systems is written that each option is about.
pub(crate) fn check_file_systems(authoring: &Authoring, written: FileSystems) -> Result<(), Failure> {
    for (option, needed) in OF_FILE_SYSTEMS {
        if let Some(missing) = needed(authoring).into_iter().find(|any_of| !any_of.intersects(written)) {
            return Err(Failure::argument(*option, without(missing)));
        }
    }
    Ok(())
}

/// That the options that are about boot images are given with one.
pub(crate) fn check_boot_images(boot: &Boot, has_images: bool) -> Result<(), Failure> {
    match OF_BOOT_IMAGES.iter().find(|(_, is_given)| !has_images && is_given(boot)) {
        Some((option, _)) => {
            Err(Failure::argument(*option, "there is no boot image; name one with --boot or --boot-image"))
        }
        None => Ok(()),
    }
}

/// What is wrong where none of these is written, and what to do.
fn without(any_of: FileSystems) -> String {
    let named = FileSystemName::value_variants().iter().filter(|name| any_of.contains(set(**name)));
    let (systems, values): (Vec<String>, Vec<String>) = named
        .map(|name| {
            let value = name.to_possible_value().map(|value| value.get_name().to_owned());
            (file_system(*name).to_string(), value.unwrap_or_default())
        })
        .unzip();
    format!("no {} is written; add {} to --fs", systems.join(" or "), values.join(" or "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Parser;
    use fsimage::{PlanOptions, Tree};

    use super::*;
    use crate::Exit;
    use crate::args::{Args, Command};
    use crate::plan_options::plan_options;

    /// Options that are about any image.
    const OF_ALL: &str = "--fs --volume --exclude --follow-links --strict --reproducible --existing --volume-set \
                          --application --copyright-file --abstract-file --volume-created --sort --zisofs-files --mbr \
                          --append-partition --partition-table --apple-partition-map";

    /// Options as they are given, and what has to be among the file systems: one of these.
    const GIVEN: &[(&str, &[&str])] = &[
        ("--xattrs", &["rock-ridge", "udf"]),
        ("--acl", &["rock-ridge"]),
        ("--digests sha256,md5", &["rock-ridge"]),
        ("--times all", &["rock-ridge", "udf"]),
        ("--rr-times long", &["rock-ridge"]),
        ("--iso-level 1", &["iso9660"]),
        ("--iso-relax lower-case", &["iso9660"]),
        ("--joliet-long", &["joliet"]),
        ("--joliet-level 3", &["joliet"]),
        ("--joliet-ucs2", &["joliet"]),
        ("--joliet-keep-forbidden", &["joliet"]),
        ("--deep relocate", &["rock-ridge"]),
        ("--deep refuse", &["iso9660"]),
        ("--deep-dir x --deep relocate", &["rock-ridge"]),
        ("--iso-volume A", &["iso9660"]),
        ("--joliet-volume A", &["joliet"]),
        ("--udf-volume A", &["udf"]),
        ("--hfsplus-volume A", &["hfsplus"]),
        ("--system A", &["iso9660"]),
        ("--publisher A", &["iso9660"]),
        ("--preparer A", &["iso9660"]),
        ("--bibliographic-file A", &["iso9660"]),
        ("--volume-modified 2099-01-01T00:00:00Z", &["iso9660"]),
        ("--volume-expires 2030-01-01T00:00:00Z", &["iso9660"]),
        ("--volume-effective 2030-01-01T00:00:00Z", &["iso9660"]),
        ("--field joliet:publisher=A", &["joliet"]),
        ("--field udf:owner=A", &["udf"]),
        ("--hide joliet=a", &["joliet"]),
        ("--hide udf=a", &["udf"]),
        ("--zisofs", &["rock-ridge"]),
        ("--sparse-files sf", &["rock-ridge"]),
        ("--udf-revision 2.50", &["udf"]),
        ("--udf-metadata single", &["udf"]),
        ("--udf-embedding nothing", &["udf"]),
        ("--udf-access read-only", &["udf"]),
        ("--udf-vat", &["udf"]),
        ("--udf-symlinks omit", &["udf"]),
        ("--hfsplus-bless boot=a", &["hfsplus"]),
        ("--hfsplus-type TEXT:ttxt=a", &["hfsplus"]),
        ("--hfsplus-serial 0123456789abcdef", &["hfsplus"]),
        ("--boot bios=a", &["iso9660"]),
        ("--boot-image a", &["iso9660"]),
        ("--partition-offset 16", &["iso9660"]),
    ];

    fn authoring(given: &str) -> Authoring {
        let line = ["fsimage", "build", "-o", "-", "a"].into_iter().chain(given.split_whitespace());
        match Args::try_parse_from(line).unwrap().command {
            Command::Build(build) => build.authoring,
            _ => unreachable!(),
        }
    }

    fn name(given: &str) -> &str {
        given.split(' ').next().unwrap()
    }

    #[test]
    fn what_is_about_no_file_system_of_the_image_is_refused() {
        for (given, needed) in GIVEN {
            let planned =
                |fs: &str| plan_options(&authoring(&format!("{given} --fs {fs}")), PlanOptions::default());
            let other = if needed.contains(&"iso9660") { "udf" } else { "iso9660" };
            let failure = planned(other).unwrap_err();
            assert_eq!(failure.exit(), Exit::Caller, "{given}");
            let line = failure.line(false).unwrap();
            let advice = format!("add {} to --fs", needed.join(" or "));
            assert!(line.contains(&format!(" {}: no ", name(given))) && line.contains(&advice), "{line}");
            for fs in *needed {
                assert!(planned(fs).is_ok(), "{given} --fs {fs}");
            }
        }
    }

    #[test]
    fn what_is_about_no_boot_image_is_refused() {
        for (given, is_of) in [
            ("--hybrid", 0),
            ("--boot-catalog boot.cat", 1),
            ("--boot-catalog hidden", 1),
            ("--boot-id me", 2),
        ] {
            assert_eq!(name(given), OF_BOOT_IMAGES[is_of].0);
            let boot = authoring(given).boot;
            let failure =
                crate::boot::apply(&boot, &mut Tree::new(), &mut PlanOptions::default(), None).unwrap_err();
            assert_eq!(failure.exit(), Exit::Caller);
            let line = failure.line(false).unwrap();
            assert!(line.contains(name(given)) && line.contains("there is no boot image"), "{line}");
            assert!(check_boot_images(&boot, true).is_ok());
        }
    }

    /// A new option has to be in one of the lists.
    #[test]
    fn all_options_are_known_here() {
        let of_file_systems: BTreeSet<&str> = OF_FILE_SYSTEMS.iter().map(|(option, _)| *option).collect();
        let tried: BTreeSet<&str> = GIVEN.iter().map(|(given, _)| name(given)).collect();
        assert_eq!(tried, of_file_systems);
        let of_boot_images = OF_BOOT_IMAGES.iter().map(|(option, _)| *option);
        let known: BTreeSet<String> = of_file_systems
            .into_iter()
            .chain(of_boot_images)
            .chain(OF_ALL.split_whitespace())
            .map(str::to_owned)
            .collect();
        let command = crate::command();
        let build = command.find_subcommand("build").unwrap();
        let own = ["output", "preset", "json", "quiet", "help", "version"];
        let options = build.get_arguments().filter_map(|argument| argument.get_long());
        let there: BTreeSet<String> =
            options.filter(|option| !own.contains(option)).map(|option| format!("--{option}")).collect();
        assert_eq!(there, known);
    }
}
