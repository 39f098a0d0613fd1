//! The codes of IMAPI2 for importing and continuing, each in the situation that has it there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fsimage::{
    BdRMode, BurnOptions, Closing, Control, Disc, DriveName, FileSystem, FileSystems, FormatRequest,
    GrowingDisc, GrowingImage, ImportOptions, Imported, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive,
    Place, PlanOptions, ReadError, ReadSectors, Result, Sector, SectorCount, Tree, UdfAccess, UdfOptions,
    UdfRevision, import, write_image,
};
use udf::Descriptor;
use udf::volume::LogicalVolumeDescriptor;

const ISO9660: FileSystems = FileSystems::ISO9660;
const ROCK_RIDGE: FileSystems = ISO9660.union(FileSystems::ROCK_RIDGE);

#[track_caller]
fn assert_code(result: Result<impl Sized>, name: &str, number: u32) {
    let error = result.err().expect("it was done");
    let code = error.imapi2();
    assert_eq!((code.name, code.number), (format!("IMAPI_E_{name}").as_str(), number), "{error}");
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn tree_of(names: &[&str]) -> Tree {
    let mut tree = Tree::new();
    for name in names {
        tree.add(name, Item::Bytes(vec![7; 5000].into()), &ItemOptions::default()).unwrap();
    }
    tree
}

/// An image with `/file` and `/directory/in it`.
fn image(folder: &Path, options: PlanOptions) -> PathBuf {
    let path = folder.join("image.iso");
    let tree = tree_of(&["/file", "/directory/in it"]);
    write_image(&LayoutPlan::new(&tree, options).unwrap(), &path, &Control::default()).unwrap();
    path
}

fn with(file_systems: FileSystems) -> PlanOptions {
    PlanOptions { file_systems, ..PlanOptions::default() }
}

fn newest(disc: &Disc) -> Result<Imported> {
    import(disc, &ImportOptions::default(), &Control::default())
}

fn of_session(disc: &Disc, session: u16) -> Result<Imported> {
    import(disc, &ImportOptions { session: Some(session), ..ImportOptions::default() }, &Control::default())
}

/// Appends the tree as it is, by options that `change` made.
fn append(path: &Path, change: impl FnOnce(PlanOptions) -> PlanOptions) -> Result<()> {
    let growing = GrowingImage::open(path)?;
    let imported = growing.import(&ImportOptions::default(), &Control::default())?;
    let options = change(PlanOptions { place: growing.place(), ..imported.plan_options() });
    let plan = LayoutPlan::new(&imported.tree, options)?;
    growing.write(&plan, &Control::default())
}

fn drive(folder: &Path, kind: MediumKind) -> OpenDrive {
    OpenDrive::open(&DriveName::Simulated { kind: Some(kind), path: folder.join("disc") }).unwrap()
}

fn burn_first(drive: OpenDrive, closing: Closing) {
    let disc = GrowingDisc::open(drive).unwrap();
    let tree = tree_of(&["/file"]);
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..with(ROCK_RIDGE) }).unwrap();
    disc.write(&plan, &BurnOptions { closing, ..BurnOptions::default() }, &Control::default()).unwrap();
}

#[test]
fn empty_disc() {
    let folder = folder();
    for kind in [MediumKind::BdR, MediumKind::DvdPlusRw] {
        let disc = GrowingDisc::open(drive(folder.path(), kind)).unwrap();
        let imported = disc.import(&ImportOptions::default(), &Control::default());
        assert_code(imported, "EMPTY_DISC", 0xC0AA_B150);
        drop(disc);
        fs::remove_file(folder.path().join("disc")).unwrap();
        fs::remove_file(folder.path().join("disc.medium")).unwrap();
    }
}

#[test]
fn no_supported_file_system() {
    let folder = folder();
    let path = folder.path().join("zeros");
    fs::write(&path, vec![0; 100 * 2048]).unwrap();
    assert_code(newest(&Disc::open(&path).unwrap()), "NO_SUPPORTED_FILE_SYSTEM", 0xC0AA_B151);
}

#[test]
fn file_system_not_found() {
    let folder = folder();
    let disc = Disc::open(&image(folder.path(), with(ROCK_RIDGE))).unwrap();
    for absent in [FileSystem::Udf, FileSystem::Joliet, FileSystem::Enhanced] {
        let options = ImportOptions { preference: vec![absent], ..ImportOptions::default() };
        let imported = import(&disc, &options, &Control::default());
        assert_code(imported, "FILE_SYSTEM_NOT_FOUND", 0xC0AA_B152);
    }
}

#[test]
fn incompatible_previous_session() {
    let folder = folder();
    let access = UdfAccess::Overwritable { free: SectorCount::new(100) };
    let options =
        PlanOptions { udf: UdfOptions { access, ..UdfOptions::default() }, ..with(FileSystems::UDF) };
    let path = image(folder.path(), options);
    assert_code(append(&path, |options| options), "INCOMPATIBLE_PREVIOUS_SESSION", 0xC0AA_B133);
}

/// A tree that refers to what an earlier session holds, where nobody said which session is to be continued.
#[test]
fn multisession_not_set() {
    let folder = folder();
    let imported = newest(&Disc::open(&image(folder.path(), with(ROCK_RIDGE))).unwrap()).unwrap();
    let plan = LayoutPlan::new(&imported.tree, imported.plan_options());
    assert_code(plan, "MULTISESSION_NOT_SET", 0xC0AA_B15D);
    let _ = LayoutPlan::new(&imported.tree, imported.new_image_options()).unwrap();
}

#[test]
fn both_type_collisions() {
    let folder = folder();
    let disc = Disc::open(&image(folder.path(), with(ROCK_RIDGE))).unwrap();
    let add = |path: &str, item: Item<'_>| {
        newest(&disc).unwrap().tree.add(path, item, &ItemOptions::default()).map(|_| ())
    };
    let on_directory = add("/directory", Item::Bytes(vec![1].into()));
    assert_code(on_directory, "IMPORT_TYPE_COLLISION_DIRECTORY_EXISTS_AS_FILE", 0xC0AA_B15E);
    let on_file = add("/file", Item::Directory);
    assert_code(on_file, "IMPORT_TYPE_COLLISION_FILE_EXISTS_AS_DIRECTORY", 0xC0AA_B155);
}

#[test]
fn disc_mismatch() {
    let folder = folder();
    let path = image(folder.path(), with(ROCK_RIDGE));
    let growing = GrowingImage::open(&path).unwrap();
    let imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
    let options = PlanOptions { place: growing.place(), ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    let other = folder.path().join("other.iso");
    let tree = tree_of(&["/other"]);
    write_image(&LayoutPlan::new(&tree, with(ROCK_RIDGE)).unwrap(), &other, &Control::default()).unwrap();
    fs::write(&path, fs::read(&other).unwrap()).unwrap();
    assert_code(growing.write(&plan, &Control::default()), "DISC_MISMATCH", 0xC0AA_B158);
}

#[test]
fn import_media_not_allowed() {
    let folder = folder();
    let mut drive = drive(folder.path(), MediumKind::BdR);
    drive
        .format(&FormatRequest { bd_r: BdRMode::Random, ..FormatRequest::default() }, &Control::default())
        .unwrap();
    assert_code(GrowingDisc::open(drive), "IMPORT_MEDIA_NOT_ALLOWED", 0xC0AA_B159);
}

/// The revision in the domain identifier of both logical volume descriptors becomes one that nobody knows.
#[test]
fn udf_not_write_compatible() {
    let folder = folder();
    let path = image(folder.path(), with(FileSystems::UDF));
    let mut bytes = fs::read(&path).unwrap();
    let mut found = 0;
    for block in bytes.chunks_exact_mut(2048) {
        if let Ok(mut descriptor) = LogicalVolumeDescriptor::parse(block) {
            descriptor.domain_identifier.suffix[..2].copy_from_slice(&0x0103u16.to_le_bytes());
            descriptor.encode(block).unwrap();
            found += 1;
        }
    }
    assert_eq!(found, 2);
    fs::write(&path, &bytes).unwrap();
    assert_code(append(&path, |options| options), "UDF_NOT_WRITE_COMPATIBLE", 0xC0AA_B15A);
    assert!(fs::read(&path).unwrap() == bytes);
}

/// In an image file, and where a virtual allocation table is continued.
#[test]
fn udf_revision_change_not_allowed() {
    for access in [UdfAccess::ReadOnly, UdfAccess::WriteOnce] {
        let folder = folder();
        let udf = UdfOptions { access, revision: UdfRevision::V2_01, ..UdfOptions::default() };
        let path = image(folder.path(), PlanOptions { udf, ..with(FileSystems::UDF) });
        let bytes = fs::read(&path).unwrap();
        let change = |mut options: PlanOptions| {
            options.udf.revision = UdfRevision::V2_00;
            options
        };
        assert_code(append(&path, change), "UDF_REVISION_CHANGE_NOT_ALLOWED", 0xC0AA_B161);
        assert!(fs::read(&path).unwrap() == bytes);
        append(&path, |options| options).unwrap();
    }
}

#[test]
fn bad_multisession_parameter() {
    let folder = folder();
    let path = image(folder.path(), with(ROCK_RIDGE));
    let disc = Disc::open(&path).unwrap();
    assert_code(of_session(&disc, 2), "BAD_MULTISESSION_PARAMETER", 0xC0AA_B162);
    assert_code(of_session(&disc, 0), "BAD_MULTISESSION_PARAMETER", 0xC0AA_B162);

    burn_first(drive(folder.path(), MediumKind::BdR), Closing::KeepAppendable);
    let disc = GrowingDisc::open(drive(folder.path(), MediumKind::BdR)).unwrap();
    let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
    let start = disc.place().start.checked_add(SectorCount::new(32)).unwrap();
    let options = PlanOptions { place: Place { start, ..disc.place() }, ..imported.plan_options() };
    let plan = LayoutPlan::new(&imported.tree, options).unwrap();
    let burnt = disc.write(&plan, &BurnOptions::default(), &Control::default());
    assert_code(burnt, "BAD_MULTISESSION_PARAMETER", 0xC0AA_B162);

    // In an image file it would leave a gap, or overwrite what is there.
    let wrong = append(&path, |options| {
        let start = options.place.start.checked_add(SectorCount::new(32)).unwrap();
        PlanOptions { place: Place { start, ..options.place }, ..options }
    });
    assert_code(wrong, "BAD_MULTISESSION_PARAMETER", 0xC0AA_B162);
}

/// Growing in place, asked for what does not grow so.
#[test]
fn incompatible_multisession_type() {
    let folder = folder();
    burn_first(drive(folder.path(), MediumKind::BdR), Closing::KeepAppendable);
    let opened = GrowingImage::open(&folder.path().join("disc"));
    assert_code(opened, "INCOMPATIBLE_MULTISESSION_TYPE", 0xC0AA_B15B);
}

#[test]
fn no_compatible_multisession_type() {
    let folder = folder();
    burn_first(drive(folder.path(), MediumKind::DvdPlusR), Closing::Finalise);
    let opened = GrowingDisc::open(drive(folder.path(), MediumKind::DvdPlusR));
    assert_code(opened, "NO_COMPATIBLE_MULTISESSION_TYPE", 0xC0AA_B15C);
}

#[test]
fn file_system_change_not_allowed() {
    let folder = folder();
    let path = image(folder.path(), with(ROCK_RIDGE | FileSystems::UDF));
    for other in [ROCK_RIDGE, FileSystems::UDF] {
        let change = |options| PlanOptions { file_systems: other, ..options };
        assert_code(append(&path, change), "FILE_SYSTEM_CHANGE_NOT_ALLOWED", 0xC0AA_B163);
    }
}

/// The sector of the root directory cannot be reached: the image ends before it.
#[test]
fn import_seek_failure() {
    let folder = folder();
    let path = image(folder.path(), with(ISO9660));
    let bytes = fs::read(&path).unwrap();
    let root = root_of(&bytes);
    fs::write(&path, &bytes[..root as usize * 2048]).unwrap();
    let imported = newest(&Disc::open(&path).unwrap());
    assert_code(imported, "IMPORT_SEEK_FAILURE", 0xC0AA_B156);
}

/// First sector of the root directory: the extent of the record in the primary volume descriptor (ECMA-119 8.4.18).
fn root_of(image: &[u8]) -> u32 {
    let at = 16 * 2048 + 156 + 2;
    u32::from_le_bytes(image[at..at + 4].try_into().unwrap())
}

/// An image in memory with one sector that cannot be read.
struct Unreadable(Vec<u8>, Sector);

impl ReadSectors for Unreadable {
    fn sectors(&self) -> SectorCount {
        SectorCount::new((self.0.len() / 2048) as u32)
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> std::result::Result<(), ReadError> {
        let first = start.byte_offset() as usize;
        let bad = self.1.byte_offset() as usize;
        if (first..first + into.len()).contains(&bad) {
            let source = std::io::Error::other("scratched");
            return Err(ReadError::Io { start, source });
        }
        into.copy_from_slice(&self.0[first..first + into.len()]);
        Ok(())
    }
}

#[test]
fn import_read_failure() {
    let folder = folder();
    let bytes = fs::read(image(folder.path(), with(ISO9660))).unwrap();
    let root = Sector::new(root_of(&bytes));
    let disc = Disc::from_source(Arc::new(Unreadable(bytes, root)), "scratched").unwrap();
    assert_code(newest(&disc), "IMPORT_READ_FAILURE", 0xC0AA_B157);
}

#[test]
fn file_system_read_consistency_error() {
    let folder = folder();
    let path = image(folder.path(), with(ISO9660));
    let mut bytes = fs::read(&path).unwrap();
    let root = root_of(&bytes) as usize * 2048;
    bytes[root..root + 2048].fill(0xFF);
    fs::write(&path, &bytes).unwrap();
    let imported = newest(&Disc::open(&path).unwrap());
    assert_code(imported, "FILE_SYSTEM_READ_CONSISTENCY_ERROR", 0xC0AA_B153);
}

/// Logical blocks of 1024 bytes (ECMA-119 8.4.12).
#[test]
fn file_system_feature_not_supported() {
    let folder = folder();
    let path = image(folder.path(), with(ISO9660));
    let mut bytes = fs::read(&path).unwrap();
    bytes[16 * 2048 + 128..16 * 2048 + 132].copy_from_slice(&[0, 4, 4, 0]);
    fs::write(&path, &bytes).unwrap();
    let imported = newest(&Disc::open(&path).unwrap());
    assert_code(imported, "FILE_SYSTEM_FEATURE_NOT_SUPPORTED", 0xC0AA_B154);
}

#[test]
fn image_too_big() {
    let folder = folder();
    let path = image(folder.path(), with(ROCK_RIDGE));
    let small = |options: PlanOptions| PlanOptions {
        place: Place { available: Some(SectorCount::new(3)), ..options.place },
        ..options
    };
    assert_code(append(&path, small), "IMAGE_TOO_BIG", 0xC0AA_B121);
}
