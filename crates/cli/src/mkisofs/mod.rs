//! `fsimage mkisofs`: the command line of genisoimage and xorrisofs.

mod boot;
mod boot_request;
mod empty_in_joliet;
mod globs;
mod hfsplus;
mod hide;
mod hybrid;
mod interval;
mod meaning;
mod numbers;
mod options;
mod parse;
mod path_spec;
mod request;
mod texts;
mod translation_table;
mod tree;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use fsimage::{
    DeepDirectories, Dots, Error, FileSystem, FileSystems, InterchangeLevel, JolietCut, JolietRules,
    LayoutPlan, NameRules, NodeId, NodeKind, Place, PlanOptions, SectorCount, Timestamp, Tree, VolumeName,
    write_image,
};

use crate::Exit;
use crate::commands::{BEHIND_PARTITION, Context, bytes, complain, left_of, write_to_stdout};
use crate::counted::counted;
use crate::failure::Failure;
use crate::sources::Written;
use meaning::Meaning;
use options::OPTIONS;
use parse::Argument;
use request::Request;

/// Whose defaults are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Personality {
    /// `fsimage mkisofs`: Rock Ridge where it is asked for, and deep directories in rr_moved.
    Genisoimage,
    /// `fsimage -as mkisofs`, as `xorriso` is called: Rock Ridge, and deep directories where they are.
    Xorriso,
}

/// The arguments of mkisofs, if the command line is one: `mkisofs ...`, or `-as mkisofs ...`. In front of that, scripts
/// tell xorriso to read no file of options, which is so, and what to report: here that is the same in any case.
pub(crate) fn recognise(arguments: &[OsString]) -> Option<(Personality, &[OsString])> {
    let mut rest = arguments.get(1..)?;
    if rest.first()? == "mkisofs" {
        return Some((Personality::Genisoimage, &rest[1..]));
    }
    loop {
        let [first, second, ..] = rest else { return None };
        if first == "-no_rc" {
            rest = &rest[1..];
        } else if first == "-report_about" && second.to_str().is_some_and(is_severity) {
            rest = &rest[2..];
        } else {
            break;
        }
    }
    let first = rest.first()?;
    let name = rest.get(1)?.to_str()?;
    let is_known = matches!(name, "mkisofs" | "genisoimage" | "xorrisofs" | "genisofs");
    ((first == "-as" || first == "--as") && is_known).then(|| (Personality::Xorriso, &rest[2..]))
}

/// Whether xorriso has messages of such a severity.
fn is_severity(name: &str) -> bool {
    let names = [
        "ALL", "DEBUG", "UPDATE", "NOTE", "HINT", "WARNING", "SORRY", "MISHAP", "FAILURE", "FATAL", "ABORT",
        "NEVER",
    ];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Sectors of zeros behind the files: a drive that reads ahead of the end finds them.
const PADDING: SectorCount = SectorCount::new(150);

/// Bytes of a volume name.
const NAME: usize = 32;

/// Options of the volume descriptors.
const OF_THE_VOLUME: [Meaning; 9] = [
    Meaning::VolumeName,
    Meaning::VolumeSet,
    Meaning::Publisher,
    Meaning::Preparer,
    Meaning::Application,
    Meaning::System,
    Meaning::Abstract,
    Meaning::Bibliography,
    Meaning::Copyright,
];

pub(crate) fn run(personality: Personality, arguments: &[OsString]) -> Result<Exit, Failure> {
    let parsed = parse::parse(arguments, personality)?;
    let has = |wanted: Meaning| {
        parsed.iter().any(|one| matches!(one, Argument::Option { meaning, .. } if *meaning == wanted))
    };
    if has(Meaning::Help) {
        return help();
    }
    if has(Meaning::Version) {
        writeln!(std::io::stdout(), "fsimage {} as mkisofs", env!("CARGO_PKG_VERSION"))?;
        return Ok(Exit::Done);
    }
    // xorriso writes an image without files where the command line says something of the volume.
    let may_be_empty = personality == Personality::Xorriso && OF_THE_VOLUME.into_iter().any(has);
    let request = Request::new(parsed, personality)?;
    if request.sources.is_empty() && !may_be_empty {
        let for_none = match personality {
            Personality::Genisoimage => "",
            Personality::Xorriso => ", and none of -V, -publisher and their like for an image without files",
        };
        return Err(Failure::Usage(format!(
            "mkisofs: no source is named{for_none}; 'fsimage mkisofs -help' lists the options"
        )));
    }
    for told in &request.told {
        complain(format_args!("fsimage: {told}"));
    }
    let output = request.output.as_deref().filter(|path| path.as_os_str() != "-");
    if output.is_none() && !request.print_size && std::io::stdout().is_terminal() {
        return Err(Failure::argument("-o", "an image is not written to a terminal"));
    }
    let context = Context::new(false, request.quiet);
    let written = output.map_or_else(Written::stdout, Written::image);
    let appended = request.hybrid.appended.iter().map(|one| &one.content);
    let code = request.hybrid.code.iter().map(|(_, _, code)| code);
    let read = appended.chain(code).map(|read| read.path.as_path());
    let lists = request.lists.iter().map(PathBuf::as_path);
    read.chain(lists).try_for_each(|read| written.check(read))?;
    let mut tree = Tree::new();
    let filled = tree::fill(&mut tree, &request, &written, &context.control)?;
    let mut options = plan_options(&request)?;
    if request.limited_size && has_large_file(&tree) {
        options.iso9660_names.level = InterchangeLevel::Three;
    }
    boot::apply(&request, &mut tree, &mut options)?;
    hfsplus::apply(&request, &tree, &mut options)?;
    tree::finish(&mut tree, &request, options.boot.as_ref())?;
    translation_table::add(&mut tree, &filled.made, &request, &options)?;
    empty_in_joliet::add(&mut tree, &request)?;
    if let Some((_, version_2)) = &request.compressed {
        tree.recognise_compressed(*version_2, &options, &context.control)?;
    }
    let plan = LayoutPlan::new(&tree, options).map_err(in_options)?;
    for notice in plan.volume_notices() {
        complain(format_args!("fsimage: {notice}"));
    }
    let behind = plan.notice_counts().behind_partition;
    if behind > 0 {
        complain(format_args!("fsimage: {} {BEHIND_PARTITION}", counted(behind, "item")));
    }
    if let Some(told) = crate::digests::of_another_disc(&tree) {
        complain(format_args!("fsimage: {told}; -m .digests leaves it out"));
    }
    for one in &filled.skipped {
        complain(format_args!("fsimage: left out: {}: {}", one.path.display(), one.reason));
    }
    let len = plan.extent().len;
    if request.print_size {
        writeln!(std::io::stdout(), "{len}")?;
        return Ok(Exit::Done);
    }
    context.left.set(Some(left_of(output)));
    match output {
        Some(path) => write_image(&plan, path, &context.control)?,
        None => write_to_stdout(&plan, &context).map_err(Failure::incomplete)?,
    }
    context.say(format_args!("{}, {}", counted(len.get(), "sector"), bytes(len.bytes())));
    Ok(Exit::Done)
}

/// Whether interchange levels 1 and 2 do not hold a file (ECMA-119 10.1, 10.2).
fn has_large_file(tree: &Tree) -> bool {
    let is_large = |node| match tree.kind(node) {
        NodeKind::File(content) => tree.content_len(content) > u32::MAX.into(),
        _ => false,
    };
    tree.walk(NodeId::ROOT).any(is_large)
}

/// The names of the options. grub-mkrescue looks here for those that it needs.
fn help() -> Result<Exit, Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Usage: fsimage mkisofs [OPTION...] [-o IMAGE] SOURCE...\n\nOptions, told apart in docs/mkisofs.md:"
    )?;
    for known in OPTIONS.iter().filter(|known| known.meaning != Meaning::Refused) {
        let dashes = if known.name.len() > 1 { "--" } else { "-" };
        writeln!(out, "  {dashes}{}{}  {}", known.name, " VALUE".repeat(known.values), known.words)?;
    }
    Ok(Exit::Done)
}

fn plan_options(request: &Request) -> Result<PlanOptions, Failure> {
    let name = request.volume.as_bytes();
    let mut iso9660 = [b' '; NAME];
    let field = iso9660.get_mut(..name.len()).ok_or_else(|| {
        Failure::argument(
            "-V",
            format!("{:?} has {} bytes; a volume name has {NAME} at most", request.volume, name.len()),
        )
    })?;
    field.copy_from_slice(name);
    let mut joliet = [0; NAME];
    for (at, unit) in
        request.volume.encode_utf16().chain(std::iter::repeat(u16::from(b' '))).take(NAME / 2).enumerate()
    {
        joliet[2 * at..2 * at + 2].copy_from_slice(&unit.to_be_bytes());
    }
    let mut file_systems = FileSystems::ISO9660;
    for (asked, file_system) in [
        (request.rock_ridge, FileSystems::ROCK_RIDGE),
        (request.joliet, FileSystems::JOLIET),
        (request.udf, FileSystems::UDF),
        (request.enhanced, FileSystems::ENHANCED),
    ] {
        if asked {
            file_systems |= file_system;
        }
    }
    let mut options = PlanOptions {
        file_systems,
        volume: VolumeName::Recorded { iso9660, joliet: request.joliet.then_some(joliet) },
        iso9660_names: NameRules {
            level: request.level,
            relaxations: request.relaxations,
            dots: match request.personality {
                Personality::Genisoimage => Dots::Genisoimage,
                Personality::Xorriso => Dots::Libisofs,
            },
            ..NameRules::default()
        },
        deep_directories: match (request.keep_deep, request.rock_ridge) {
            (true, _) => DeepDirectories::KeepInPlace,
            (false, true) => DeepDirectories::Relocate,
            (false, false) => DeepDirectories::Refuse,
        },
        texts: request.texts.clone(),
        created: Some(created(request)?),
        place: Place {
            end_padding: if request.pad { PADDING } else { SectorCount::ZERO },
            ..Place::default()
        },
        partition_offset: SectorCount::new(request.hybrid.partition_offset),
        md5_tags: request.md5,
        ..PlanOptions::default()
    };
    if request.personality == Personality::Xorriso {
        options.own_fields.iso9660.texts = texts::of_iso9660(&request.texts);
        options.own_fields.enhanced.texts = texts::of_enhanced(&request.texts);
    }
    if let Some((_, name)) = &request.relocation_directory {
        options.relocation_directory = name.clone().into_bytes();
    }
    if request.joliet_long {
        options.joliet_names = JolietRules::LONG;
    }
    options.joliet_names.level = request.joliet_level;
    options.joliet_names.replace_beyond_bmp = !request.joliet_utf16;
    options.joliet_names.cut = match request.personality {
        Personality::Genisoimage => JolietCut::Genisoimage,
        Personality::Xorriso => JolietCut::Libisofs,
    };
    if request.udf {
        options.volume_names.insert(FileSystem::Udf, request.volume.clone());
    }
    Ok(options)
}

/// An error of the layout in the words of these options.
fn in_options(error: Error) -> Failure {
    match error {
        Error::TooDeep { path, depth, most: 8 } => Failure::argument(
            path,
            format!(
                "{depth} levels of directories; ECMA-119 6.8.2.1 allows 8: -D keeps them where they are, and with -R \
                 they are relocated"
            ),
        ),
        error => error.into(),
    }
}

/// When the volume was made: as asked, or SOURCE_DATE_EPOCH, or now.
fn created(request: &Request) -> Result<Timestamp, Failure> {
    const VARIABLE: &str = "SOURCE_DATE_EPOCH";
    if let Some(time) = request.created {
        return Ok(time);
    }
    let Some(text) = std::env::var_os(VARIABLE) else { return Ok(SystemTime::now().into()) };
    let seconds = text.to_str().and_then(|text| text.parse().ok());
    seconds
        .map(Timestamp::from_unix)
        .ok_or_else(|| Failure::argument(VARIABLE, format!("{text:?} is no number of seconds since 1970")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_it_is_called() {
        let recognised = |line: &[&str]| {
            let line: Vec<OsString> = line.iter().map(OsString::from).collect();
            recognise(&line).map(|(personality, rest)| (personality, rest.len()))
        };
        assert_eq!(recognised(&["fsimage", "mkisofs", "-R"]), Some((Personality::Genisoimage, 1)));
        assert_eq!(recognised(&["fsimage", "-as", "mkisofs", "-R", "d"]), Some((Personality::Xorriso, 2)));
        let quiet = ["fsimage", "-no_rc", "-report_about", "SORRY", "-as", "genisoimage", "d"];
        assert_eq!(recognised(&quiet), Some((Personality::Xorriso, 1)));
        let told = ["fsimage", "-report_about", "HINT", "-as", "mkisofs", "d"];
        assert_eq!(recognised(&told), Some((Personality::Xorriso, 1)));
        assert_eq!(recognised(&["fsimage", "-report_about", "me", "-as", "mkisofs", "d"]), None);
        assert_eq!(recognised(&["fsimage", "-no_rc"]), None);
        for other in [&["fsimage"][..], &["fsimage", "build", "mkisofs"], &["fsimage", "-as", "cdrecord"]] {
            assert_eq!(recognised(other), None, "{other:?}");
        }
    }
}
