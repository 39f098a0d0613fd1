//! Older sessions of media that are written once: what lies behind the end of one is never taken for what it holds, and where
//! what leads to its files cannot be read, the error or a finding names the sector.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use fsimage::{
    BurnOptions, Control, DEFAULT_PREFERENCE, Disc, Error, FileSystems, GrowingDisc, ImportOptions,
    ImportedTrees, Item, ItemOptions, LayoutPlan, MediumKind, OpenDrive, PlanOptions, Result, Sector, Tree,
    UdfAccess, UdfOptions, import,
};
use mmc_device::simulated::{Fault, SimulatedDrive};
use support::drives::{Bench, faulty};
use support::list_image;

const WRITTEN_ONCE: [MediumKind; 4] =
    [MediumKind::CdR, MediumKind::DvdR, MediumKind::DvdPlusR, MediumKind::BdR];

/// Sectors of each file.
const CONTENT: usize = 40;

fn udf(access: UdfAccess) -> PlanOptions {
    let udf = UdfOptions { access, ..UdfOptions::default() };
    PlanOptions { file_systems: FileSystems::UDF, udf, ..PlanOptions::default() }
}

/// Adds a file of that name.
fn burn(drive: OpenDrive, name: &str, first: &PlanOptions) -> Result<()> {
    let control = Control::default();
    let mut growing = GrowingDisc::open(drive)?;
    let (mut tree, planned) = match growing.is_blank() {
        true => (Tree::new(), first.clone()),
        false => {
            let imported = growing.import(&ImportOptions::default(), &control)?;
            let planned = imported.plan_options();
            (imported.tree, planned)
        }
    };
    let content = vec![name.as_bytes()[1]; CONTENT * 2048];
    tree.add(name, Item::Bytes(content.into()), &ItemOptions::default())?;
    growing.close_open_session()?;
    let plan = LayoutPlan::new(&tree, PlanOptions { place: growing.place(), ..planned })?;
    growing.write(&plan, &BurnOptions::default(), &control).map(drop)
}

/// A medium with a session for each name.
fn recorded(kind: MediumKind, first: &PlanOptions, names: &[&str]) -> Bench {
    let bench = Bench::new();
    for name in names {
        burn(bench.drive(kind), name, first).unwrap();
    }
    bench
}

fn names(disc: &Disc, session: u16) -> Result<Vec<String>> {
    let image = disc.image(Some(session), &DEFAULT_PREFERENCE)?;
    Ok(list_image(&image).into_keys().filter(|path| path != "/").collect())
}

/// First sector of a session, and the sector behind it.
fn extent(disc: &Disc, number: u16) -> (u32, u32) {
    let session = disc.sessions().get(number).unwrap();
    (session.start.get(), session.end.unwrap().get())
}

/// The anchors in a session (ECMA-167 3/10.2).
fn anchors(disc: &Disc, number: u16) -> Vec<u32> {
    let (start, end) = extent(disc, number);
    let mut sector = [0; 2048];
    let mut is_anchor = |at: &u32| {
        disc.source().read_sectors(Sector::new(*at), &mut sector).is_ok()
            && sector[..2] == [2, 0]
            && sector[12..16] == at.to_le_bytes()
    };
    (start..end).filter(|at| is_anchor(at)).collect()
}

/// The last sector of a session that holds anything but zeros.
fn last_sector(disc: &Disc, number: u16) -> u32 {
    let (start, end) = extent(disc, number);
    let mut sector = [0; 2048];
    let mut holds_anything = |at: &u32| {
        disc.source().read_sectors(Sector::new(*at), &mut sector).is_ok()
            && sector.iter().any(|&byte| byte != 0)
    };
    (start..end).rev().find(|at| holds_anything(at)).unwrap()
}

/// Nothing shows anything for the session, and every error names the sector.
#[track_caller]
fn assert_lost(disc: &Disc, session: u16, sector: u32, what: &str) {
    let control = Control::default();
    let options =
        ImportOptions { session: Some(session), trees: ImportedTrees::All, ..ImportOptions::default() };
    let errors = [
        names(disc, session).map(drop),
        disc.verify(Some(session), &control).map(drop),
        disc.describe(Some(session)).map(drop),
        import(disc, &options, &control).map(drop),
    ];
    for (number, result) in errors.into_iter().enumerate() {
        let error = result.err().unwrap_or_else(|| panic!("{what}, {number}: no error"));
        assert!(matches!(error, Error::ImportRead(_)), "{what}, {number}: {error:?}");
        let told = error.to_string();
        assert!(told.contains(&format!("sector {sector}:")), "{what}, {number}, not {sector}: {told}");
    }
}

#[test]
fn an_anchor_that_cannot_be_read_leads_to_no_later_session() {
    for kind in WRITTEN_ONCE {
        let bench = recorded(kind, &udf(UdfAccess::ReadOnly), &["/first", "/second", "/third"]);
        for (session, shown) in [(1, &["/first"][..]), (2, &["/first", "/second"])] {
            let whole = bench.drive(kind).disc().unwrap();
            let (start, _) = extent(&whole, session);
            let anchors = anchors(&whole, session);
            drop(whole);
            assert_eq!(anchors[0], start + 256, "{kind}");
            let what = format!("{kind}, session {session}, anchors {anchors:?}");
            assert_lost(&bench.unreadable(anchors.clone()).disc().unwrap(), session, start + 256, &what);
            // One of the others leads to the session as well.
            let disc = bench.unreadable([start + 256]).disc().unwrap();
            if anchors.len() > 1 {
                assert_eq!(names(&disc, session).unwrap(), shown, "{what}");
                let told = disc.image(Some(session), &DEFAULT_PREFERENCE).unwrap().findings().join("\n");
                assert!(told.contains(&format!("sector {}:", start + 256)), "{what}: {told}");
            }
        }
    }
}

#[test]
fn a_virtual_allocation_table_that_cannot_be_read_is_replaced_by_none() {
    for kind in WRITTEN_ONCE {
        let bench = recorded(kind, &udf(UdfAccess::WriteOnce), &["/first", "/second", "/third"]);
        for session in 1..=2 {
            let table = last_sector(&bench.drive(kind).disc().unwrap(), session);
            let disc = bench.unreadable([table]).disc().unwrap();
            assert_lost(&disc, session, table, &format!("{kind}, session {session}"));
            assert_eq!(names(&disc, 3).unwrap(), ["/first", "/second", "/third"], "{kind}");
        }
    }
}

/// Without a table of its own, a session is as the one before it at most, and that its recording stopped is told.
#[test]
fn a_session_that_stopped_early_shows_nothing_of_a_later_one() {
    for kind in WRITTEN_ONCE {
        for names_before in [&["/first"][..], &[]] {
            let options = udf(UdfAccess::WriteOnce);
            let bench = recorded(kind, &options, names_before);
            let blank = || SimulatedDrive::create(bench.path("disc"), kind).unwrap();
            let drive = match names_before.is_empty() {
                true => blank(),
                false => SimulatedDrive::open(bench.path("disc")).unwrap(),
            };
            let cut = faulty(drive, &[Fault::PowerCut { after_sectors: 300 }]).unwrap();
            burn(cut, "/stopped", &options).unwrap_err();
            // Behind a first session without a table, none can go on.
            let later = if names_before.is_empty() { udf(UdfAccess::ReadOnly) } else { options };
            burn(bench.drive(kind), "/later", &later).unwrap();
            let disc = bench.drive(kind).disc().unwrap();
            let stopped = names_before.len() as u16 + 1;
            let what = format!("{kind}, session {stopped} of {}", disc.sessions().len());
            assert_eq!(disc.sessions().len(), usize::from(stopped) + 1, "{what}");
            match names(&disc, stopped) {
                Ok(shown) => {
                    assert_eq!(shown, names_before, "{what}");
                    assert!(
                        disc.image(Some(stopped), &DEFAULT_PREFERENCE).unwrap().is_interrupted(),
                        "{what}"
                    );
                }
                Err(error) => {
                    let (start, end) = extent(&disc, stopped);
                    let at = match &error {
                        Error::Corrupt { sector, .. } => sector.get(),
                        error => panic!("{what}: {error:?}"),
                    };
                    assert!((start..end).contains(&at), "{what}, {start} to {end}: {error}");
                }
            }
        }
    }
}
