//! What members of IMAPI2's interfaces are here, where no test of something else shows it: `docs/imapi2.md` names these.
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fsimage::{
    BurnOptions, CancelToken, Cdb, CommandData, Control, Disc, DriveName, Error, FileCount, FileSystem,
    FileSystems, GrowingDisc, GrowingImage, ImportOptions, Item, ItemOptions, LayoutPlan, Medium,
    MediumDefaults, MediumKind, Observer, OpenDrive, Place, PlanOptions, Progress, Stage, Tree, VolumeName,
    write_image,
};

/// Keeps what is told of one stage, and cancels at once if it is to.
struct Heard {
    stage: Stage,
    told: Mutex<Vec<Progress>>,
    cancel: Option<CancelToken>,
}

impl Observer for Heard {
    fn progress(&self, progress: Progress) {
        if progress.stage == self.stage {
            self.told.lock().unwrap().push(progress);
            self.cancel.iter().for_each(CancelToken::cancel);
        }
    }
}

fn listening(stage: Stage, cancels: bool) -> (Arc<Heard>, Control) {
    let cancel = CancelToken::new();
    let of_heard = cancels.then(|| cancel.clone());
    let heard = Arc::new(Heard { stage, told: Mutex::default(), cancel: of_heard });
    (heard.clone(), Control { observer: Some(heard), cancel })
}

fn tree() -> Tree {
    let mut tree = Tree::new();
    for number in 0..300 {
        let path = format!("/directory {number}/file");
        tree.add(path, Item::Bytes(vec![7; 9_000].into()), &ItemOptions::default()).unwrap();
    }
    tree
}

fn drive(folder: &Path, medium: &str) -> OpenDrive {
    let name: DriveName = format!("sim:{medium}:{}", folder.join(medium).display()).parse().unwrap();
    let drive = OpenDrive::open(&name).unwrap();
    assert_eq!(drive.name(), name.to_string());
    drive
}

/// DFileSystemImageImportEvents.
#[test]
fn an_import_tells_how_far_it_is_and_can_be_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let bridge = FileSystems::ISO9660 | FileSystems::ROCK_RIDGE | FileSystems::UDF;
    let options = PlanOptions { file_systems: bridge, ..PlanOptions::default() };
    write_image(&LayoutPlan::new(&tree(), options).unwrap(), &image, &Control::default()).unwrap();
    let disc = Disc::open(&image).unwrap();
    for file_system in [FileSystem::RockRidge, FileSystem::Udf] {
        let options = ImportOptions { preference: vec![file_system], ..ImportOptions::default() };
        let (heard, control) = listening(Stage::Importing, false);
        fsimage::import(&disc, &options, &control).unwrap();
        let told = heard.told.lock().unwrap();
        // The root as well.
        let last = told.last().unwrap();
        assert!(told.is_sorted_by_key(|progress| progress.done), "{file_system}");
        assert!(told.iter().all(|progress| progress.done <= progress.total), "{file_system}");
        assert_eq!((last.done, last.total), (301, 301), "{file_system}");
        let files: Vec<_> = told.iter().map(|progress| progress.files.unwrap()).collect();
        assert!(files.is_sorted_by_key(|files| files.done), "{file_system}");
        assert_eq!(
            files[299],
            FileCount { done: 299, total: (file_system == FileSystem::Udf).then_some(300) }
        );
        assert_eq!(files[300], FileCount { done: 300, total: Some(300) }, "{file_system}");
        // A UDF volume says how many directories it has, before they are read.
        let known = if file_system == FileSystem::Udf { 301 } else { 301.min(told[0].total) };
        assert_eq!((told[0].done, told[0].total), (1, known), "{file_system}");
        let (heard, control) = listening(Stage::Importing, true);
        let cancelled = fsimage::import(&disc, &options, &control).map(drop);
        assert!(matches!(cancelled, Err(Error::Cancelled { .. })), "{cancelled:?}");
        assert!(heard.told.lock().unwrap().len() < 100, "{file_system}");
    }
}

/// IWriteEngine2EventArgs.
#[test]
fn a_recording_tells_sectors_and_buffers() {
    let folder = tempfile::tempdir().unwrap();
    let disc = GrowingDisc::open(drive(folder.path(), "bd-r")).unwrap();
    let tree = tree();
    let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..PlanOptions::default() }).unwrap();
    let (heard, control) = listening(Stage::Writing, false);
    disc.write(&plan, &BurnOptions::default(), &control).unwrap();
    let told = heard.told.lock().unwrap();
    let sectors = u64::from(plan.extent().len.get());
    assert!(told.len() > 1 && told.is_sorted_by_key(|progress| progress.done));
    assert!(told.iter().all(|progress| progress.total == sectors));
    assert_eq!(told.last().unwrap().done, sectors);
    let fills: Vec<_> = told.iter().map(|progress| progress.fill.unwrap()).collect();
    assert!(fills.iter().all(|fill| fill.queue <= 100 && fill.drive.is_none_or(|full| full <= 100)));
}

/// ProgressItemFromBlock and ProgressItemFromDescription.
#[test]
fn a_sector_leads_to_its_item_and_an_item_to_its_sectors() {
    let tree = tree();
    let plan = LayoutPlan::new(&tree, PlanOptions::default()).unwrap();
    let of = |path: &str| plan.segments().find(|segment| segment.owner.as_deref() == Some(path)).unwrap();
    let at = |sector: u32| {
        let holds = |start: u32, len: u32| (start..start + len).contains(&sector);
        plan.segments().find(|segment| holds(segment.start, segment.sectors)).unwrap()
    };
    for number in [0, 17, 299] {
        let path = format!("/directory {number}/file");
        let segment = of(&path);
        assert_eq!((segment.sectors, segment.label), (5, "file"));
        for sector in segment.start..segment.start + segment.sectors {
            assert_eq!(at(sector).owner.as_deref(), Some(path.as_str()));
        }
    }
    // Each sector belongs to one.
    let mut next = plan.extent().start.get();
    for segment in plan.segments() {
        assert_eq!(segment.start, next);
        next += segment.sectors;
    }
    assert_eq!(next, plan.extent().end().unwrap().get());
}

/// VolumeNameISO9660, VolumeNameJoliet and VolumeNameUDF.
#[test]
fn each_file_system_has_a_name_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let names =
        [(FileSystem::Iso9660, "PLAIN"), (FileSystem::Joliet, "Joliet"), (FileSystem::Udf, "Das UDF")];
    let options = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::JOLIET | FileSystems::UDF,
        volume_names: names.map(|(file_system, name)| (file_system, name.to_owned())).into(),
        ..PlanOptions::default()
    };
    write_image(&LayoutPlan::new(&tree(), options).unwrap(), &image, &Control::default()).unwrap();
    let found = Disc::open(&image).unwrap().describe(None).unwrap();
    let found = [Some(found.volume), found.joliet_volume, found.udf_volume];
    assert_eq!(found.map(Option::unwrap), names.map(|(_, name)| name));
}

/// PostgapAlreadyInImage.
#[test]
fn a_session_on_cd_has_its_gap() {
    let folder = tempfile::tempdir().unwrap();
    let disc = GrowingDisc::open(drive(folder.path(), "cd-r")).unwrap();
    assert_eq!(disc.place().end_padding.get(), 150);
    let tree = tree();
    let planned = |place| LayoutPlan::new(&tree, PlanOptions { place, ..PlanOptions::default() }).unwrap();
    let plan = planned(disc.place());
    let mut bytes = Vec::new();
    plan.image().reader().read_to_end(&mut bytes).unwrap();
    assert!(bytes[bytes.len() - 150 * 2048..].iter().all(|&byte| byte == 0));
    let place = Place { end_padding: Default::default(), ..disc.place() };
    assert_eq!(planned(place).extent().len.get() + 150, plan.extent().len.get());
    let written = disc.write(&plan, &BurnOptions::default(), &Control::default()).unwrap();
    assert_eq!(written.sectors, plan.extent().len.get());
}

/// InitializeDiscRecorder, ActiveDiscRecorder, VendorId, ProductId, ProductRevision, MediaPhysicallyBlank.
#[test]
fn a_drive_is_opened_by_name_and_tells_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let blank = |medium: &str| drive(folder.path(), medium).describe().unwrap();
    for medium in ["cd-r", "dvd+r", "bd-r"] {
        let found = blank(medium);
        assert_eq!((found.medium.state, found.medium.tracks.len()), ("blank", 1), "{medium}: {found:?}");
        assert!(!found.vendor.is_empty() && !found.model.is_empty() && !found.revision.is_empty());
        let disc = GrowingDisc::open(drive(folder.path(), medium)).unwrap();
        let tree = tree();
        let options = PlanOptions { place: disc.place(), ..PlanOptions::default() };
        disc.write(&LayoutPlan::new(&tree, options).unwrap(), &BurnOptions::default(), &Control::default())
            .unwrap();
        assert_eq!(blank(medium).medium.state, "appendable", "{medium}");
    }
}

/// ImportedVolumeName.
#[test]
fn the_name_of_a_volume_goes_on_into_the_next_session() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("image");
    let names = |image: &Path| {
        let found = Disc::open(image).unwrap().describe(None).unwrap();
        [Some(found.volume), found.joliet_volume, found.udf_volume].map(Option::unwrap)
    };
    let options = PlanOptions {
        file_systems: FileSystems::ISO9660 | FileSystems::JOLIET | FileSystems::UDF,
        volume: VolumeName::Adapted("A name".to_owned()),
        ..PlanOptions::default()
    };
    write_image(&LayoutPlan::new(&tree(), options).unwrap(), &image, &Control::default()).unwrap();
    let first = names(&image);
    assert_eq!(first, ["A_NAME", "A name", "A name"]);
    for (session, other) in [(2, None), (3, Some("Another"))] {
        let growing = GrowingImage::open(&image).unwrap();
        let mut imported = growing.import(&ImportOptions::default(), &Control::default()).unwrap();
        let path = format!("/new {session}");
        imported.tree.add(path, Item::Bytes(vec![1; 9].into()), &ItemOptions::default()).unwrap();
        let mut options = PlanOptions { place: growing.place(), ..imported.plan_options() };
        if let Some(other) = other {
            options.volume = VolumeName::Adapted(other.to_owned());
            options.volume_names = [(FileSystem::Udf, other.to_owned())].into();
        }
        growing.write(&LayoutPlan::new(&imported.tree, options).unwrap(), &Control::default()).unwrap();
        let expected = if other.is_some() {
            ["ANOTHER", "Another", "Another"].map(str::to_owned)
        } else {
            first.clone()
        };
        assert_eq!(names(&image), expected, "session {session}");
    }
}

/// ChooseImageDefaults, ChooseImageDefaultsForMediaType, and the units of both multisession interfaces.
#[test]
fn a_medium_has_its_defaults_its_room_and_its_unit() {
    let folder = tempfile::tempdir().unwrap();
    for kind in MediumKind::ALL {
        let medium = kind.to_string();
        let drive = drive(folder.path(), &medium);
        let (by_drive, by_kind) = (drive.medium_family(), Medium::from(kind));
        assert_eq!(by_drive, by_kind, "{kind}");
        let (options, row) = (PlanOptions::for_medium(by_drive), MediumDefaults::of(by_kind));
        assert_eq!((options.file_systems, options.udf.revision), (row.file_systems, row.udf.revision));
        let unit = drive.describe().unwrap().medium.write_unit;
        let place = GrowingDisc::open(drive).unwrap().place();
        let without = Place::on_blank(kind).unwrap();
        assert_eq!((place.start, place.alignment.get()), (without.start, unit), "{kind}");
        assert_eq!((place.end_padding, place.alignment), (without.end_padding, without.alignment), "{kind}");
        assert_eq!(place.available, without.available, "{kind}");
    }
}

/// SendCommandNoData, SendCommandSendDataToDevice, SendCommandGetDataFromDevice.
#[test]
fn commands_of_the_caller_move_data_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let drive = drive(folder.path(), "cd-r");
    let send = |cdb: &[u8], data: CommandData<'_>| {
        let cdb = match *cdb {
            [a, b, c, d, e, f] => Cdb::from([a, b, c, d, e, f]),
            [a, b, c, d, e, f, g, h, i, j] => Cdb::from([a, b, c, d, e, f, g, h, i, j]),
            _ => unreachable!(),
        };
        drive.pass_through(&cdb, data, Duration::from_secs(10)).unwrap().transferred
    };
    // TEST UNIT READY; the page of write parameters, changed and looked at again.
    assert_eq!(send(&[0; 6], CommandData::None), 0);
    let sense = |page: &mut [u8; 60]| send(&[0x5A, 8, 0x05, 0, 0, 0, 0, 0, 60, 0], CommandData::In(page));
    let mut page = [0; 60];
    assert_eq!(sense(&mut page), 60);
    page[..2].fill(0);
    let bufe_and_test = page[10] & 0xF0;
    (page[10], page[11]) = (bufe_and_test | 1, 0xC4);
    assert_eq!(send(&[0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0], CommandData::Out(&page)), 60);
    let mut now = [0; 60];
    sense(&mut now);
    assert_eq!(now[8..], page[8..]);
}
