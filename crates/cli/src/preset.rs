//! Images that a reader wants in one form: `--preset`.

use std::borrow::Cow;

use fsimage::{BootPlatform, FileSystems, NodeId, NodeKind, PlanOptions, Tree, UdfRevision, VolumeName};

use crate::args::{Boot, BootImageArg, BootImageOption, BootPlace, PresetName};
use crate::boot::check_uefi_images;
use crate::choices::{Choice, Why};
use crate::failure::Failure;

/// The volume name that cloud-init looks for.
const CIDATA: &str = "cidata";

/// What cloud-init must find in the root, and what it may.
const NEEDED: [&str; 2] = ["user-data", "meta-data"];
const OPTIONAL: [&str; 2] = ["network-config", "vendor-data"];

/// What Windows media boot, and how much of it BIOS loads, in 512 bytes.
const ETFSBOOT: (&str, u16) = ("boot/etfsboot.com", 8);
const EFISYS: &str = "efi/microsoft/boot/efisys.bin";

/// What the installer of Windows reads in UDF, where the media have it.
const INSTALLER: [&str; 9] = [
    "bootmgr",
    "bootmgr.efi",
    "boot/bcd",
    "boot/boot.sdi",
    "efi/microsoft/boot/bcd",
    "setup.exe",
    "sources/boot.wim",
    "sources/install.wim",
    "sources/install.esd",
];

impl PresetName {
    /// The name on the command line.
    fn name(self) -> &'static str {
        match self {
            PresetName::Cidata => "cidata",
            PresetName::Windows => "windows",
        }
    }

    /// How the command line names it.
    fn option(self) -> String {
        format!("--preset {}", self.name())
    }

    fn wrong(self, reason: impl Into<String>) -> Failure {
        Failure::argument(self.option(), reason.into())
    }

    /// What the command line then changes.
    pub(crate) fn plan_options(self) -> PlanOptions {
        match self {
            PresetName::Cidata => {
                // In small letters, as all others record it, though ISO 9660 has none.
                let (mut iso9660, mut joliet) = ([b' '; 32], [0; 32]);
                for (at, letter) in CIDATA.bytes().chain(std::iter::repeat(b' ')).take(16).enumerate() {
                    iso9660[at] = letter;
                    joliet[2 * at + 1] = letter;
                }
                PlanOptions {
                    file_systems: FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET,
                    volume: VolumeName::Recorded { iso9660, joliet: Some(joliet) },
                    ..PlanOptions::default()
                }
            }
            PresetName::Windows => {
                let mut options = PlanOptions {
                    file_systems: FileSystems::ISO9660 | FileSystems::JOLIET | FileSystems::UDF,
                    volume: VolumeName::Adapted("WINDOWS".to_owned()),
                    ..PlanOptions::default()
                };
                options.udf.revision = UdfRevision::V1_02;
                options
            }
        }
    }

    /// Whether what is to be written is what the reader wants. The sources are in the tree.
    fn check(self, tree: &Tree, options: &PlanOptions) -> Result<(), Failure> {
        match self {
            PresetName::Cidata => check_cidata(tree, options).map_err(|reason| self.wrong(reason)),
            PresetName::Windows => {
                check_windows(tree, options).map_err(|reason| self.wrong(reason))?;
                check_uefi_images(&self.option(), tree, options)
            }
        }
    }

    /// The boot options of the command line, and behind them what Windows media boot for each firmware that it does not
    /// name.
    fn boot<'a>(self, given: &'a Boot, tree: &Tree) -> Result<Cow<'a, Boot>, Failure> {
        if self != PresetName::Windows {
            return Ok(Cow::Borrowed(given));
        }
        let image = |path: &str, platform: BootPlatform, blocks: Option<u16>| -> Result<_, Failure> {
            if names_platform(given, platform) {
                return Ok(None);
            }
            let size = blocks.map(|blocks| BootImageOption::LoadSize(Some(blocks)));
            let file = file_in_any_case(tree, path).map_err(|reason| self.wrong(reason))?;
            Ok(file.map(|file| BootImageArg {
                place: BootPlace::Tree(file),
                options: [BootImageOption::Platform(platform.0)].into_iter().chain(size).collect(),
            }))
        };
        let (etfsboot, blocks) = ETFSBOOT;
        let images =
            [image(etfsboot, BootPlatform::X86, Some(blocks))?, image(EFISYS, BootPlatform::EFI, None)?];
        let mut boot = given.clone();
        boot.boot_image.extend(images.into_iter().flatten());
        if boot.boot.is_empty() && boot.boot_image.is_empty() {
            return Err(self.wrong(format!(
                "the image has neither {etfsboot} nor {EFISYS}; name what boots with --boot-image"
            )));
        }
        Ok(Cow::Owned(boot))
    }

    /// What of this the plan is to explain: `boot` is what [`boot`] made of what was `given`.
    pub(crate) fn choices(self, boot: &Boot, given: &Boot) -> Vec<Choice> {
        let why = |reason: &str| Why::Preset(self.name(), reason.to_owned());
        let mut choices = Vec::new();
        match self {
            PresetName::Cidata => choices.push(Choice {
                what: "volume name",
                chosen: CIDATA.to_owned(),
                why: why("cloud-init looks for a file system of this name"),
            }),
            PresetName::Windows => {
                for image in boot.boot_image.iter().skip(given.boot_image.len()) {
                    let BootPlace::Tree(path) = &image.place else { continue };
                    choices.push(Choice {
                        what: "boot image",
                        chosen: path.clone(),
                        why: why(match image.options.first() {
                            Some(BootImageOption::Platform(0)) => {
                                "for BIOS, without emulation, 8 blocks of 512 bytes"
                            }
                            _ => "for UEFI, a FAT file system",
                        }),
                    });
                }
            }
        }
        choices
    }

    /// Why these file systems, and this form of UDF.
    pub(crate) fn reason(self) -> Why {
        let reason = match self {
            PresetName::Cidata => "cloud-init looks for ISO 9660, and Rock Ridge and Joliet keep the names",
            PresetName::Windows => "Windows reads UDF 1.02, firmware ISO 9660",
        };
        Why::Preset(self.name(), reason.to_owned())
    }
}

/// [`PresetName::check`], if there is one.
pub(crate) fn check(preset: Option<PresetName>, tree: &Tree, options: &PlanOptions) -> Result<(), Failure> {
    preset.map_or(Ok(()), |preset| preset.check(tree, options))
}

/// [`PresetName::boot`], or what the command line has.
pub(crate) fn boot<'a>(
    preset: Option<PresetName>,
    given: &'a Boot,
    tree: &Tree,
) -> Result<Cow<'a, Boot>, Failure> {
    preset.map_or(Ok(Cow::Borrowed(given)), |preset| preset.boot(given, tree))
}

fn check_cidata(tree: &Tree, options: &PlanOptions) -> Result<(), String> {
    let name = match &options.volume {
        VolumeName::Adapted(name) => name.clone(),
        VolumeName::Recorded { iso9660, .. } => String::from_utf8_lossy(iso9660).trim_end().to_owned(),
    };
    if !name.eq_ignore_ascii_case(CIDATA) || !options.volume_names.is_empty() {
        return Err("cloud-init looks for the volume name cidata; leave out other names".to_owned());
    }
    if options.file_systems.contains(FileSystems::UDF) {
        return Err(
            "cloud-init looks for ISO 9660, and systems take a bridge for UDF; leave out udf".to_owned()
        );
    }
    if !options.file_systems.contains(FileSystems::ROCK_RIDGE) {
        return Err("plain ISO 9660 has no name user-data; add rock-ridge to --fs".to_owned());
    }
    for name in NEEDED {
        match tree.lookup(name).map(|node| (node, tree.kind(node))) {
            Some((node, NodeKind::File(_))) if tree.hidden_in(node).is_empty() => {}
            Some(_) => return Err(format!("/{name} is no file that all file systems show")),
            None => {
                let like = alike(tree, name)
                    .map(|found| format!("; {found} is none: name it {name}={found}"))
                    .unwrap_or_default();
                return Err(format!(
                    "the root has no file {name}, which cloud-init needs, if only an empty one{like}"
                ));
            }
        }
    }
    match OPTIONAL
        .into_iter()
        .find_map(|name| Some((name, tree.lookup(name).is_none().then(|| alike(tree, name))??)))
    {
        Some((name, found)) => Err(format!("cloud-init does not read {found}; name it {name}={found}")),
        None => Ok(()),
    }
}

/// A file of the root with another ending or case, or an underscore.
fn alike(tree: &Tree, name: &str) -> Option<String> {
    let NodeKind::Directory(root) = tree.kind(NodeId::ROOT) else { return None };
    let found = tree.children(root).map(|child| String::from_utf8_lossy(tree.name(child)).into_owned());
    let plain = |found: &str| {
        let stem = found.split('.').next().unwrap_or(found);
        stem.to_ascii_lowercase().replace('_', "-")
    };
    found.into_iter().find(|found| found != name && plain(found) == name)
}

/// Whether the command line names what boots with firmware of this platform.
fn names_platform(given: &Boot, platform: BootPlatform) -> bool {
    let by_intent = given.boot.iter().map(|request| match request.uefi {
        true => BootPlatform::EFI,
        false => BootPlatform::X86,
    });
    let in_detail = given.boot_image.iter().map(|image| {
        let named = image.options.iter().rev().find_map(|option| match option {
            BootImageOption::Platform(number) => Some(BootPlatform(*number)),
            _ => None,
        });
        named.unwrap_or(BootPlatform::X86)
    });
    by_intent.chain(in_detail).any(|named| named == platform)
}

fn check_windows(tree: &Tree, options: &PlanOptions) -> Result<(), String> {
    if !options.file_systems.contains(FileSystems::UDF) {
        return Err("Windows reads files over 4 GiB in UDF alone; add udf to --fs".to_owned());
    }
    if options.udf.revision > UdfRevision::V2_01 {
        return Err("what starts Windows reads UDF 1.02 to 2.01; leave out --udf-revision".to_owned());
    }
    for path in INSTALLER {
        let hidden = on_the_way(tree, path)
            .into_iter()
            .flatten()
            .find(|&node| tree.hidden_in(node).contains(FileSystems::UDF));
        if let Some(hidden) = hidden {
            let hidden = tree.path(hidden);
            return Err(format!(
                "Windows reads UDF, in which {hidden} is hidden; leave out --hide udf={hidden}"
            ));
        }
    }
    Ok(())
}

/// What lies on the way to a path and at its end, whatever the case of its letters, without the root.
fn on_the_way(tree: &Tree, path: &str) -> Option<Vec<NodeId>> {
    let mut way: Vec<NodeId> = Vec::new();
    for part in path.split('/') {
        let NodeKind::Directory(directory) = tree.kind(way.last().copied().unwrap_or(NodeId::ROOT)) else {
            return None;
        };
        let found = tree.child(directory, part.as_bytes()).or_else(|| {
            tree.children(directory).find(|&child| tree.name(child).eq_ignore_ascii_case(part.as_bytes()))
        });
        way.push(found?);
    }
    Some(way)
}

/// The path of a file, whatever the case of its letters. Something else in its place is an error.
fn file_in_any_case(tree: &Tree, path: &str) -> Result<Option<String>, String> {
    let Some(node) = on_the_way(tree, path).and_then(|mut way| way.pop()) else { return Ok(None) };
    let found = tree.path(node);
    match tree.kind(node) {
        NodeKind::File(_) => Ok(Some(found)),
        _ => Err(format!(
            "{found} is no file, and firmware boots files alone; name what boots with --boot-image"
        )),
    }
}
