//! Every form of file systems on every medium: five sessions, each with additions, replacements, renames and removals.
//! This project's reader sees each of them as it was; the kernel, 7-Zip, udfdump and udfinfo see the newest, xorriso each
//! in ISO 9660.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fsimage::{Disc, FileSystem, FileSystems, MetadataPartition, PlanOptions, Tree, UdfOptions, UdfRevision};
use peers::{Columns, Listing, assert_same};
use support::grounds::{Ground, grounds, name, open};
use support::growing::{Model, SESSIONS, append, burn, change, listing};
use support::{build, list_image, shared_folder};

const ISO: FileSystems = FileSystems::ISO9660.union(FileSystems::ROCK_RIDGE);
const JOLIET: FileSystems = ISO.union(FileSystems::JOLIET);
const UDF: FileSystems = FileSystems::UDF;

/// The forms: names, file systems, and the revision of UDF.
const FORMS: [(&str, FileSystems, UdfRevision); 6] = [
    ("iso", ISO, UdfRevision::V1_02),
    ("joliet", JOLIET, UdfRevision::V1_02),
    ("udf-1.02", UDF, UdfRevision::V1_02),
    ("udf-2.01", UDF, UdfRevision::V2_01),
    ("udf-2.50", UDF, UdfRevision::V2_50),
    ("bridge", JOLIET.union(UDF), UdfRevision::V2_50),
];

fn options(file_systems: FileSystems, revision: UdfRevision) -> PlanOptions {
    let metadata_partition = match revision >= UdfRevision::V2_50 {
        true => MetadataPartition::Mirrored,
        false => MetadataPartition::None,
    };
    let udf = UdfOptions { revision, metadata_partition, ..UdfOptions::default() };
    PlanOptions { file_systems, udf, ..PlanOptions::default() }
}

/// A medium with all sessions.
struct Cell {
    what: String,
    ground: Ground,
    sectors: PathBuf,
    file_systems: FileSystems,
    starts: Vec<u32>,
    /// What each session shows.
    expected: Vec<Listing>,
}

impl Cell {
    fn fill(
        folder: &Path,
        ground: Ground,
        (form, file_systems, revision): (&str, FileSystems, UdfRevision),
    ) -> Cell {
        let what = format!("{ground:?} {form}").replace(['(', ')'], "-");
        let sectors = folder.join(&what);
        let options = options(file_systems, revision);
        ground.blank(&sectors);
        let (mut model, mut expected) = (Model::new(), Vec::new());
        for session in 1..=SESSIONS {
            let mut edit = |tree: &mut Tree| change(session, &mut model, tree);
            match (ground, session) {
                (Ground::ImageFile, 1) => {
                    let mut tree = Tree::new();
                    edit(&mut tree);
                    build(&tree, options.clone(), &sectors);
                }
                (Ground::ImageFile, _) => append(&sectors, edit).unwrap(),
                _ => drop(burn(&name(&sectors), &options, edit)),
            }
            expected.push(listing(&model));
        }
        let mut cell = Cell { what, ground, sectors, file_systems, starts: Vec::new(), expected };
        cell.starts = cell.disc().sessions().iter().map(|session| session.start.get()).collect();
        assert_eq!(cell.starts.len(), SESSIONS, "{}", cell.what);
        cell
    }

    /// As the drive shows it.
    fn disc(&self) -> Disc {
        match self.ground {
            Ground::ImageFile => Disc::open(&self.sectors).unwrap(),
            _ => open(&self.sectors).disc().unwrap(),
        }
    }

    fn has(&self, file_system: FileSystem) -> bool {
        self.file_systems.contains(file_system.as_set())
    }
}

fn cells() -> &'static [Cell] {
    static CELLS: OnceLock<Vec<Cell>> = OnceLock::new();
    CELLS.get_or_init(|| {
        let folder = shared_folder("session-matrix");
        let of = |ground| FORMS.map(|form| Cell::fill(&folder, ground, form));
        grounds().flat_map(of).collect()
    })
}

#[test]
fn each_session_is_what_it_was() {
    for cell in cells() {
        let disc = cell.disc();
        for (session, expected) in (1..).zip(&cell.expected) {
            for file_system in [FileSystem::RockRidge, FileSystem::Joliet, FileSystem::Udf] {
                if cell.has(file_system) {
                    let image = disc.image(Some(session), &[file_system]).unwrap();
                    assert_eq!(image.findings(), Vec::<String>::new(), "{} {file_system}", cell.what);
                    assert_same(expected, &list_image(&image), Columns::CONTENT);
                }
            }
        }
    }
}

#[test]
fn interop_kernel_shows_the_newest() {
    let Some(kernel) = peers::kernel::require() else { return };
    let asked: Vec<(&Cell, Vec<String>)> = cells()
        .iter()
        .map(|cell| {
            let newest = cell.starts[SESSIONS - 1];
            let mut mounts = Vec::new();
            let found_alone = cell.ground.is_overwritable();
            if cell.has(FileSystem::Udf) {
                let place = if found_alone { String::new() } else { format!(":anchor={}", newest + 256) };
                mounts.push(format!("udf{place}"));
            }
            if cell.has(FileSystem::Iso9660) {
                let place = if found_alone { String::new() } else { format!(":sbsector={newest}") };
                mounts.push(format!("iso9660{place}"));
            }
            (cell, mounts)
        })
        .collect();
    let mounts: Vec<Vec<&str>> =
        asked.iter().map(|(_, mounts)| mounts.iter().map(String::as_str).collect()).collect();
    let images: Vec<(&Path, &[&str])> =
        asked.iter().zip(&mounts).map(|((cell, _), mounts)| (&*cell.sectors, &mounts[..])).collect();
    let found = peers::kernel::mount_each(&kernel, &images, &["--job-timeout", "900"]).unwrap();
    for ((cell, mounts), found) in asked.iter().zip(found) {
        for (mount, found) in mounts.iter().zip(found) {
            assert!(found.issues.is_empty(), "{} {mount}: {:?}", cell.what, found.issues);
            assert_same(&cell.expected[SESSIONS - 1], &found.listing, Columns::CONTENT);
        }
    }
}

#[test]
fn interop_xorriso_shows_each_session() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    for cell in cells().iter().filter(|cell| cell.has(FileSystem::Iso9660)) {
        for (start, expected) in cell.starts.iter().zip(&cell.expected) {
            // Its descriptors at 16 are those of the newest session now; their copy is in front of the second.
            let first_in_head = cell.ground == Ground::ImageFile && *start == 0;
            let start = if first_in_head { cell.starts[1] - 32 } else { *start };
            let options = ["-load", "sbsector", &start.to_string(), "-rom_toc_scan", "off"];
            let found = peers::xorriso::list(&xorriso, &cell.sectors, &options).unwrap();
            assert_same(expected, &found, Columns::CONTENT);
        }
        if cell.ground.is_overwritable() {
            let found = peers::xorriso::list(&xorriso, &cell.sectors, &[]).unwrap();
            assert_same(&cell.expected[SESSIONS - 1], &found, Columns::CONTENT);
        }
    }
}

#[test]
fn interop_7z_shows_the_newest() {
    let Some(sevenzip) = peers::require("7z") else { return };
    for cell in cells().iter().filter(|cell| cell.ground.is_overwritable()) {
        let form = if cell.has(FileSystem::Udf) { "udf" } else { "iso" };
        let mut sectors = cell.sectors.clone();
        let folder = tempfile::tempdir().unwrap();
        if cell.ground == Ground::PseudoOverwrite {
            // Without the clusters behind the session, which took the places of its own descriptors, of the head and of UDF's
            // anchor in sector 256, and of which 7z warns.
            let clusters = if cell.has(FileSystem::Udf) { 3 } else { 2 };
            sectors = folder.path().join("without");
            let bytes = std::fs::read(&cell.sectors).unwrap();
            std::fs::write(&sectors, &bytes[..bytes.len() - clusters * 32 * 2048]).unwrap();
        }
        let found = peers::sevenzip::list_as(&sevenzip, &sectors, form).unwrap();
        assert_same(&cell.expected[SESSIONS - 1], &found, Columns::CONTENT);
    }
}

/// Both look for the anchor in sector 256. udfdump changes names beyond ASCII; all others are there.
#[test]
fn interop_udfdump_and_udfinfo_find_the_newest() {
    let (Some(udfdump), Some(udfinfo)) = (peers::require("udfdump"), peers::require("udfinfo")) else {
        return;
    };
    for cell in cells().iter().filter(|cell| cell.ground.is_overwritable() && cell.has(FileSystem::Udf)) {
        let newest = &cell.expected[SESSIONS - 1];
        let files = newest.iter().filter(|(_, entry)| entry.kind == peers::Kind::File);
        let files: Vec<String> =
            files.map(|(path, _)| String::from_utf8(peers::unescape(path)).unwrap()).collect();
        let text_of = |program: &peers::Peer, arguments: &[&str]| {
            let mut line: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
            line.push(cell.sectors.as_os_str());
            let output = peers::run(program.path(), &line).unwrap();
            String::from_utf8_lossy(&output.success(&cell.what).unwrap()).into_owned()
        };
        let dumped = text_of(&udfdump, &["-b", "2048", "-t"]);
        let dumped: Vec<&str> = dumped.lines().filter_map(|line| line.strip_prefix(":Rootdir")).collect();
        assert_eq!(dumped.len(), files.len(), "{}: {dumped:?}", cell.what);
        for file in files.iter().filter(|file| file.is_ascii()) {
            assert!(dumped.contains(&file.as_str()), "{}: {file} in {dumped:?}", cell.what);
        }
        let told = text_of(&udfinfo, &["--utf8"]);
        for line in [format!("numfiles={}", files.len()), "integrity=closed".to_owned()] {
            assert!(told.lines().any(|found| found == line), "{}: {line} in {told}", cell.what);
        }
    }
}
