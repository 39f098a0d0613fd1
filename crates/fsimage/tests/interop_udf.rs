//! UDF of every revision, alone and beside ISO 9660, with and without a metadata partition: what this
//! project's reader, the kernel, 7-Zip and udftools see in the images.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use fsimage::{
    Embedding, FileSystem, FileSystems, LayoutPlan, MetadataPartition, Notice, PlanOptions, SectorCount,
    Timestamp, Tree, UdfAccess, UdfOptions, UdfRevision, UdfSymlinks,
};
use peers::{Columns, Kind, Listing, assert_same, escape, unescape};
use support::host_tree::{Budget, add_odd_items, add_odder_items, copy_part};
use support::{as_noticed, build, filtered, list_file_system, scan, shared_folder};

/// One way to write UDF.
#[derive(Clone, Copy, Debug)]
struct Form {
    revision: UdfRevision,
    metadata: MetadataPartition,
    bridge: bool,
}

impl Form {
    fn all() -> Vec<Form> {
        use MetadataPartition::{Mirrored, None, Single};
        let old = [UdfRevision::V1_02, UdfRevision::V1_50, UdfRevision::V2_00, UdfRevision::V2_01];
        let new = [UdfRevision::V2_50, UdfRevision::V2_60];
        let old = old.into_iter().map(|revision| (revision, None));
        let new = new.into_iter().flat_map(|revision| [None, Single, Mirrored].map(|kind| (revision, kind)));
        old.chain(new)
            .flat_map(|(revision, metadata)| [false, true].map(|bridge| Form { revision, metadata, bridge }))
            .collect()
    }

    fn name(self) -> String {
        let beside = if self.bridge { "bridge" } else { "alone" };
        format!("{}-{:?}-{beside}", self.revision, self.metadata).to_lowercase()
    }

    fn options(self) -> PlanOptions {
        let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
        PlanOptions {
            file_systems: if self.bridge { iso9660 | FileSystems::UDF } else { FileSystems::UDF },
            created: Some(Timestamp::from_unix(1_700_000_000)),
            udf: UdfOptions {
                revision: self.revision,
                metadata_partition: self.metadata,
                ..UdfOptions::default()
            },
            ..PlanOptions::default()
        }
    }
}

/// A tree on the host, and what it holds.
struct Case {
    folder: PathBuf,
    tree: Tree,
    source: Listing,
}

impl Case {
    fn new(name: &str, fill: impl FnOnce(&Path)) -> Case {
        let folder = shared_folder(name);
        let tree = folder.join("tree");
        fs::create_dir(&tree).unwrap();
        fill(&tree);
        let source = peers::list_directory(&tree).unwrap();
        Case { tree: scan(&tree), folder, source }
    }

    fn image(&self, name: &str, options: PlanOptions) -> PathBuf {
        let image = self.folder.join(format!("{name}.img"));
        build(&self.tree, options, &image);
        image
    }

    /// What UDF must show, by the plan's notices.
    fn expected(&self, options: PlanOptions) -> Listing {
        let plan = LayoutPlan::new(&self.tree, options).unwrap();
        let mut listing = as_noticed(&self.source, &plan, FileSystem::Udf, |name, _| name.to_vec());
        let mut targets = BTreeMap::new();
        plan.visit_notices(&mut |notice| {
            if let Notice::TargetChanged { path, recorded, .. } = notice {
                assert!(targets.insert(path, recorded).is_none());
            }
            Ok(())
        })
        .unwrap();
        // No link whose target changes has a name that does.
        for (path, recorded) in targets {
            let entry = listing.get_mut(&path_of(path.as_bytes())).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(entry.kind, Kind::Symlink);
            entry.target = Some(escape(recorded.as_bytes()));
        }
        listing
    }
}

fn path_of(path: &[u8]) -> String {
    path.split(|&byte| byte == b'/').map(escape).collect::<Vec<_>>().join("/")
}

/// Over 5000 entries of a real system, and all that is odd.
fn real() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        Case::new("udf-real-tree", |tree| {
            let budget = Budget {
                entries: 2500,
                bytes: 20_000_000,
                entries_per_folder: 500,
                bytes_per_folder: 6_000_000,
            };
            let share = copy_part(Path::new("/usr/share"), &tree.join("share"), budget);
            let lib = copy_part(Path::new("/usr/lib"), &tree.join("lib"), budget);
            add_odd_items(&tree.join("odd"));
            let wide = tree.join("wide");
            fs::create_dir(&wide).unwrap();
            for number in 0..4600_usize.saturating_sub(share + lib).max(100) {
                fs::create_dir(wide.join(format!("d{number}"))).unwrap();
            }
        })
    })
}

/// A small one with everything.
fn odd() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| {
        Case::new("udf-odd-tree", |tree| {
            add_odd_items(&tree.join("odd"));
            add_odder_items(&tree.join("odder"));
            for len in [0, 1, 1831, 1832, 1833, 1871, 1872, 1873, 2047, 2048, 2049, 3_000_000] {
                fs::write(tree.join(format!("{len} bytes")), vec![len as u8; len]).unwrap();
            }
            fs::hard_link(tree.join("1 bytes"), tree.join("odd/1 bytes again")).unwrap();
            fs::hard_link(tree.join("2049 bytes"), tree.join("odd/2049 bytes again")).unwrap();
        })
    })
}

/// The kernel reads a link's target from one block of path components.
fn as_the_kernel_shows(listing: &Listing) -> Listing {
    // Of names that take over 254 bytes in UTF-8 it shows a part and a checksum.
    let short = |path: &str| path.split('/').all(|name| unescape(name).len() <= 254);
    let readable = |target: &str| udf::write::SymlinkData::new(&unescape(target)).bytes.len() <= 2048;
    filtered(listing, |path, entry| short(path) && entry.target.as_deref().is_none_or(readable))
}

const PATIENTLY: [&str; 4] = ["--job-timeout", "900", "--timeout", "1100"];

#[test]
fn this_project_reads_back_what_it_wrote() {
    let case = odd();
    for form in Form::all() {
        let image = case.image(&form.name(), form.options());
        assert_same(&case.expected(form.options()), &support::udf::list(&image), Columns::POSIX);
        if form.bridge {
            assert_same(&case.source, &list_file_system(&image, FileSystem::RockRidge), Columns::POSIX);
        }
    }
}

#[test]
fn a_real_tree_in_every_form() {
    let case = real();
    assert!(case.source.len() >= 5000);
    let udfinfo = peers::require("udfinfo");
    for form in Form::all() {
        let image = case.image("in-every-form", form.options());
        if let Some(udfinfo) = &udfinfo {
            check_counts(udfinfo, case, form, &image);
        }
        assert_same(&case.expected(form.options()), &support::udf::list(&image), Columns::POSIX);
    }
}

/// In a bridge all trees refer to the same data.
#[test]
fn the_trees_of_a_bridge_share_their_data() {
    let case = real();
    for form in Form::all().into_iter().filter(|form| form.bridge) {
        let image = case.image("shared", form.options());
        let disc = fsimage::Disc::open(&image).unwrap();
        let extents = |file_system| -> BTreeMap<u64, u64> {
            let mut extents = BTreeMap::new();
            let tree = disc.image(None, &[file_system]).unwrap();
            tree.walk(&mut |_, entry| {
                for section in entry.sections().iter().filter(|section| section.len > 0) {
                    extents.insert(section.start.byte_offset(), u64::from(section.len));
                }
                Ok(())
            })
            .unwrap();
            extents
        };
        let rock_ridge = extents(FileSystem::RockRidge);
        assert!(rock_ridge.len() > 1000);
        assert_eq!(extents(FileSystem::Joliet), rock_ridge);
        assert_eq!(support::udf::extents(&image), rock_ridge, "{}", form.name());
        let recorded = list_file_system(&image, FileSystem::Joliet);
        let plan = LayoutPlan::new(&case.tree, form.options()).unwrap();
        let expected = as_noticed(&case.source, &plan, FileSystem::Joliet, |name, _| name.to_vec());
        assert_same(&expected, &recorded, Columns::CONTENT);
    }
}

/// 4 GiB + 1 byte and 300 GiB, sparse: sizes, and marks across the borders of extents.
#[test]
fn large_files_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::create_dir(&source).unwrap();
    let lengths = [4 * GIB + 1, 300 * GIB];
    for len in lengths {
        let file = File::create(source.join(len.to_string())).unwrap();
        file.set_len(len).unwrap();
        for at in marks(len) {
            file.write_all_at(mark(len, at).as_bytes(), at).unwrap();
        }
    }
    let tree = scan(&source);
    for form in Form::all() {
        let image = folder.path().join("image.img");
        build(&tree, form.options(), &image);
        let disc = fsimage::Disc::open(&image).unwrap();
        let volume = disc.image(None, &[FileSystem::Udf]).unwrap();
        for len in lengths {
            let entry = volume.lookup(format!("/{len}")).unwrap();
            assert_eq!(entry.len, len);
            let mut reader = volume.open(&entry).unwrap();
            for at in marks(len) {
                let mut found = [0; 16];
                std::io::Seek::seek(&mut reader, std::io::SeekFrom::Start(at)).unwrap();
                std::io::Read::read_exact(&mut reader, &mut found).unwrap();
                assert_eq!(found, mark(len, at).as_bytes(), "{}: {len} at {at}", form.name());
            }
        }
    }
}

#[test]
fn beside_iso9660_udf_costs_a_block_for_each_file_and_directory() {
    let case = real();
    let sectors = |options: PlanOptions| LayoutPlan::new(&case.tree, options).unwrap().extent().len.get();
    let bridge = Form { revision: UdfRevision::V2_01, metadata: MetadataPartition::None, bridge: true };
    let iso9660 = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::JOLIET;
    let without = sectors(PlanOptions { file_systems: iso9660, ..bridge.options() });
    let cost = sectors(bridge.options()) - without;
    // Identifiers of large directories come on top, and what every volume has.
    let names: usize = case.source.keys().map(|path| path.rsplit('/').next().unwrap().len() + 41).sum();
    let most = case.source.len() + names / 2048 + 300;
    assert!((cost as usize) < most, "{cost} sectors, {most} at most");

    let alone = sectors(PlanOptions { file_systems: FileSystems::UDF, ..bridge.options() });
    let plain = sectors(PlanOptions { file_systems: FileSystems::ISO9660, ..bridge.options() });
    let files = case.source.values().filter(|entry| entry.kind == Kind::File);
    let embedded = files.filter(|entry| entry.size <= Some(1832)).count() as u32;
    assert!(alone < plain + case.source.len() as u32 - embedded + 300, "{alone} alone, {plain} plain");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let case = odd();
    let form = Form { revision: UdfRevision::V2_60, metadata: MetadataPartition::Mirrored, bridge: true };
    let image = |name: &str| fs::read(case.image(name, form.options())).unwrap();
    assert!(image("once") == image("twice"));
}

#[test]
fn interop_kernel() {
    let Some(kernel) = peers::kernel::require() else { return };
    let mut images = Vec::new();
    for case in [odd(), real()] {
        for form in Form::all() {
            images.push((case, form, case.image(&format!("kernel-{}", form.name()), form.options())));
        }
    }
    let mounts: Vec<(&Path, &[&str])> = images.iter().map(|(.., image)| (&**image, &["udf"][..])).collect();
    let found = peers::kernel::mount_each(&kernel, &mounts, &PATIENTLY).unwrap();
    for ((case, form, _), mounts) in images.iter().zip(found) {
        let expected = as_the_kernel_shows(&case.expected(form.options()));
        let known = |issue: &String| issue.contains("ENAMETOOLONG at /odder/links/");
        let issues: Vec<_> = mounts[0].issues.iter().filter(|issue| !known(issue)).collect();
        assert!(issues.is_empty(), "{}: {issues:?} {:?}", form.name(), mounts[0].kernel_log);
        let found = filtered(&as_the_kernel_shows(&mounts[0].listing), |path, _| {
            expected.contains_key(path) || !is_cut(path)
        });
        assert_same(&expected, &found, Columns::POSIX);
    }
}

/// Whether the kernel may have shortened a name of the path: it ends in a checksum then.
fn is_cut(path: &str) -> bool {
    path.split('/').any(|name| {
        let name = unescape(name);
        name.len() > 230 && name.contains(&b'#')
    })
}

/// The real tree without what a program cannot take.
fn part_of_real(name: &str, takes: impl Fn(&str, &peers::Entry) -> bool) -> Case {
    let mut case = Case { folder: shared_folder(name), tree: real().tree.clone(), source: Listing::new() };
    for (path, entry) in &real().source {
        let within = path == "/" || case.tree.lookup(unescape(path)).is_some();
        if within && takes(path, entry) {
            case.source.insert(path.clone(), entry.clone());
        } else if within {
            case.tree.remove(case.tree.lookup(unescape(path)).unwrap()).unwrap();
        }
    }
    case
}

#[test]
fn interop_7z() {
    let Some(sevenzip) = peers::require("7z") else { return };
    // 7-Zip knows files and directories.
    let case = part_of_real("udf-7z-tree", |_, entry| matches!(entry.kind, Kind::File | Kind::Directory));
    for form in Form::all() {
        let image = case.image("7z", form.options());
        let found = peers::sevenzip::list_as(&sevenzip, &image, "udf").unwrap();
        assert_same(&case.expected(form.options()), &found, Columns::CONTENT);
    }
}

#[test]
fn interop_7z_takes_volumes_without_links() {
    let Some(sevenzip) = peers::require("7z") else { return };
    let case = Case::new("udf-links-tree", |tree| {
        fs::write(tree.join("file"), "content").unwrap();
        std::os::unix::fs::symlink("file", tree.join("link")).unwrap();
        std::os::unix::fs::symlink("elsewhere", tree.join("out")).unwrap();
    });
    for (symlinks, names) in [(UdfSymlinks::Omit, 1), (UdfSymlinks::Copy, 2)] {
        let mut options = Form::all()[0].options();
        options.udf.symlinks = symlinks;
        let plan = LayoutPlan::new(&case.tree, options.clone()).unwrap();
        let counts = plan.notice_counts();
        assert_eq!((counts.dropped, counts.udf_specials), (3 - names, 0));
        let image = case.image(&format!("{symlinks:?}"), options);
        let found = peers::sevenzip::list_as(&sevenzip, &image, "udf").unwrap();
        assert_eq!(found.values().filter(|entry| entry.size == Some(7)).count() as u64, names);
    }
    let mut options = Form::all()[0].options();
    options.strict = true;
    let plan = LayoutPlan::new(&case.tree, options.clone()).unwrap();
    assert_eq!(plan.notice_counts().udf_specials, 2, "no loss, so no error in strict mode");
    let image = case.image("stored", options);
    assert!(peers::sevenzip::list_as(&sevenzip, &image, "udf").is_err(), "the notice can go");
}

#[test]
fn interop_udfinfo() {
    let Some(udfinfo) = peers::require("udfinfo") else { return };
    let case = odd();
    for form in Form::all() {
        let image = case.image(&format!("udfinfo-{}", form.name()), form.options());
        check_counts(&udfinfo, case, form, &image);
    }
}

/// What udfinfo says of a volume that was written from the case.
fn check_counts(udfinfo: &peers::Peer, case: &Case, form: Form, image: &Path) {
    {
        let output = peers::run(udfinfo.path(), &["--utf8".as_ref(), image.as_os_str()]).unwrap();
        assert_eq!(output.stderr, "", "{}", form.name());
        let text = String::from_utf8(output.success("udfinfo").unwrap()).unwrap();
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("{name} in {text}")).to_owned()
        };
        let directories = case.source.values().filter(|entry| entry.kind == Kind::Directory).count();
        let plan = LayoutPlan::new(&case.tree, form.options()).unwrap();
        assert_eq!(value("numdirs"), directories.to_string());
        assert_eq!(value("label"), "CDROM");
        assert_eq!((value("integrity"), value("accesstype")), ("closed".to_owned(), "readonly".to_owned()));
        assert_eq!(value("udfwriterev"), form.revision.to_string());
        assert_eq!(value("udfrev"), form.revision.min(UdfRevision::V2_50).to_string());
        assert_eq!(value("blocks"), plan.extent().len.get().to_string());
        assert_eq!((value("freeblocks"), value("behindblocks")), ("0".to_owned(), "0".to_owned()));
    }
}

/// Named streams stand beside what other programs know: these read the files as if there were none, but for the
/// link that each stream directory counts for.
#[test]
fn interop_named_streams() {
    let (Some(kernel), Some(sevenzip), Some(udfinfo)) =
        (peers::kernel::require(), peers::require("7z"), peers::require("udfinfo"))
    else {
        return;
    };
    let mut case = Case::new("udf-streams-tree", |tree| {
        fs::create_dir_all(tree.join("a/b")).unwrap();
        for len in [0, 1, 1832, 1833, 2048, 300_000] {
            fs::write(tree.join(format!("a/{len} bytes")), vec![len as u8; len]).unwrap();
        }
    });
    let mut with_streams = Vec::new();
    for path in case.source.keys().filter(|path| *path != "/a/1 bytes") {
        let node = case.tree.lookup(unescape(path)).unwrap();
        for (name, len) in [("user.small", 5), ("a long one", 70_000)] {
            case.tree.add_stream(node, name.as_bytes(), fsimage::Item::Bytes(vec![7; len].into())).unwrap();
        }
        with_streams.push(path.clone());
    }
    let forms: Vec<Form> =
        Form::all().into_iter().filter(|form| form.revision >= UdfRevision::V2_00).collect();
    let images: Vec<PathBuf> = forms.iter().map(|form| case.image(&form.name(), form.options())).collect();
    let mounts: Vec<(&Path, &[&str])> = images.iter().map(|image| (&**image, &["udf"][..])).collect();
    let found = peers::kernel::mount_each(&kernel, &mounts, &PATIENTLY).unwrap();
    let mut linked = case.source.clone();
    for path in &with_streams {
        let links = &mut linked.get_mut(path).unwrap().links;
        *links = links.map(|links| links + 1);
    }
    for ((form, image), mounts) in forms.iter().zip(&images).zip(found) {
        assert!(mounts[0].issues.is_empty(), "{}: {:?}", form.name(), mounts[0].issues);
        assert_same(&linked, &mounts[0].listing, Columns::POSIX);
        let listed = peers::sevenzip::list_as(&sevenzip, image, "udf").unwrap();
        assert_same(&case.source, &listed, Columns::CONTENT);
        check_counts(&udfinfo, &case, *form, image);
    }
}

/// What ends in ICBs takes less room than the same, attributes and all, in ISO 9660.
#[test]
fn small_files_alone_take_less_than_in_iso9660() {
    let mut tree = Tree::new();
    for number in 0..20_000 {
        let path = format!("/folder {:03}/file {number:05}", number / 100);
        let content = vec![1; number * 7 % 1833];
        tree.add(path, fsimage::Item::Bytes(content.into()), &fsimage::ItemOptions::default()).unwrap();
    }
    let sectors = |file_systems| {
        let options = PlanOptions { file_systems, ..PlanOptions::default() };
        LayoutPlan::new(&tree, options).unwrap().extent().len.get()
    };
    let iso9660 = sectors(FileSystems::ISO9660 | FileSystems::ROCK_RIDGE);
    let udf = sectors(FileSystems::UDF);
    assert!(udf < iso9660, "{udf} sectors of UDF, {iso9660} of ISO 9660");
}

/// Files and directories with plain names: UDFclient shows others in the locale's letters.
#[test]
fn interop_udfclient() {
    let Some(udfclient) = peers::require("udfclient") else { return };
    let case = part_of_real("udf-client-tree", |path, entry| {
        matches!(entry.kind, Kind::File | Kind::Directory) && unescape(path).iter().all(u8::is_ascii_graphic)
    });
    assert!(case.source.len() > 3000, "{}", case.source.len());
    let within = |listing: &Listing| filtered(listing, |path, _| path != "/");
    let top: Vec<&str> = (case.source.keys().filter(|path| path.matches('/').count() == 1 && *path != "/"))
        .map(|path| &path[1..])
        .collect();
    for form in Form::all() {
        let image = case.image(&form.name(), form.options());
        let folder = tempfile::tempdir().unwrap();
        support::udf::get_by_udfclient(&udfclient, &image, "CDROM", &top, folder.path());
        let found = peers::list_directory(folder.path()).unwrap();
        assert_same(&within(&case.expected(form.options())), &within(&found), Columns::CONTENT);
    }
}

#[test]
fn interop_kernel_changes_an_overwritable_volume() {
    let Some(kernel) = peers::kernel::require() else { return };
    let case = Case::new("udf-overwritable-tree", |tree| {
        add_odd_items(&tree.join("odd"));
        fs::write(tree.join("3 MB"), vec![3; 3_000_000]).unwrap();
    });
    for revision in [UdfRevision::V1_02, UdfRevision::V1_50, UdfRevision::V2_00, UdfRevision::V2_01] {
        let form = Form { revision, metadata: MetadataPartition::None, bridge: false };
        let mut options = form.options();
        options.udf.access = UdfAccess::Overwritable { free: SectorCount::new(20_000) };
        let mut expected = case.expected(options.clone());
        expected.remove("/");
        let image = case.image(&form.name(), options);
        let changed = case.folder.join("changed.img");
        let arguments =
            ["write".as_ref(), image.as_os_str(), "--out".as_ref(), changed.as_os_str(), "--fill".as_ref()];
        let arguments = [&arguments[..], &["--sector".as_ref(), "2048".as_ref()]].concat();
        let output = peers::run_for(Duration::from_secs(600), &kernel, &arguments).unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{revision}: {said} {}", output.stderr);
        let found = filtered(&support::udf::list(&changed), |path, _| !path.starts_with("/kc"));
        assert_same(&expected, &found, Columns::POSIX);
    }
}

const GIB: u64 = 1 << 30;
const LENGTHS: [u64; 6] = [GIB - 2048, GIB, 4 * GIB - 1, 4 * GIB + 1, 6 * GIB, 300 * GIB];
const EXTENT: u64 = GIB - 2048;

fn marks(len: u64) -> Vec<u64> {
    // The ICB of a file without metadata partition has room for 229 descriptors, one with for 114.
    let borders = [1, 2, 4, 113, 114, 228, 229, (len - 1) / EXTENT];
    let borders = borders.map(|number| (number * EXTENT).saturating_sub(8));
    let mut marks = vec![0, len / 3, len - 16];
    marks.extend(borders.into_iter().filter(|at| at + 16 < len - 16));
    marks.sort_unstable();
    marks.dedup();
    marks
}

fn mark(len: u64, at: u64) -> String {
    format!("{len:03x}{at:013x}").chars().rev().take(16).collect()
}

#[test]
fn interop_kernel_reads_large_files() {
    let Some(kernel) = peers::kernel::require() else { return };
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    fs::create_dir(&source).unwrap();
    let mut expected = String::new();
    for len in LENGTHS {
        let file = File::create(source.join(len.to_string())).unwrap();
        file.set_len(len).unwrap();
        writeln!(expected, "{len} has {len}").unwrap();
        for at in marks(len) {
            file.write_all_at(mark(len, at).as_bytes(), at).unwrap();
            writeln!(expected, "{len} {at} {}", mark(len, at)).unwrap();
        }
    }
    let mut script = "#!/bin/sh\nmkdir -p /disc\nmount -t udf -o ro /dev/sr0 /disc || exit 3\n".to_owned();
    for len in LENGTHS {
        writeln!(script, "echo {len} has $(stat -c %s /disc/{len})").unwrap();
        for at in marks(len) {
            let read = format!("dd if=/disc/{len} bs=1 skip={at} count=16 2>/dev/null");
            writeln!(script, "echo {len} {at} $({read})").unwrap();
        }
    }
    let program = folder.path().join("read");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let tree = scan(&source);
    for (revision, metadata) in
        [(UdfRevision::V1_02, MetadataPartition::None), (UdfRevision::V2_50, MetadataPartition::Mirrored)]
    {
        let form = Form { revision, metadata, bridge: true };
        let image = folder.path().join("image.img");
        build(&tree, form.options(), &image);
        assert!(fs::metadata(&image).unwrap().blocks() * 512 < 4 << 20, "holes became data");
        let arguments = [image.as_os_str(), "--exec".as_ref(), program.as_os_str()];
        let output = peers::run_for(Duration::from_secs(300), &kernel, &arguments).unwrap();
        assert!(output.status.success(), "{}: {}", output.status, output.stderr);
        assert_eq!(expected, String::from_utf8(output.stdout).unwrap());
    }
}

#[test]
fn nothing_is_embedded_where_that_is_asked_for() {
    let case = odd();
    let form = Form { revision: UdfRevision::V1_02, metadata: MetadataPartition::None, bridge: false };
    let mut options = form.options();
    options.udf.embedding = Embedding::Nothing;
    let image = case.image("nothing-embedded", options.clone());
    assert_same(&case.expected(options), &support::udf::list(&image), Columns::POSIX);
}

/// Volumes of mkudffs are whole, and an anchor that is lost is told where udfinfo misses it as well.
#[test]
fn interop_lost_anchors() {
    let (Some(mkudffs), Some(udfinfo)) = (peers::require("mkudffs"), peers::require("udfinfo")) else {
        return;
    };
    let case = real();
    let mut images = Vec::new();
    for (number, options) in [
        &["--media-type=hd", "--udfrev=1.02"][..],
        &["--media-type=dvdram", "--udfrev=2.01"],
        &["--media-type=cdrw", "--udfrev=1.50"],
        &["--media-type=bdr", "--udfrev=2.50"],
        &["--blocksize=2048", "--udfrev=2.01", "--space=unalloctable"],
        &["--blocksize=2048", "--udfrev=2.01", "--space=freedbitmap"],
        &["--blocksize=2048", "--udfrev=2.01", "--space=freedtable"],
        &["--blocksize=2048", "--udfrev=1.50", "--strategy=4096"],
    ]
    .into_iter()
    .enumerate()
    {
        let image = case.folder.join(format!("of-mkudffs-{number}"));
        File::create(&image).unwrap().set_len(16 << 20).unwrap();
        let options = options.iter().map(|option| option.to_string());
        let options = options.chain([image.display().to_string()]).collect::<Vec<_>>();
        peers::run(mkudffs.path(), &options).unwrap().success("mkudffs").unwrap();
        images.push(image);
    }
    for (number, form) in Form::all().into_iter().step_by(5).enumerate() {
        images.push(case.image(&format!("anchors-{number}"), form.options()));
    }
    for image in images {
        let findings = || {
            let disc = fsimage::Disc::open(&image).ok()?;
            Some(disc.verify_structure(None, &fsimage::Control::default()).ok()?.findings)
        };
        let found = findings().unwrap();
        assert!(found.iter().all(|finding| !finding.is_damage), "{}: {found:?}", image.display());
        let file = File::options().read(true).write(true).open(&image).unwrap();
        let mut first = [0; 2];
        file.read_exact_at(&mut first, 256 * 2048).unwrap();
        if first != [2, 0] {
            // Blocks of 512 bytes.
            continue;
        }
        file.write_all_at(&[0; 2048], 256 * 2048).unwrap();
        let told = peers::run(udfinfo.path(), &[image.as_os_str()]).unwrap().stderr;
        assert!(told.contains("Anchor Volume Descriptor Pointer"), "{}: {told}", image.display());
        // On a medium that is written once it is the only one, and nothing is left.
        let Some(found) = findings() else { continue };
        let is_told = found.iter().any(|finding| finding.is_damage && finding.sectors == [(256, 1)]);
        assert!(is_told, "{}: {found:?}", image.display());
    }
}
