//! Recovered discs as the kernel and xorriso see them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::PathBuf;
use std::sync::OnceLock;

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, DriveName, GrowingDisc, ImportOptions, Item, ItemOptions,
    LayoutPlan, OpenDrive, PlanOptions, Recovery, Tree,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use peers::{Columns, Listing, assert_same};
use support::drives::faulty;
use support::{list_image, shared_folder};

/// A recovered disc: where its newest session begins, and what it holds.
struct Recovered {
    what: String,
    medium: PathBuf,
    start: u32,
    expected: Listing,
}

/// A session of two files; then one of three, in which power goes.
fn recovered() -> &'static [Recovered] {
    static RECOVERED: OnceLock<Vec<Recovered>> = OnceLock::new();
    RECOVERED.get_or_init(|| {
        let folder = shared_folder("recovered");
        let cases =
            ["cd-r", "bd-r", "dvd+r"].into_iter().flat_map(|kind| [20, 100, 150].map(|cut| (kind, cut)));
        cases.map(|(kind, cut)| one(&folder, kind, cut)).collect()
    })
}

fn one(folder: &std::path::Path, kind: &str, cut: u64) -> Recovered {
    let what = format!("{kind} cut after {cut} sectors");
    let medium = folder.join(format!("{kind}-{cut}"));
    fsimage::create_simulated_medium(&medium, kind.parse().unwrap()).unwrap();
    let name: DriveName = format!("sim:{}", medium.display()).parse().unwrap();
    for (names, faults) in [
        (vec!["/one", "/stays"], vec![]),
        (vec!["/d/two", "/d/three", "/four"], vec![Fault::PowerCut { after_sectors: cut }]),
    ] {
        let drive = faulty(SimulatedDrive::open(&medium).unwrap(), &faults).unwrap();
        let mut disc = GrowingDisc::open(drive).unwrap();
        let (mut tree, options) = match disc.is_blank() {
            true => (Tree::new(), PlanOptions::default()),
            false => {
                let imported = disc.import(&ImportOptions::default(), &Control::default()).unwrap();
                let options = imported.plan_options();
                (imported.tree, options)
            }
        };
        for name in names {
            let content = vec![name.len() as u8; 100_000];
            tree.add(name, Item::Bytes(content.into()), &ItemOptions::default()).unwrap();
        }
        disc.close_open_session().unwrap();
        let plan = LayoutPlan::new(&tree, PlanOptions { place: disc.place(), ..options }).unwrap();
        let burnt = disc.write(&plan, &BurnOptions::default(), &Control::default());
        assert_eq!(burnt.is_err(), !faults.is_empty(), "{what}");
    }
    let recovery = Recovery::of_drive(OpenDrive::open(&name).unwrap(), &Control::default()).unwrap();
    let identifier = recovery.report().identifier;
    let written = recovery.write(identifier, &Control::default()).unwrap();
    let disc = OpenDrive::open(&name).unwrap().disc().unwrap();
    let expected = list_image(&disc.image(None, &DEFAULT_PREFERENCE).unwrap());
    assert!(expected.contains_key("/stays"), "{what}");
    Recovered { what, medium, start: written.session.unwrap().start.get(), expected }
}

#[test]
fn interop_kernel_reads_what_was_recovered() {
    let Some(kernel) = peers::kernel::require() else { return };
    // Each starts a virtual machine.
    for case in recovered().iter().filter(|case| case.what.contains("cut after 100")) {
        let mount = format!("iso9660:sbsector={}", case.start);
        let found =
            peers::kernel::mount(&kernel, &case.medium, &[&mount], &["--job-timeout", "600"]).unwrap();
        assert!(found[0].ok && found[0].issues.is_empty(), "{}: {:?}", case.what, found[0].issues);
        assert_same(&case.expected, &found[0].listing, Columns::POSIX);
    }
}

#[test]
fn interop_xorriso_reads_what_was_recovered() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    for case in recovered() {
        let start = case.start.to_string();
        let options = ["-load", "sbsector", &start, "-rom_toc_scan", "off"];
        let found = peers::xorriso::list(&xorriso, &case.medium, &options).unwrap();
        assert_same(&case.expected, &found, Columns::POSIX);
    }
}
