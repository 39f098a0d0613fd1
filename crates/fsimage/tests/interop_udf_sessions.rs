//! Sessions with UDF as other programs and the kernel see them: the newest by themselves, earlier ones when told.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that fails")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fsimage::{Disc, DriveName, FileSystems, PlanOptions, Tree};
use peers::{Columns, Listing, assert_same};
use support::growing::{Model, SESSIONS, append, burn, change, forms, listing, name_of};
use support::{build, filtered, shared_folder};

const MEDIA: [&str; 5] = ["dvd+rw", "bd-re", "bd-r", "dvd+r", "cd-r"];

/// Sectors with several sessions.
struct Grown {
    what: String,
    image: PathBuf,
    options: PlanOptions,
    expected: Vec<Listing>,
    starts: Vec<u32>,
    /// Readers without a table of contents find the newest session.
    is_overwritable: bool,
}

fn grown() -> &'static [Grown] {
    static GROWN: OnceLock<Vec<Grown>> = OnceLock::new();
    GROWN.get_or_init(|| {
        let folder = shared_folder("udf-sessions");
        forms().iter().flat_map(|options| all_of(&folder, options)).collect()
    })
}

fn all_of(folder: &Path, options: &PlanOptions) -> Vec<Grown> {
    let mut all = vec![image_file(folder, options)];
    for kind in MEDIA {
        let image = folder.join(format!("{kind}-{}", name_of(options)));
        let drive: DriveName = format!("sim:{kind}:{}", image.display()).parse().unwrap();
        let (mut model, mut expected, mut starts) = (Model::new(), Vec::new(), Vec::new());
        for session in 1..=SESSIONS {
            starts.push(burn(&drive, options, |tree| change(session, &mut model, tree)));
            expected.push(listing(&model));
        }
        let what = format!("{kind} {}", name_of(options));
        let is_overwritable = matches!(kind, "dvd+rw" | "bd-re");
        all.push(Grown { what, image, options: options.clone(), expected, starts, is_overwritable });
    }
    all
}

fn image_file(folder: &Path, options: &PlanOptions) -> Grown {
    let image = folder.join(format!("file-{}.img", name_of(options)));
    let (mut tree, mut model) = (Tree::new(), Model::new());
    change(1, &mut model, &mut tree);
    build(&tree, options.clone(), &image);
    let mut expected = vec![listing(&model)];
    for session in 2..=SESSIONS {
        append(&image, |tree| change(session, &mut model, tree)).unwrap();
        expected.push(listing(&model));
    }
    let disc = Disc::open(&image).unwrap();
    let starts = disc.sessions().iter().map(|session| session.start.get()).collect();
    let what = format!("image file {}", name_of(options));
    Grown { what, image, options: options.clone(), expected, starts, is_overwritable: true }
}

impl Grown {
    fn newest(&self) -> &Listing {
        &self.expected[SESSIONS - 1]
    }

    fn has_iso9660(&self) -> bool {
        self.options.file_systems.contains(FileSystems::ISO9660)
    }
}

#[test]
fn interop_kernel() {
    let Some(kernel) = peers::kernel::require() else { return };
    let mut images = Vec::new();
    for one in grown() {
        let mut mounts = Vec::new();
        let newest = one.starts[SESSIONS - 1];
        // The anchor of a session, where nothing else says which is meant.
        for number in [2, SESSIONS - 1] {
            mounts.push((format!("udf:anchor={}", one.starts[number] + 256), number));
        }
        if one.is_overwritable {
            mounts.push(("udf".to_owned(), SESSIONS - 1));
        }
        if one.has_iso9660() {
            mounts.push((format!("iso9660:sbsector={newest}"), SESSIONS - 1));
            if one.is_overwritable {
                mounts.push(("iso9660".to_owned(), SESSIONS - 1));
                mounts.push(("iso9660:norock".to_owned(), SESSIONS - 1));
            }
        }
        images.push((one, mounts));
    }
    let texts: Vec<Vec<&str>> =
        images.iter().map(|(_, mounts)| mounts.iter().map(|(mount, _)| mount.as_str()).collect()).collect();
    let asked: Vec<(&Path, &[&str])> =
        images.iter().zip(&texts).map(|((one, _), texts)| (&*one.image, &texts[..])).collect();
    let found = peers::kernel::mount_each(&kernel, &asked, &["--job-timeout", "600"]).unwrap();
    for ((one, mounts), found) in images.iter().zip(found) {
        for ((mount, session), found) in mounts.iter().zip(found) {
            assert!(found.issues.is_empty(), "{} {mount}: {:?}", one.what, found.issues);
            assert_same(&one.expected[*session], &found.listing, Columns::CONTENT);
        }
    }
}

#[test]
fn interop_7z() {
    let Some(sevenzip) = peers::require("7z") else { return };
    for one in grown().iter().filter(|one| one.is_overwritable) {
        let found = peers::sevenzip::list_as(&sevenzip, &one.image, "udf").unwrap();
        assert_same(one.newest(), &found, Columns::CONTENT);
    }
}

#[test]
fn interop_udfinfo() {
    let Some(udfinfo) = peers::require("udfinfo") else { return };
    for one in grown().iter().filter(|one| one.is_overwritable) {
        let output = peers::run(udfinfo.path(), &["--utf8".as_ref(), one.image.as_os_str()]).unwrap();
        // The partition reaches from the oldest data to the newest: across the descriptors of its own session.
        let overlap = "udfinfo: Warning: Partition Space overlaps with other blocks\n";
        assert_eq!(output.stderr, overlap, "{}", one.what);
        let text = String::from_utf8(output.success("udfinfo").unwrap()).unwrap();
        let files = one.newest().values().filter(|entry| entry.kind == peers::Kind::File).count();
        for line in
            [format!("numfiles={files}"), "integrity=closed".to_owned(), "accesstype=readonly".to_owned()]
        {
            assert!(text.lines().any(|found| found == line), "{}: {line} in {text}", one.what);
        }
    }
}

#[test]
fn interop_xorriso() {
    let Some(xorriso) = peers::require("xorriso") else { return };
    for one in grown().iter().filter(|one| one.has_iso9660() && one.is_overwritable) {
        let found = peers::xorriso::list(&xorriso, &one.image, &[]).unwrap();
        assert_same(one.newest(), &found, Columns::CONTENT);
        for (start, expected) in one.starts.iter().zip(&one.expected) {
            let options = ["-load", "sbsector", &start.to_string(), "-rom_toc_scan", "off"];
            let found = peers::xorriso::list(&xorriso, &one.image, &options).unwrap();
            assert_same(expected, &found, Columns::CONTENT);
        }
    }
}

/// UDFclient shows names beyond ASCII in the locale's letters: the others.
#[test]
fn interop_udfclient() {
    let Some(udfclient) = peers::require("udfclient") else { return };
    let plain = |listing: &Listing| {
        filtered(listing, |path, _| path != "/" && peers::unescape(path).is_ascii() && !path.contains(' '))
    };
    for one in grown().iter().filter(|one| one.is_overwritable) {
        let folder = tempfile::tempdir().unwrap();
        support::udf::get_by_udfclient(&udfclient, &one.image, "CDROM", &["deep", "stays"], folder.path());
        let found = plain(&peers::list_directory(folder.path()).unwrap());
        let of_deep = |path: &str| path == "/stays" || path.starts_with("/deep");
        let expected = plain(&filtered(one.newest(), |path, _| of_deep(path)));
        assert!(expected.len() > SESSIONS, "{}", one.what);
        assert_same(&expected, &found, Columns::CONTENT);
    }
}
