//! From the options of the command line to those of the plan and of the import.

use std::time::SystemTime;

use fsimage::{
    DeepDirectories, Dots, Embedding, FileSystem, FileSystems, ImportOptions, ImportedTrees,
    InterchangeLevel, JolietLevel, JolietRules, MetadataPartition, NameRules, PlanOptions, Relaxations,
    RockRidgeTimes, Timestamp, UdfAccess, UdfOptions, UdfRevision, UdfSymlinks, VolumeTexts,
};

use crate::args::{
    Authoring, Deep, FileSystemName, Import, ImportName, IsoRelaxation, NameArgs, RrTimes, SourceTimes, Udf,
    UdfEmbedding, UdfLinks, UdfMetadata,
};
use crate::failure::Failure;

/// Times that the image gets.
pub(crate) struct Times {
    /// When the volume was made.
    pub(crate) created: Option<Timestamp>,
    /// No source is later than this.
    pub(crate) latest: Option<Timestamp>,
}

/// With SOURCE_DATE_EPOCH, that is the time; else, with `--reproducible`, none is recorded.
pub(crate) fn times(authoring: &Authoring) -> Result<Times, Failure> {
    const VARIABLE: &str = "SOURCE_DATE_EPOCH";
    if authoring.reproducible && authoring.times == SourceTimes::All {
        let reason = "times of access, change and creation differ between two copies of one content; take \
                      --reproducible or --times all";
        return Err(Failure::argument("--times", reason));
    }
    match std::env::var_os(VARIABLE) {
        Some(text) => {
            let seconds = text.to_str().and_then(|text| text.parse().ok()).ok_or_else(|| {
                let reason = format!("{text:?} is no number of seconds since 1970");
                Failure::argument(VARIABLE, reason)
            })?;
            let time = Some(Timestamp::from_unix(seconds));
            Ok(Times { created: time, latest: time })
        }
        None if authoring.reproducible => Ok(Times { created: None, latest: None }),
        None => Ok(Times { created: Some(SystemTime::now().into()), latest: None }),
    }
}

/// `options`, those of a new image or of a session that is continued, as the command line changes them.
pub(crate) fn plan_options(authoring: &Authoring, options: PlanOptions) -> Result<PlanOptions, Failure> {
    let descriptors = &authoring.volume_descriptors;
    // A volume that has its times already keeps them.
    let now = times(authoring)?.created.filter(|_| options.recorded_times.is_none());
    let mut options = PlanOptions {
        created: descriptors.volume_created.map(Timestamp::from).or(now),
        modified: descriptors.volume_modified.map(Timestamp::from),
        expiration: descriptors.volume_expires.map(Timestamp::from).or(options.expiration),
        effective: descriptors.volume_effective.map(Timestamp::from).or(options.effective),
        texts: VolumeTexts {
            system: descriptors.system.clone(),
            volume_set: descriptors.volume_set.clone(),
            publisher: descriptors.publisher.clone(),
            data_preparer: descriptors.preparer.clone(),
            application: descriptors.application.clone(),
            copyright_file: descriptors.copyright_file.clone(),
            abstract_file: descriptors.abstract_file.clone(),
            bibliographic_file: descriptors.bibliographic_file.clone(),
        },
        strict: authoring.strict,
        iso9660_names: iso9660_names(&authoring.names, options.iso9660_names),
        joliet_names: joliet_names(&authoring.names, options.joliet_names),
        deep_directories: match authoring.names.deep {
            None => options.deep_directories,
            Some(Deep::Keep) => DeepDirectories::KeepInPlace,
            Some(Deep::Relocate) => DeepDirectories::Relocate,
            Some(Deep::Refuse) => DeepDirectories::Refuse,
        },
        relocation_directory: match &authoring.names.deep_dir {
            Some(name) => name.clone().into_bytes(),
            None => options.relocation_directory,
        },
        rock_ridge_times: match authoring.rr_times {
            RrTimes::Auto => RockRidgeTimes::Fitting,
            RrTimes::Short => RockRidgeTimes::Short,
            RrTimes::Long => RockRidgeTimes::Long,
        },
        udf: udf_options(&authoring.udf, options.udf),
        ..options
    };
    if !authoring.fs.is_empty() {
        options.file_systems = with_base(file_systems(&authoring.fs)?.into_iter().collect());
    }
    crate::needs::check_file_systems(authoring, options.file_systems)?;
    if authoring.names.deep.is_none() && !options.file_systems.contains(FileSystems::ROCK_RIDGE) {
        options.deep_directories = DeepDirectories::KeepInPlace;
    }
    if authoring.names.deep_dir.is_some() && options.deep_directories != DeepDirectories::Relocate {
        return Err(Failure::argument("--deep-dir", "it is about --deep relocate"));
    }
    crate::descriptor_fields::apply(authoring, &mut options)?;
    Ok(options)
}

/// `imported` are those of the session before, which hold unless others are asked for.
fn iso9660_names(names: &NameArgs, imported: NameRules) -> NameRules {
    if names.iso_level.is_none() && names.iso_relax.is_empty() {
        return imported;
    }
    let has = |relaxation| names.iso_relax.contains(&relaxation);
    NameRules {
        level: match names.iso_level {
            Some(1) => InterchangeLevel::One,
            Some(2) => InterchangeLevel::Two,
            _ => InterchangeLevel::Three,
        },
        relaxations: Relaxations {
            allow_lower_case: has(IsoRelaxation::LowerCase),
            allow_multiple_dots: has(IsoRelaxation::MultipleDots),
            allow_leading_dot: has(IsoRelaxation::LeadingDot),
            allow_full_ascii: has(IsoRelaxation::FullAscii),
            allow_37_characters: has(IsoRelaxation::ThirtySevenCharacters),
            omit_version: has(IsoRelaxation::NoVersion),
            omit_trailing_dot: has(IsoRelaxation::NoTrailingDot),
            allow_directory_extension: has(IsoRelaxation::DirectoryExtension),
        },
        dots: Dots::Standard,
        keep_recorded: false,
    }
}

/// `imported` are those of the session before.
fn joliet_names(names: &NameArgs, imported: JolietRules) -> JolietRules {
    JolietRules {
        max_units: if names.joliet_long { JolietRules::LONG.max_units } else { imported.max_units },
        level: match names.joliet_level {
            None => imported.level,
            Some(1) => JolietLevel::One,
            Some(2) => JolietLevel::Two,
            Some(_) => JolietLevel::Three,
        },
        replace_beyond_bmp: names.joliet_ucs2,
        keep_forbidden: names.joliet_keep_forbidden,
        ..imported
    }
}

/// `options`, those of the medium, as the command line changes them.
fn udf_options(asked: &Udf, options: UdfOptions) -> UdfOptions {
    let access = asked.access().unwrap_or(options.access);
    let default = match access {
        UdfAccess::WriteOnce => options.revision.max(UdfRevision::V1_50),
        _ => options.revision,
    };
    UdfOptions {
        revision: asked.udf_revision.unwrap_or(default),
        metadata_partition: match asked.udf_metadata {
            None => options.metadata_partition,
            Some(UdfMetadata::ByRevision) => MetadataPartition::ByRevision,
            Some(UdfMetadata::None) => MetadataPartition::None,
            Some(UdfMetadata::Single) => MetadataPartition::Single,
            Some(UdfMetadata::Mirrored) => MetadataPartition::Mirrored,
        },
        embedding: match asked.udf_embedding {
            None => options.embedding,
            Some(UdfEmbedding::Auto) => Embedding::Automatic,
            Some(UdfEmbedding::Nothing) => Embedding::Nothing,
            Some(UdfEmbedding::Directories) => Embedding::Directories,
        },
        symlinks: match asked.udf_symlinks {
            None => options.symlinks,
            Some(UdfLinks::Store) => UdfSymlinks::Store,
            Some(UdfLinks::Omit) => UdfSymlinks::Omit,
            Some(UdfLinks::Copy) => UdfSymlinks::Copy,
        },
        access,
    }
}

/// Rock Ridge is a layer on ISO 9660, and a Joliet or enhanced volume has a primary descriptor as well.
fn with_base(chosen: FileSystems) -> FileSystems {
    if chosen.intersects(
        FileSystems::ROCK_RIDGE | FileSystems::JOLIET | FileSystems::ENHANCED | FileSystems::HFS_PLUS,
    ) {
        chosen | FileSystems::ISO9660
    } else {
        chosen
    }
}

/// What the command line says of the session to continue.
pub(crate) fn import_options(args: &Import) -> Result<ImportOptions, Failure> {
    let mut options = ImportOptions { session: args.session, ..ImportOptions::default() };
    let named = args.import.iter().filter_map(|&name| match name {
        ImportName::Of(name) => Some(file_system(name)),
        ImportName::All => None,
    });
    let named: Vec<FileSystem> = named.collect();
    if !named.is_empty() {
        options.preference = named;
    }
    if args.import.contains(&ImportName::All) {
        options.trees = ImportedTrees::All;
    }
    Ok(options)
}

/// The facade's names of file systems.
pub(crate) fn file_systems(names: &[FileSystemName]) -> Result<Vec<FileSystem>, Failure> {
    Ok(names.iter().copied().map(file_system).collect())
}

/// The facade's name of a file system.
pub(crate) fn file_system(name: FileSystemName) -> FileSystem {
    match name {
        FileSystemName::Iso9660 => FileSystem::Iso9660,
        FileSystemName::RockRidge => FileSystem::RockRidge,
        FileSystemName::Joliet => FileSystem::Joliet,
        FileSystemName::Udf => FileSystem::Udf,
        FileSystemName::Enhanced => FileSystem::Enhanced,
        FileSystemName::HfsPlus => FileSystem::HfsPlus,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Args, Command};
    use clap::Parser;

    fn authoring(arguments: &[&str]) -> Authoring {
        let line = ["fsimage", "plan"].iter().chain(arguments);
        match Args::try_parse_from(line).unwrap().command {
            Command::Plan(plan) => plan.authoring,
            _ => unreachable!(),
        }
    }

    #[test]
    fn layers_bring_what_they_lie_on() {
        for layer in ["joliet", "rock-ridge"] {
            let options = plan_options(&authoring(&["a", "--fs", layer]), PlanOptions::default()).unwrap();
            assert!(options.file_systems.contains(FileSystems::ISO9660), "{layer}");
        }
    }

    #[test]
    fn deep_directories_are_as_an_imported_session_has_them() {
        let imported = PlanOptions {
            deep_directories: DeepDirectories::Relocate,
            relocation_directory: b"moved".to_vec(),
            ..PlanOptions::default()
        };
        let options = |arguments: &[&str], from: &PlanOptions| {
            let options = plan_options(&authoring(&[&["a"], arguments].concat()), from.clone())?;
            Ok::<_, Failure>((options.deep_directories, options.relocation_directory))
        };
        let moved = |place: &[u8]| (DeepDirectories::Relocate, place.to_vec());
        assert_eq!(options(&[], &imported).unwrap(), moved(b"moved"));
        assert_eq!(options(&["--deep-dir", "other"], &imported).unwrap(), moved(b"other"));
        for arguments in [&["--deep", "keep"][..], &["--fs", "iso9660,joliet"]] {
            assert_eq!(options(arguments, &imported).unwrap().0, DeepDirectories::KeepInPlace);
        }
        let new = PlanOptions::default();
        assert_eq!(options(&[], &new).unwrap().0, DeepDirectories::KeepInPlace);
        assert_eq!(options(&["--deep", "relocate"], &new).unwrap(), moved(b"rr_moved"));
        assert!(options(&["--deep-dir", "other"], &new).is_err());
    }

    #[test]
    fn file_systems_and_their_revision_are_those_given() {
        let arguments = ["a", "--fs", "iso9660,udf", "--udf-revision", "2.60"];
        let options = plan_options(&authoring(&arguments), PlanOptions::default()).unwrap();
        assert_eq!(options.file_systems, FileSystems::ISO9660 | FileSystems::UDF);
        assert_eq!(options.udf.revision, fsimage::UdfRevision::V2_60);
    }
}
