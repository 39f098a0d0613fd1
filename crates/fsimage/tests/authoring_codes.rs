//! The codes of IMAPI2 for making images, each in the situation that has it there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use fsimage::{
    BootImage, BootOptions, BootPlatform, BootSource, Control, DeepDirectories, Disc, Emulation, Error,
    FileSystem, FileSystems, HybridOptions, Imapi2Code, InterchangeLevel, Item, ItemOptions, LayoutPlan,
    NameRules, NodeId, PartitionScheme, Place, PlanOptions, QuickCheck, Result, ScanFailures, ScanOptions,
    Sector, SectorCount, SpoolUsage, Staging, StagingPolicy, Timestamp, Tree, UdfOptions, UdfRevision,
    VolumeName, WriterSink, write_image,
};

#[track_caller]
fn is<T>(result: Result<T>, name: &str, number: u32) {
    let error = result.err().expect("it was done");
    assert_eq!((error.name(), error.code()), (name, number), "{error}");
    assert!(!error.imapi2().is_success());
}

fn add(tree: &mut Tree, path: &str) -> Result<()> {
    tree.add(path, Item::Bytes(vec![7; 5000].into()), &ItemOptions::default()).map(drop)
}

#[test]
fn of_the_tree() {
    let mut tree = Tree::new();
    add(&mut tree, "/file").unwrap();
    is(add(&mut tree, "/file"), "IMAPI_E_DUP_NAME", 0xC0AA_B112);
    for path in ["/a/../b", "/a/b/..", "/new/c\0/d"] {
        is(add(&mut tree, path), "IMAPI_E_INVALID_PATH", 0xC0AA_B110);
    }
    // A call that fails changes nothing: neither `a` nor `new` was made.
    assert!(tree.lookup("/a").is_none() && tree.lookup("/new").is_none());
    let file = tree.lookup("/file").unwrap();
    is(tree.move_to(file, file, "x"), "IMAPI_E_NOT_DIR", 0xC0AA_B109);
}

#[test]
fn of_items_that_are_asked_for() {
    let mut tree = Tree::new();
    add(&mut tree, "/folder/file").unwrap();
    is(tree.item_at("/folder/absent"), "IMAPI_E_ITEM_NOT_FOUND", 0xC0AA_B118);
    is(tree.item_at("/absent/file"), "IMAPI_E_DIR_NOT_FOUND", 0xC0AA_B11A);
    is(tree.directory_at("/absent"), "IMAPI_E_DIR_NOT_FOUND", 0xC0AA_B11A);
    is(tree.file_at("/folder/absent"), "IMAPI_E_FILE_NOT_FOUND", 0xC0AA_B119);
    is(tree.file_at("/folder"), "IMAPI_E_NOT_FILE", 0xC0AA_B108);
    is(tree.directory_at("/folder/file"), "IMAPI_E_NOT_DIR", 0xC0AA_B109);
    is(tree.item_at("/folder/file/below"), "IMAPI_E_NOT_DIR", 0xC0AA_B109);
    assert_eq!(tree.directory_at("/").unwrap(), NodeId::ROOT);
    for target in [&b""[..], b"a\0b"] {
        let added = tree.add("/link", Item::Symlink(target), &ItemOptions::default());
        is(added, "IMAPI_E_INVALID_PARAM", 0xC0AA_B101);
    }
    assert_eq!(tree.lookup("/link"), None);
    let (node, content) = tree.file_at("/folder/file").unwrap();
    assert_eq!((Some(node), tree.content_len(content)), (tree.lookup("/folder/file"), 5000));
}

/// A file that may not be read is told by the scan, where the others are to be taken. Whoever may read all cannot see that.
#[cfg(unix)]
#[test]
fn of_a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let folder = tempfile::tempdir().unwrap();
    for (name, mode) in [("open", 0o644), ("closed", 0o000)] {
        std::fs::write(folder.path().join(name), name).unwrap();
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.path().join(name), mode).unwrap();
    }
    if std::fs::File::open(folder.path().join("closed")).is_ok() {
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["of_a_file_that_may_not_be_read", "--exact"]).uid(65534).env("TMPDIR", "/tmp");
        let again = again.current_dir("/").output().unwrap();
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
        return;
    }
    let options = ScanOptions { failures: ScanFailures::Report, ..ScanOptions::default() };
    let mut tree = Tree::new();
    let report = tree.scan(folder.path(), NodeId::ROOT, &options, &Control::default()).unwrap();
    let [failed] = &report.failed[..] else { panic!("{report:?}") };
    assert_eq!(failed.path, folder.path().join("closed"));
    assert!(matches!(&*failed.error, Error::SourceRead { .. }), "{failed:?}");
    assert!(tree.lookup("/open").is_some() && tree.lookup("/closed").is_none());
    assert!(written(&tree).is_ok());
}

#[test]
fn of_removing_and_of_items_in_no_directory() {
    let mut tree = Tree::new();
    add(&mut tree, "/folder/file").unwrap();
    let (folder, file) = (tree.lookup("/folder").unwrap(), tree.lookup("/folder/file").unwrap());
    is(tree.remove_leaf(folder), "IMAPI_E_DIR_NOT_EMPTY", 0xC0AA_B10A);
    tree.remove_leaf(file).unwrap();
    is(tree.remove(file), "IMAPI_E_NOT_IN_FILE_SYSTEM", 0xC0AA_B10B);
    tree.remove_leaf(folder).unwrap();
    let detached = tree.detached("draft", Item::Directory, &ItemOptions::default()).unwrap();
    is(tree.remove(detached), "IMAPI_E_NOT_IN_FILE_SYSTEM", 0xC0AA_B10B);
    tree.add_in(detached, b"below", Item::Fifo, &ItemOptions::default()).unwrap();
    assert!(tree.lookup("/draft").is_none() && !tree.holds(detached));
    tree.move_to(detached, NodeId::ROOT, "final").unwrap();
    assert!(tree.lookup("/final/below").is_some());
    is(tree.remove(NodeId::ROOT), "IMAPI_E_INVALID_PARAM", 0xC0AA_B101);
    tree.clear();
    assert_eq!(tree.lookup("/final"), None);
}

#[test]
fn of_names_and_properties() {
    let mut tree = Tree::new();
    add(&mut tree, "/\u{e9}").unwrap();
    tree.restrict_names(true);
    is(add(&mut tree, "/e\u{301}"), "IMAPI_E_RESTRICTED_NAME_VIOLATION", 0xC0AA_B111);
    let there = tree.lookup("/\u{e9}").unwrap();
    is(tree.rename(there, "\u{e8}"), "IMAPI_E_RESTRICTED_NAME_VIOLATION", 0xC0AA_B111);
    add(&mut tree, "/e ~").unwrap();
    tree.restrict_names(false);
    add(&mut tree, "/e\u{301}").unwrap();
    is(tree.set_real_time(NodeId::ROOT, true), "IMAPI_E_PROPERTY_NOT_ACCESSIBLE", 0xC0AA_B160);
}

/// What a file system cannot hold is kept in the tree, and told as a success that has something to tell.
#[test]
fn of_what_a_revision_of_udf_leaves_out() {
    let note = |revision| {
        let mut tree = Tree::new();
        add(&mut tree, "/file").unwrap();
        let file = tree.lookup("/file").unwrap();
        tree.set_real_time(file, true).unwrap();
        let udf = UdfOptions { revision, ..UdfOptions::default() };
        let options = PlanOptions { file_systems: FileSystems::UDF, udf, ..PlanOptions::default() };
        let plan = LayoutPlan::new(&tree, options).unwrap();
        let mut note = None;
        plan.visit_notices(&mut |notice| {
            note = Imapi2Code::of_notice(&notice);
            Ok(())
        })
        .unwrap();
        note
    };
    let told = note(UdfRevision::V2_00).unwrap();
    assert_eq!((told.name, told.number), ("IMAPI_S_IMAGE_FEATURE_NOT_SUPPORTED", 0x00AA_B15F));
    assert!(told.is_success());
    assert_eq!(note(UdfRevision::V2_01), None);
}

#[test]
fn of_the_plan() {
    let mut tree = Tree::new();
    add(&mut tree, "/1/2/3/4/5/6/7/8/9/file").unwrap();
    let refused = PlanOptions { deep_directories: DeepDirectories::Refuse, ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, refused), "IMAPI_E_ISO9660_LEVELS", 0xC0AA_B131);
    let mut tree = Tree::new();
    add(&mut tree, "/a name: that Joliet does not have").unwrap();
    let strict = PlanOptions { strict: true, ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, strict), "IMAPI_E_RESTRICTED_NAME_VIOLATION", 0xC0AA_B111);
    for (file_systems, name) in [(FileSystems::ISO9660, "a-b"), (FileSystems::UDF, &*"x".repeat(127))] {
        let volume = VolumeName::Adapted(name.to_owned());
        let strict = PlanOptions { strict: true, file_systems, volume, ..PlanOptions::default() };
        is(LayoutPlan::new(&Tree::new(), strict), "IMAPI_E_INVALID_VOLUME_NAME", 0xC0AA_B104);
    }
    let none = PlanOptions { file_systems: FileSystems::empty(), ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, none), "IMAPI_E_NO_OUTPUT", 0xC0AA_B103);
    let joliet = PlanOptions { file_systems: FileSystems::JOLIET, ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, joliet), "IMAPI_E_INVALID_PARAM", 0xC0AA_B101);
    let at = |seconds| Some(Timestamp { seconds, ..Timestamp::default() });
    let dates = PlanOptions { created: at(2), modified: at(1), ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, dates), "IMAPI_E_INVALID_DATE", 0xC0AA_B105);
    let dates = PlanOptions { effective: at(2), expiration: at(1), ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, dates), "IMAPI_E_INVALID_DATE", 0xC0AA_B105);
    let available = Some(SectorCount::new(20));
    let small = Place { available, ..Place::default() };
    is(
        LayoutPlan::new(&tree, PlanOptions { place: small, ..PlanOptions::default() }),
        "IMAPI_E_IMAGE_TOO_BIG",
        0xC0AA_B121,
    );
}

#[test]
fn of_lengths_and_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let big = folder.path().join("big");
    std::fs::File::create(&big).unwrap().set_len(1 << 32).unwrap();
    let mut tree = Tree::new();
    tree.add("/big", Item::HostFile(&big), &ItemOptions::default()).unwrap();
    let iso9660_names = NameRules { level: InterchangeLevel::Two, ..NameRules::default() };
    let level_2 = PlanOptions { iso9660_names, ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, level_2), "IMAPI_E_DATA_TOO_BIG", 0xC0AA_B132);
    let mut tree = Tree::new();
    for number in 0..65_535 {
        let name = format!("{number}/below");
        tree.add(&name, Item::Directory, &ItemOptions::default()).unwrap();
    }
    let iso9660 = PlanOptions { file_systems: FileSystems::ISO9660, ..PlanOptions::default() };
    is(LayoutPlan::new(&tree, iso9660), "IMAPI_E_TOO_MANY_DIRS", 0xC0AA_B130);
}

#[test]
fn of_what_boots() {
    let mut tree = Tree::new();
    add(&mut tree, "/boot.img").unwrap();
    let image = BootImage::new(BootSource::File(tree.lookup("/boot.img").unwrap()), BootPlatform::X86);
    let with = |image: BootImage| {
        let boot = BootOptions { images: vec![image], ..BootOptions::default() };
        PlanOptions { boot: Some(boot), ..PlanOptions::default() }
    };
    let diskette = BootImage { emulation: Emulation::Diskette, ..image.clone() };
    is(LayoutPlan::new(&tree, with(diskette)), "IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH", 0xC0AA_B14A);
    // There is no master boot record in it.
    let disk = BootImage { emulation: Emulation::HardDisk, ..image.clone() };
    is(LayoutPlan::new(&tree, with(disk)), "IMAPI_E_BOOT_IMAGE_DATA", 0xC0AA_B148);
    // A session behind others has no system area of its own.
    let place = Place { start: Sector::new(320), ..Place::default() };
    let hybrid = Some(HybridOptions { scheme: PartitionScheme::Gpt, ..HybridOptions::default() });
    let further = PlanOptions { hybrid, place, ..with(image.clone()) };
    is(LayoutPlan::new(&tree, further), "IMAPI_E_BOOT_OBJECT_CONFLICT", 0xC0AA_B149);
    let partition_offset = SectorCount::new(16);
    let further = PlanOptions { partition_offset, place, ..with(image) };
    is(LayoutPlan::new(&tree, further), "IMAPI_E_BOOT_OBJECT_CONFLICT", 0xC0AA_B149);
}

#[test]
fn of_files_and_folders_of_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent");
    is(Disc::open(&absent), "IMAPI_E_IMAGEMANAGER_NO_IMAGE", 0xC0AA_B202);

    let mut tree = Tree::new();
    is(
        tree.scan(&absent, NodeId::ROOT, &ScanOptions::default(), &Control::default()),
        "IMAPI_E_DIRECTORY_READ_FAILURE",
        0xC0AA_B12B,
    );
    let from_host =
        |tree: &mut Tree, path: &Path| tree.add("/host", Item::HostFile(path), &ItemOptions::default());
    is(from_host(&mut tree, &absent), "IMAPI_E_DATA_STREAM_CREATE_FAILURE", 0xC0AA_B12A);
    let mut broken = Broken;
    let stream = Item::Stream(&mut broken);
    is(tree.add("/stream", stream, &ItemOptions::default()), "IMAPI_E_DATA_STREAM_READ_FAILURE", 0xC0AA_B129);
    let source = folder.path().join("source");
    std::fs::write(&source, "one").unwrap();
    from_host(&mut tree, &source).unwrap();
    std::fs::write(&source, "another").unwrap();
    is(written(&tree), "IMAPI_E_DATA_STREAM_INCONSISTENCY", 0xC0AA_B128);
    std::fs::remove_file(&source).unwrap();
    is(written(&tree), "IMAPI_E_DATA_STREAM_CREATE_FAILURE", 0xC0AA_B12A);

    let mut tree = Tree::new();
    add(&mut tree, "/file").unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let write = |path: &Path| write_image(&plan, path, &Control::default());
    is(write(&absent.join("image.iso")), "IMAPI_E_STASHFILE_WRITE_FAILURE", 0xC0AA_B13A);
    let path = folder.path().join("image.iso");
    write(&path).unwrap();
    let image = Disc::open(&path).unwrap().image(None, &[FileSystem::RockRidge]).unwrap();
    is(image.lookup("/absent"), "IMAPI_E_ITEM_NOT_FOUND", 0xC0AA_B118);
}

/// A stream that fails.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::ConnectionReset.into())
    }
}

fn written(tree: &Tree) -> Result<Vec<u8>> {
    let mut image = Vec::new();
    let plan = LayoutPlan::new(tree, PlanOptions::default())?;
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default())?;
    Ok(image)
}

fn stream(tree: &mut Tree, path: &str, bytes: &[u8]) -> Result<()> {
    tree.add(path, Item::Stream(&mut { bytes }), &ItemOptions::default()).map(drop)
}

#[test]
fn of_what_is_spooled() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    std::fs::create_dir(&first).unwrap();
    std::fs::create_dir(&second).unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "from the host").unwrap();
    let mut tree = Tree::new();
    let staging = |policy, folder: &Path, budget| Staging { policy, folder: Some(folder.to_owned()), budget };
    let auto = |folder: &Path| staging(StagingPolicy::Auto, folder, None);
    for no_folder in [&file, &folder.path().join("absent")] {
        is(tree.set_staging(auto(no_folder)), "IMAPI_E_INVALID_WORKING_DIRECTORY", 0xC0AA_B140);
    }
    assert_eq!(tree.staging(), &Staging::default());
    tree.set_staging(auto(&first)).unwrap();
    stream(&mut tree, "/a", b"stream a").unwrap();
    stream(&mut tree, "/b", b"b").unwrap();
    assert_eq!(tree.spool_usage(), SpoolUsage { files: 1, bytes: 9 });

    // The folder goes while it is used, where files in use need no names.
    if cfg!(unix) {
        std::fs::remove_dir(&first).unwrap();
    }
    let more = staging(StagingPolicy::Auto, &second, Some(20));
    tree.set_staging(more).unwrap();
    assert_eq!(tree.spool_usage(), SpoolUsage { files: 1, bytes: 9 });
    is(stream(&mut tree, "/c", &[7; 12]), "IMAPI_E_WORKING_DIRECTORY_SPACE", 0xC0AA_B141);
    assert_eq!((tree.lookup("/c"), tree.spool_usage().bytes), (None, 9));
    stream(&mut tree, "/c", &[7; 11]).unwrap();
    tree.remove(tree.lookup("/c").unwrap()).unwrap();
    assert_eq!((tree.release_spooled(), tree.spool_usage().bytes), (11, 9));
    stream(&mut tree, "/d", &[8; 11]).unwrap();
    let image = written(&tree).unwrap();
    for bytes in [&b"stream a"[..], &[8; 11]] {
        assert!(image.chunks(2048).any(|sector| sector.starts_with(bytes)));
    }
    let point = tree.change_point();
    is(stream(&mut tree, "/e", b"e"), "IMAPI_E_WORKING_DIRECTORY_SPACE", 0xC0AA_B141);
    tree.roll_back(point).unwrap();

    // Always: what is added is as it was, whatever becomes of the source. Never: only what can be had later.
    tree.set_staging(staging(StagingPolicy::Always, &second, None)).unwrap();
    tree.add("/host", Item::HostFile(&file), &ItemOptions::default()).unwrap();
    std::fs::write(&file, "changed").unwrap();
    assert!(written(&tree).unwrap().chunks(2048).any(|sector| sector.starts_with(b"from the host")));
    tree.scan(folder.path(), NodeId::ROOT, &ScanOptions::default(), &Control::default()).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(written(&tree).unwrap().chunks(2048).any(|sector| sector.starts_with(b"changed")));
    tree.set_staging(staging(StagingPolicy::Never, &second, None)).unwrap();
    is(stream(&mut tree, "/f", b"f"), "IMAPI_E_INVALID_PARAM", 0xC0AA_B101);
    if cfg!(unix) {
        assert_eq!(std::fs::read_dir(&second).unwrap().count(), 0, "temporary files have names");
    }
}

/// Where the kernel makes up a folder, nobody can make files.
#[cfg(target_os = "linux")]
#[test]
fn of_a_folder_that_takes_no_files() {
    let mut tree = Tree::new();
    let staging = Staging { folder: Some("/proc/self".into()), ..Staging::default() };
    stream(&mut tree, "/a", b"stream a").unwrap();
    let before = tree.staging().clone();
    is(tree.set_staging(staging.clone()), "IMAPI_E_STASHFILE_MOVE", 0xC0AA_B142);
    assert_eq!(tree.staging(), &before);
    assert!(written(&tree).is_ok());
    let mut tree = Tree::new();
    tree.set_staging(staging).unwrap();
    is(stream(&mut tree, "/a", b"stream a"), "IMAPI_E_STASHFILE_OPEN_FAILURE", 0xC0AA_B138);
}

/// Somebody cuts the temporary file.
#[cfg(target_os = "linux")]
#[test]
fn of_a_temporary_file_that_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    tree.set_staging(Staging { folder: Some(folder.path().to_owned()), ..Staging::default() }).unwrap();
    stream(&mut tree, "/a", b"stream a").unwrap();
    let mut open = std::fs::read_dir("/proc/self/fd").unwrap().map(|entry| entry.unwrap().path());
    let spooled =
        open.find(|link| std::fs::read_link(link).is_ok_and(|to| to.starts_with(folder.path()))).unwrap();
    std::fs::OpenOptions::new().write(true).open(spooled).unwrap().set_len(3).unwrap();
    is(written(&tree), "IMAPI_E_STASHFILE_READ_FAILURE", 0xC0AA_B13B);
}

/// A stream of any length that holds zeros.
struct Zeros(u64, u64);

impl Read for Zeros {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        into.fill(0);
        Ok(into.len())
    }
}

impl Seek for Zeros {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.1 = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(_) | SeekFrom::Current(_) => self.0,
        };
        Ok(self.1)
    }
}

#[test]
fn of_images_that_are_to_be_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.iso");
    is(QuickCheck::of(&path), "IMAPI_E_IMAGEMANAGER_NO_IMAGE", 0xC0AA_B202);
    let mut tree = Tree::new();
    add(&mut tree, "/file").unwrap();
    let file_systems = FileSystems::ISO9660 | FileSystems::UDF;
    let plan = LayoutPlan::new(&tree, PlanOptions { file_systems, ..PlanOptions::default() }).unwrap();
    write_image(&plan, &path, &Control::default()).unwrap();
    let found = QuickCheck::of(&path).unwrap();
    assert_eq!(found.sectors, plan.extent().len);
    assert_eq!(found.identifiers, ["CD001", "BEA01", "NSR03", "TEA01"]);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.push(0);
    let of = |bytes: &[u8]| QuickCheck::of_stream(&mut Cursor::new(bytes), "image");
    is(of(&bytes), "IMAPI_E_IMAGEMANAGER_IMAGE_NOT_ALIGNED", 0xC0AA_B200);
    for no_image in [&[0; 40 * 2048][..], &bytes[..16 * 2048], &[]] {
        is(of(no_image), "IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND", 0xC0AA_B201);
    }
    let zeros = |sectors: u64| QuickCheck::of_stream(&mut Zeros(sectors * 2048, 0), "zeros");
    is(zeros(1 << 31), "IMAPI_E_IMAGEMANAGER_IMAGE_TOO_BIG", 0xC0AA_B203);
    is(zeros((1 << 31) - 1), "IMAPI_E_IMAGEMANAGER_NO_VALID_VD_FOUND", 0xC0AA_B201);
}
