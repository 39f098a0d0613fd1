//! Discs under construction in folders: exported, imported again, and refused. `docs/projects.md` has the rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use fsimage::{
    AccessControlEntry, AccessControlLists, AclPermissions, AclTag, Attributes, BootImage, BootOptions,
    BootPlatform, BootSource, BurnOptions, CatalogPlace, Control, DeviceNumber, DigestAlgorithm, Disc,
    DriveName, Error, FileSystem, FileSystems, GrowingDisc, GrowingImage, Guid, HfsPlusOptions, HfsPlusType,
    HybridOptions, ImportOptions, Item, ItemOptions, Job, JobState, LayoutPlan, MemorySectors, OpenDrive,
    PartitionContent, PartitionOptions, PlanOptions, Project, ProjectContents, ProjectExport,
    ProjectIdentity, ProjectImport, ProjectProblem, ReadError, ReadSectors, Result, ReturnValue, ScanOptions,
    Sector, SectorCount, Times, Timestamp, Tree, UdfAccess, UdfOptions, UdfRevision, WriterSink,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::build;
use support::faults::SharedDrive;

fn bytes(len: usize, seed: u32) -> Arc<[u8]> {
    (0..len as u32).map(|at| (at.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 24) as u8).collect()
}

fn written(tree: &Tree, options: PlanOptions) -> Vec<u8> {
    let plan = LayoutPlan::new(tree, options).unwrap();
    let mut image = Vec::new();
    plan.write_to(&mut WriterSink::new(&mut image, "memory"), &Control::default()).unwrap();
    image
}

fn export(tree: Tree, options: PlanOptions, folder: &Path, contents: ProjectContents) -> Project {
    let project = Project::new(tree, options);
    project.export(folder, &ProjectExport { contents }, &Control::default()).unwrap();
    project
}

fn import(folder: &Path, import: &ProjectImport) -> Result<Project> {
    Project::import(folder, import, &Control::default())
}

/// A host folder, and a tree with everything that an item can have.
fn rich_tree(folder: &Path) -> Tree {
    fs::create_dir_all(folder.join("host/deep/er")).unwrap();
    fs::write(folder.join("host/deep/er/scanned"), bytes(70_000, 1)).unwrap();
    fs::write(folder.join("host/empty"), b"").unwrap();
    fs::write(folder.join("range"), bytes(9_000, 2)).unwrap();
    let mut tree = Tree::new();
    let options = ScanOptions::default();
    let host = tree.add("/host", Item::Directory, &ItemOptions::default()).unwrap();
    tree.scan(&folder.join("host"), host, &options, &Control::default()).unwrap();
    let plain = ItemOptions::default();
    let owned = ItemOptions {
        attributes: Some(Attributes { permissions: 0o4750, uid: 70_000, gid: 7 }),
        modified: Some(Timestamp { seconds: -3, nanoseconds: 5 }),
        times: Some(Times { creation: Some(Timestamp::from_unix(44)), ..Times::default() }),
        hidden_in: FileSystems::JOLIET,
        ..plain
    };
    tree.add("/a/memory", Item::Bytes(bytes(5_000, 3)), &owned).unwrap();
    tree.add("/a/range", Item::HostRange(&folder.join("range"), 100, 3_000), &plain).unwrap();
    let streamed = tree.add("/a/stream", Item::Stream(&mut &*bytes(4_000, 4)), &plain).unwrap();
    tree.add("/b/link", Item::HardLink(streamed), &plain).unwrap();
    tree.add("/b/symlink", Item::Symlink(b"../a/memory"), &plain).unwrap();
    tree.add("/b/tty", Item::CharacterDevice(DeviceNumber::new(4, 64).unwrap()), &plain).unwrap();
    tree.add("/b/sda", Item::BlockDevice(DeviceNumber::new(8, 1).unwrap()), &plain).unwrap();
    let fifo = tree.add("/b/fifo", Item::Fifo, &plain).unwrap();
    tree.add("/b/another fifo", Item::HardLink(fifo), &plain).unwrap();
    tree.add("/b/socket", Item::Socket, &plain).unwrap();
    tree.add(&b"/b/\xff no text\x01"[..], Item::Bytes(bytes(10, 5)), &plain).unwrap();
    tree.add_stream(streamed, b"user.note", Item::Bytes(bytes(30, 6))).unwrap();
    tree.add_stream(tree.lookup("/a").unwrap(), b"user.of a folder", Item::Bytes(bytes(3, 7))).unwrap();
    tree.set_real_time(streamed, true).unwrap();
    tree.set_weight(tree.lookup("/host/deep/er/scanned").unwrap(), 5);
    tree.set_name_in(streamed, FileSystem::Joliet, "other").unwrap();
    let entry = |tag, bits| AccessControlEntry { tag, permissions: AclPermissions::from_bits(bits).unwrap() };
    let access = vec![
        entry(AclTag::UserObj, 6),
        entry(AclTag::User(5), 4),
        entry(AclTag::GroupObj, 4),
        entry(AclTag::Mask, 4),
        entry(AclTag::Other, 0),
    ];
    tree.set_acl(streamed, AccessControlLists { access, default: Vec::new() }).unwrap();
    // A node that was removed and one that was moved below a newer one: their numbers are not those of a walk.
    let gone = tree.add("/gone", Item::Bytes(bytes(2_000, 8)), &plain).unwrap();
    tree.remove(gone).unwrap();
    let newer = tree.add("/newer", Item::Directory, &plain).unwrap();
    tree.move_to(tree.lookup("/b").unwrap(), newer, "b").unwrap();
    tree
}

/// An image with all that identifies one: UDF, a GPT, HFS+, a boot catalog.
fn rich_options(tree: &mut Tree) -> PlanOptions {
    let boot = tree.add_content(Item::Bytes(bytes(40_000, 9))).unwrap();
    let bios = tree.add("/boot/loader", Item::Bytes(bytes(6_000, 10)), &ItemOptions::default()).unwrap();
    let catalog = tree.add("/boot/catalog", Item::BootCatalog(2048), &ItemOptions::default()).unwrap();
    let images = vec![
        BootImage { boot_info_table: true, ..BootImage::new(BootSource::File(bios), BootPlatform::X86) },
        BootImage::new(BootSource::Content(boot), BootPlatform::EFI),
    ];
    let partitions =
        vec![PartitionOptions::efi_system(PartitionContent::BootImage(1)), PartitionOptions::hfs_plus()];
    let kind = HfsPlusType { file_type: *b"TEXT", creator: *b"ttxt" };
    let file = tree.lookup("/a/memory").unwrap();
    let mut options = PlanOptions {
        file_systems: FileSystems::all() - FileSystems::ENHANCED,
        boot: Some(BootOptions { catalog: CatalogPlace::File(catalog), images, ..BootOptions::default() }),
        hybrid: Some(HybridOptions { partitions, ..HybridOptions::default() }),
        hfs_plus: HfsPlusOptions { types: [(file, kind)].into(), ..HfsPlusOptions::default() },
        created: Some(Timestamp { seconds: 1_000_000_000, nanoseconds: 70_000_000 }),
        ..PlanOptions::default()
    };
    options.volume_names.insert(FileSystem::Joliet, "Other".to_owned());
    options.texts.volume_set = Some("a set".to_owned());
    options.texts.publisher = Some("Somebody".to_owned());
    tree.record_digests(DigestAlgorithm::Sha256, &options).map(drop).unwrap();
    options
}

#[test]
fn an_image_is_the_same_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = rich_tree(folder.path());
    let options = rich_options(&mut tree);
    let expected = written(&tree, options.clone());
    let project = export(tree, options, &folder.path().join("copied"), ProjectContents::Copied);
    let referring = folder.path().join("referring");
    project
        .export(&referring, &ProjectExport { contents: ProjectContents::Referenced }, &Control::default())
        .unwrap();
    let references = ProjectImport { references: true, ..ProjectImport::default() };
    let again = import(&referring, &references).unwrap();
    assert!(written(&again.tree, again.options.clone()) == expected, "by references");
    // Without the host's files, and at another place.
    fs::remove_dir_all(folder.path().join("host")).unwrap();
    fs::rename(folder.path().join("copied"), folder.path().join("elsewhere")).unwrap();
    let again = import(&folder.path().join("elsewhere"), &ProjectImport::default()).unwrap();
    assert!(written(&again.tree, again.options.clone()) == expected, "copied");
    // What was imported is exported again as it was.
    let twice = folder.path().join("twice");
    again.export(&twice, &ProjectExport::default(), &Control::default()).unwrap();
    for file in ["manifest.json", "contents", "SHA256SUMS"] {
        let (first, second) =
            (fs::read(folder.path().join("elsewhere").join(file)), fs::read(twice.join(file)));
        assert!(first.unwrap() == second.unwrap(), "{file}");
    }
    assert_eq!(import(&twice, &ProjectImport::default()).unwrap().id(), again.id());
}

#[cfg(target_os = "linux")]
#[test]
fn the_digests_are_those_of_sha256sum() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("project");
    export(rich_tree(folder.path()), PlanOptions::default(), &at, ProjectContents::Copied);
    let checked =
        std::process::Command::new("sha256sum").args(["-c", "SHA256SUMS"]).current_dir(&at).output();
    assert!(checked.unwrap().status.success());
}

#[test]
fn sessions_that_it_builds_on_come_along() {
    for udf in [None, Some(UdfAccess::ReadOnly), Some(UdfAccess::WriteOnce)] {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        let mut tree = Tree::new();
        for name in ["/kept/small", "/kept/other", "/replaced"] {
            tree.add(name, Item::Bytes(bytes(3_000, 11)), &ItemOptions::default()).unwrap();
        }
        let options = match udf {
            None => PlanOptions::default(),
            Some(access) => PlanOptions {
                file_systems: FileSystems::UDF,
                udf: UdfOptions { access, revision: UdfRevision::V2_01, ..UdfOptions::default() },
                ..PlanOptions::default()
            },
        };
        build(&tree, options, &image);
        let at = folder.path().join("project");
        let growing = GrowingImage::open(&image).unwrap();
        let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
        let replace = ItemOptions { replace: true, ..ItemOptions::default() };
        imported.tree.add("/replaced", Item::Bytes(bytes(4_000, 12)), &replace).unwrap();
        imported.tree.add("/new", Item::Bytes(bytes(50_000, 13)), &replace).unwrap();
        let project = export(imported.tree, options, &at, ProjectContents::Copied);
        growing
            .write(&LayoutPlan::new(&project.tree, project.options.clone()).unwrap(), &Control::default())
            .unwrap();
        drop(growing);

        let expected = fs::read(&image).unwrap();
        fs::remove_file(&image).unwrap();
        let again = import(&at, &ProjectImport::default()).unwrap();
        let output = folder.path().join("output");
        again.write_image(&output, &Control::default()).unwrap();
        let found = fs::read(&output).unwrap();
        let differs = (0..).zip(found.iter().zip(&expected)).find(|(_, (one, other))| one != other);
        assert!(found == expected, "{udf:?}: {differs:?}, {} and {}", found.len(), expected.len());
        assert_eq!(Disc::open(&output).unwrap().sessions().len(), 2, "{udf:?}");
    }
}

/// All that tells an image from others.
fn identifiers(image: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut found = BTreeSet::new();
    let at = |offset: usize, len: usize| image[offset..offset + len].to_vec();
    let number = |offset: usize| u32::from_le_bytes(at(offset, 4).try_into().unwrap()) as usize;
    for sector in (16..32).map(|sector| sector * 2048) {
        if image[sector + 1..].starts_with(b"CD001") && matches!(image[sector], 1 | 2) {
            found.extend([at(sector + 190, 128), at(sector + 813, 17), at(sector + 830, 17)]);
        }
    }
    // The primary volume descriptor of UDF: the beginning of its volume set identifier.
    let main = number(256 * 2048 + 20) * 2048;
    let primary = (main..).step_by(2048).find(|&sector| image[sector] == 1).unwrap();
    found.insert(at(primary + 72, 17));
    found.insert(at(440, 4));
    assert_eq!(&image[512..520], b"EFI PART");
    found.insert(at(512 + 56, 16));
    let entries = number(512 + 72) * 512;
    let used = (0..128).map(|entry| entries + entry * 128).filter(|&entry| image[entry] != 0);
    found.extend(used.map(|entry| at(entry + 16, 16)));
    let header = (0..image.len() / 512)
        .map(|block| block * 512)
        .find(|&block| image[block..].starts_with(b"H+\0\x04"));
    found.insert(at(header.unwrap() + 80 + 24, 8));
    let disc = Disc::from_source(Arc::new(MemorySectors::new(image.to_vec())), "memory").unwrap();
    found.insert(disc.identifier().to_string().into_bytes());
    found
}

fn new_identity(seed: u8) -> ProjectIdentity {
    ProjectIdentity::New { seed: [seed; 16], created: Timestamp::from_unix(1_600_000_000 + i64::from(seed)) }
}

#[test]
fn a_new_identity_shares_no_identifier() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = rich_tree(folder.path());
    let options = rich_options(&mut tree);
    let disk = Guid::parse_text("00112233-4455-4677-8899-aabbccddeeff");
    let hybrid = options.hybrid.clone().map(|hybrid| HybridOptions { disk, ..hybrid });
    let named = PlanOptions {
        hybrid,
        identity: Guid::parse_text("12345678-9abc-4def-8123-456789abcdef"),
        hfs_plus: HfsPlusOptions { serial: Some(77), ..options.hfs_plus.clone() },
        ..options.clone()
    };
    for (name, options) in [("derived", options), ("named", named)] {
        let at = folder.path().join(name);
        let before = identifiers(&written(&tree, options.clone()));
        export(tree.clone(), options, &at, ProjectContents::Copied);
        let old = import(&at, &ProjectImport::default()).unwrap();
        let mut all = before.clone();
        let mut count = before.len();
        let mut in_use = vec![old.id().unwrap()];
        // The seed is the same: it is the identities in use that keep the new ones apart.
        for created in 0..3 {
            let ProjectIdentity::New { seed, .. } = new_identity(9) else { unreachable!() };
            let identity =
                ProjectIdentity::New { seed, created: Timestamp::from_unix(1_700_000_000 + created) };
            let options = ProjectImport { identity, in_use: in_use.clone(), ..ProjectImport::default() };
            let new = import(&at, &options).unwrap();
            assert!(!in_use.contains(&new.id().unwrap()));
            in_use.push(new.id().unwrap());
            let found = identifiers(&written(&new.tree, new.options.clone()));
            count += found.len();
            all.extend(found);
            assert_eq!(all.len(), count, "{name}: an identifier is there twice");
        }
    }
}

#[test]
fn an_identity_that_is_kept_is_seen_in_the_image() {
    let mut tree = Tree::new();
    tree.add("/a", Item::Bytes(bytes(10, 1)), &ItemOptions::default()).unwrap();
    let identity = Guid::parse_text("12345678-9abc-4def-8123-456789abcdef");
    let options = PlanOptions {
        identity,
        file_systems: FileSystems::ISO9660 | FileSystems::JOLIET | FileSystems::UDF,
        ..PlanOptions::default()
    };
    let image = written(&tree, options);
    assert!(image[16 * 2048 + 190..].starts_with(b"123456789ABC4DEF  "));
    let joliet: Vec<u8> = b"123456789ABC4DEF ".iter().flat_map(|&digit| [0, digit]).collect();
    assert!(image[17 * 2048 + 190..].starts_with(&joliet));
}

/// Has the digests say that what is in the folder belongs there, as whoever made the folder could.
fn seal(folder: &Path) {
    let mut lines = String::new();
    for name in ["contents", "manifest.json", "sessions.iso"] {
        if let Ok(bytes) = fs::read(folder.join(name)) {
            let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            lines += &format!("{sum}  {name}\n");
        }
    }
    fs::write(folder.join("SHA256SUMS"), lines).unwrap();
}

fn change(folder: &Path, change: impl FnOnce(&mut Value)) {
    let path = folder.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    fs::write(path, manifest.to_string()).unwrap();
    seal(folder);
}

/// The files of a folder.
fn state(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(at) = pending.pop() {
        for entry in fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => pending.push(entry),
                false => found.push((entry.clone(), fs::read(&entry).unwrap_or_default())),
            }
        }
    }
    found.sort();
    found
}

/// A project of a few files, in a folder of its own.
fn small() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    tree.add("/d/a", Item::Bytes(bytes(5_000, 1)), &ItemOptions::default()).unwrap();
    tree.add("/d/b", Item::Bytes(bytes(6_000, 2)), &ItemOptions::default()).unwrap();
    let at = folder.path().join("project");
    export(tree, PlanOptions::default(), &at, ProjectContents::Copied);
    (folder, at)
}

#[track_caller]
fn refused(folder: &Path, options: &ProjectImport, value: ReturnValue, number: u32) {
    let before = state(folder.parent().unwrap());
    let result = import(folder, options);
    let error = result.as_ref().expect_err("it was imported");
    assert_eq!((ReturnValue::from(&result), value.number()), (value, number), "{error}");
    assert!(state(folder.parent().unwrap()) == before, "something was changed");
}

#[test]
fn each_outcome_has_its_value() {
    let kept = ProjectImport::default();
    let (_one, at) = small();
    let completed = import(&at, &kept);
    assert_eq!(ReturnValue::from(&completed).number(), 0);

    // A damaged manifest, damaged contents, a damaged list of digests, and a manifest of something else.
    for (file, at_byte) in [("manifest.json", 40), ("contents", 7_000), ("SHA256SUMS", 3)] {
        let (_folder, at) = small();
        let mut damaged = fs::read(at.join(file)).unwrap();
        damaged[at_byte] ^= 0x11;
        fs::write(at.join(file), damaged).unwrap();
        refused(&at, &kept, ReturnValue::IncorrectDataType, 32776);
    }
    let (_folder, at) = small();
    fs::write(at.join("manifest.json"), "{").unwrap();
    seal(&at);
    refused(&at, &kept, ReturnValue::IncorrectDataType, 32776);
    let (_folder, at) = small();
    change(&at, |manifest| manifest["format"] = json!("something else"));
    refused(&at, &kept, ReturnValue::IncorrectDataType, 32776);

    // A newer version, whatever it has besides.
    let (_folder, at) = small();
    change(&at, |manifest| *manifest = json!({"format": "fsimage project", "version": 2, "more": []}));
    refused(&at, &kept, ReturnValue::NotSupported, 32770);

    // A version that no number of the machine holds is newer; what comes before the first was never written.
    for (version, value, number) in [
        ("99999999999", ReturnValue::NotSupported, 32770),
        ("99999999999999999999999999", ReturnValue::NotSupported, 32770),
        ("0", ReturnValue::IncorrectDataType, 32776),
        ("-1", ReturnValue::IncorrectDataType, 32776),
        ("1.5", ReturnValue::IncorrectDataType, 32776),
    ] {
        let (_folder, at) = small();
        let manifest = fs::read_to_string(at.join("manifest.json")).unwrap();
        let other: Value = serde_json::from_str(&manifest).unwrap();
        let told = serde_json::to_string(&other).unwrap();
        let changed = told.replace("\"version\":1,", &format!("\"version\":{version},"));
        assert!(changed != told);
        fs::write(at.join("manifest.json"), changed).unwrap();
        seal(&at);
        refused(&at, &kept, value, number);
    }

    // What is missing, or a link to somewhere else.
    for file in ["manifest.json", "contents", "SHA256SUMS"] {
        let (_folder, at) = small();
        fs::rename(at.join(file), at.join("away")).unwrap();
        refused(&at, &kept, ReturnValue::NotAvailable, 32777);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("away", at.join(file)).unwrap();
            refused(&at, &kept, ReturnValue::NotAvailable, 32777);
        }
    }
    let (folder, _) = small();
    refused(&folder.path().join("no folder"), &kept, ReturnValue::NotAvailable, 32777);

    // An identity, and a folder, that are in use.
    let (_folder, at) = small();
    let in_use = vec![import(&at, &kept).unwrap().id().unwrap()];
    refused(&at, &ProjectImport { in_use, ..kept.clone() }, ReturnValue::InUse, 32774);
    let project = import(&at, &kept).unwrap();
    let before = state(&at);
    let result = project.export(&at, &ProjectExport::default(), &Control::default());
    assert!(matches!(&result, Err(Error::Project { problem: ProjectProblem::TargetInUse, .. })));
    assert_eq!(ReturnValue::from(&result).number(), 32774);
    assert!(state(&at) == before);

    // The time of the old identity.
    let (_folder, at) = small();
    change(&at, |manifest| {
        manifest["options"]["created"] = json!({"seconds": 1_600_000_001, "nanoseconds": 5});
    });
    let import = ProjectImport { identity: new_identity(1), ..kept.clone() };
    refused(&at, &import, ReturnValue::InvalidParameter, 32773);
}

#[test]
fn references_are_taken_only_when_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("project");
    let tree = rich_tree(folder.path());
    export(tree, PlanOptions::default(), &at, ProjectContents::Referenced);
    refused(&at, &ProjectImport::default(), ReturnValue::AccessDenied, 32769);
    let allowed = ProjectImport { references: true, ..ProjectImport::default() };
    import(&at, &allowed).unwrap();
    fs::write(folder.path().join("host/deep/er/scanned"), b"another").unwrap();
    assert!(matches!(import(&at, &allowed), Err(Error::SourceChanged { .. })));
    fs::remove_file(folder.path().join("host/deep/er/scanned")).unwrap();
    refused(&at, &allowed, ReturnValue::NotAvailable, 32777);
    // A path that is not absolute leads nowhere.
    change(&at, |manifest| {
        for content in manifest["tree"]["contents"].as_array_mut().unwrap() {
            if let Some(host) = content["place"].get_mut("host") {
                host["path"] = json!("../range");
            }
        }
    });
    refused(&at, &allowed, ReturnValue::IncorrectDataType, 32776);
}

#[test]
fn what_a_project_does_not_hold_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let mut tree = rich_tree(folder.path());
    let options = rich_options(&mut tree);
    build(&tree, options, &image);
    let imported =
        fsimage::import(&Disc::open(&image).unwrap(), &ImportOptions::default(), &Control::default());
    let mut imported = imported.unwrap();
    let mut options = imported.new_image_options();
    imported.boot.put_into(&mut imported.tree, &mut options, fsimage::Losses::Accept).unwrap();
    let at = folder.path().join("project");
    let result =
        Project::new(imported.tree, options).export(&at, &ProjectExport::default(), &Control::default());
    assert!(matches!(&result, Err(Error::Project { problem: ProjectProblem::NotKept { .. }, .. })));
    assert_eq!(ReturnValue::from(&result).number(), 32770);
    assert!(!at.exists());
}

/// A medium that is read until something happens to it.
struct Failing(MemorySectors, Arc<Mutex<Option<Fate>>>);

#[derive(Clone, Copy)]
enum Fate {
    Breaks,
    Panics,
}

impl ReadSectors for Failing {
    fn sectors(&self) -> SectorCount {
        self.0.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> std::result::Result<(), ReadError> {
        let fate = *self.1.lock().unwrap();
        match fate {
            None => self.0.read_sectors(start, into),
            Some(Fate::Breaks) => Err(ReadError::Io { start, source: std::io::Error::other("broken") }),
            Some(Fate::Panics) => panic!("in code of the caller"),
        }
    }
}

/// A project whose tree is imported from a disc.
fn on(disc: &Disc) -> Project {
    let imported = fsimage::import(disc, &ImportOptions::default(), &Control::default()).unwrap();
    let options = imported.new_image_options();
    Project::new(imported.tree, options)
}

#[test]
fn media_that_break_and_drives_that_do_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut tree = Tree::new();
    tree.add("/file", Item::Bytes(bytes(200_000, 1)), &ItemOptions::default()).unwrap();
    let image = written(&tree, PlanOptions::default());
    let at = folder.path().join("project");
    let run = |project: Project| {
        let to = at.clone();
        let job = Job::start(Control::default(), move |control| {
            project.export(&to, &ProjectExport::default(), control)
        });
        let job = job.unwrap();
        job.wait_for(std::time::Duration::from_secs(60));
        assert!(!at.exists());
        (job.state(), job.return_value().number())
    };
    for (fate, outcome) in
        [(Fate::Breaks, (JobState::Failed, 32768)), (Fate::Panics, (JobState::Lost, 32771))]
    {
        let state = Arc::new(Mutex::new(None));
        let medium = Arc::new(Failing(MemorySectors::new(image.clone()), state.clone()));
        let project = on(&Disc::from_source(medium, "medium").unwrap());
        *state.lock().unwrap() = Some(fate);
        assert_eq!(run(project), outcome);
    }

    let name: DriveName = format!("sim:bd-re:{}", folder.path().join("disc").display()).parse().unwrap();
    let disc = GrowingDisc::open(OpenDrive::open(&name).unwrap()).unwrap();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() }).unwrap();
    disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
    let drive = SharedDrive::new(SimulatedDrive::open(folder.path().join("disc")).unwrap());
    let opened = OpenDrive::with_drive(drive.drive(&Arc::default()), "drive").unwrap();
    let project = on(&opened.disc().unwrap());
    // READ (10).
    drive.inject(Fault::Hang { operation_code: 0x28, times: None });
    assert_eq!(run(project), (JobState::Failed, 32772));
}

#[test]
fn jobs_that_are_cancelled_leave_nothing() {
    let (folder, at) = small();
    let before = state(folder.path());
    let control = Control::default();
    control.cancel.cancel();
    let target = folder.path().join("new");
    let (from, to) = (at.clone(), target.clone());
    let importing = Job::start(control.clone(), move |control| {
        Project::import(&from, &ProjectImport::default(), control)
    });
    let importing = importing.unwrap();
    let project = import(&at, &ProjectImport::default()).unwrap();
    let exporting =
        Job::start(control, move |control| project.export(&to, &ProjectExport::default(), control));
    let exporting = exporting.unwrap();
    let minute = std::time::Duration::from_secs(60);
    assert_eq!(importing.wait_for(minute), JobState::Cancelled);
    assert_eq!(exporting.wait_for(minute), JobState::Cancelled);
    assert_eq!(importing.return_value().number(), 32775);
    assert_eq!(exporting.return_value().number(), 32775);
    assert!(!target.exists());
    assert!(state(folder.path()) == before);

    let job = Job::start(Control::default(), move |control| {
        Project::import(&at, &ProjectImport::default(), control)
    });
    let project = job.unwrap().wait().unwrap();
    assert!(project.tree.lookup("/d/a").is_some());
}

/// Each value of a manifest in turn is something else: a project, or an error, and never a panic.
#[test]
fn manifests_that_anybody_made() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("project");
    let mut tree = rich_tree(folder.path());
    let options = rich_options(&mut tree);
    export(tree, options, &at, ProjectContents::Copied);
    let manifest: Value = serde_json::from_slice(&fs::read(at.join("manifest.json")).unwrap()).unwrap();
    let mut pointers = Vec::new();
    collect(&manifest, String::new(), &mut pointers);
    let (mut good, mut bad) = (0, 0);
    for (number, pointer) in pointers.iter().enumerate() {
        let others = [
            json!(null),
            json!(0),
            json!(1),
            json!(4_294_967_295u32),
            json!(u64::MAX),
            json!(-1),
            json!(".."),
            json!("a/../../b"),
            json!({"hex": "00ff"}),
            json!([]),
        ];
        // Two of them for each value: all for all take long.
        for other in [number % others.len(), (number * 7 + 3) % others.len()] {
            let mut changed = manifest.clone();
            *changed.pointer_mut(pointer).unwrap() = others[other].clone();
            fs::write(at.join("manifest.json"), changed.to_string()).unwrap();
            seal(&at);
            match import(&at, &ProjectImport::default()) {
                Ok(project) => {
                    good += 1;
                    // What a plan takes can be written, or is an error as well. A number can ask for much padding.
                    let plan = LayoutPlan::new(&project.tree, project.options.clone());
                    if let Some(plan) = plan.ok().filter(|plan| plan.extent().len.get() < 20_000) {
                        let _ = plan
                            .write_to(&mut WriterSink::new(std::io::sink(), "nowhere"), &Control::default());
                    }
                }
                Err(error) => {
                    bad += 1;
                    assert!(!matches!(ReturnValue::from(&error), ReturnValue::Completed), "{error}");
                }
            }
        }
    }
    assert!(good > 20 && bad > 200, "{good} good, {bad} bad");
}

fn collect(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect(value, format!("{at}/{name}"), into));
        }
        Value::Array(members) => {
            (0..).zip(members).for_each(|(number, value)| collect(value, format!("{at}/{number}"), into));
        }
        _ => into.push(at),
    }
}

/// What is in a project is told by `docs/projects.md`.
#[test]
fn every_member_of_a_manifest_is_documented() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/projects.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("project");
    export(rich_tree(folder.path()), PlanOptions::default(), &at, ProjectContents::Referenced);
    let manifest: Value = serde_json::from_slice(&fs::read(at.join("manifest.json")).unwrap()).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut all = [names(&manifest), names(&manifest["tree"])].concat();
    for list in ["contents", "items"] {
        all.extend(manifest["tree"][list].as_array().unwrap().iter().flat_map(names));
    }
    for name in all {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn a_project_that_was_not_imported_is_written_as_any_plan() {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::new(rich_tree(folder.path()), PlanOptions::default());
    assert_eq!((project.id(), project.sessions()), (None, None));
    let image = folder.path().join("image");
    project.write_image(&image, &Control::default()).unwrap();
    assert!(fs::read(image).unwrap() == written(&project.tree, project.options));
}
