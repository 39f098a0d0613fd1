//! What the fuzzer calls. Each target takes any bytes, and must come to its end without a panic, in time
//! and memory that the bytes justify; where something parses, its encoding must parse to the same.
//!
//! `cargo xtask fuzz <target>` looks for bytes that break one; those found are files in
//! `testdata/fuzz/<target>/`, which the test of this crate replays.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is how a target fails")]

mod attribute_list;
mod boot_catalog;
mod commands;
mod containers;
mod descriptors;
mod digest_lists;
mod directory;
mod iscsi;
mod joliet_names;
mod layout;
mod merge;
mod names;
mod path_table;
mod replies;
mod rock_ridge;
mod system_area;
mod udf_image;
mod udf_volume;
mod volume;
mod zisofs;

/// One entry into the parsers.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and its folder's.
    pub name: &'static str,
    /// Panics when something is wrong.
    pub run: fn(&[u8]),
    /// What the bytes are taken for.
    pub takes: &'static str,
    /// Most bytes worth trying.
    pub longest: usize,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "descriptors",
        run: descriptors::run,
        takes: "a volume descriptor of ISO 9660",
        longest: 2048,
    },
    Target { name: "directory", run: directory::run, takes: "directory records", longest: 8192 },
    Target {
        name: "boot-catalog",
        run: boot_catalog::run,
        takes: "a boot catalog of El Torito",
        longest: 8192,
    },
    Target {
        name: "layout",
        run: layout::run,
        takes: "records and entries to lay out, and reads them back",
        longest: 8192,
    },
    Target { name: "names", run: names::run, takes: "rules and names of one directory", longest: 8192 },
    Target {
        name: "joliet-names",
        run: joliet_names::run,
        takes: "rules and names of one Joliet directory",
        longest: 8192,
    },
    Target {
        name: "volume",
        run: volume::run,
        takes: "an image from its first volume descriptor on: every tree is walked",
        longest: 128 * 1024,
    },
    Target {
        name: "merge",
        run: merge::run,
        takes: "an image from its first volume descriptor on: it is verified, imported and continued",
        longest: 128 * 1024,
    },
    Target {
        name: "digest-lists",
        run: digest_lists::run,
        takes: "a list of digests of a session, and behind a NUL what the session says of itself",
        longest: 4096,
    },
    Target { name: "zisofs", run: zisofs::run, takes: "a ZF entry and a compressed file", longest: 8192 },
    Target { name: "iscsi", run: iscsi::run, takes: "what an iSCSI initiator sends", longest: 8192 },
    Target { name: "commands", run: commands::run, takes: "commands for the simulated drive", longest: 8192 },
    Target {
        name: "path-table",
        run: path_table::run,
        takes: "path table records, in both byte orders",
        longest: 8192,
    },
    Target {
        name: "rock-ridge",
        run: rock_ridge::run,
        takes: "a System Use area with SUSP and Rock Ridge entries",
        longest: 8192,
    },
    Target {
        name: "attribute-list",
        run: attribute_list::run,
        takes: "AL entries, what stands in them, and an access control list",
        longest: 8192,
    },
    Target {
        name: "link-target",
        run: rock_ridge::link_target,
        takes: "the target of a symbolic link",
        longest: 8192,
    },
    Target {
        name: "replies",
        run: replies::run,
        takes: "what a drive answers to each command",
        longest: 4096,
    },
    Target {
        name: "udf-image",
        run: udf_image::run,
        takes: "a kind of partition, and the blocks in one: its hierarchy is walked",
        longest: 128 * 1024,
    },
    Target {
        name: "image-file",
        run: containers::image_file,
        takes: "an image file of an unknown kind: raw sectors, a Nero image",
        longest: 64 * 1024,
    },
    Target {
        name: "cue-sheet",
        run: containers::cue_sheet,
        takes: "a cue sheet, and behind a NUL the file `a` that it names",
        longest: 8192,
    },
    Target {
        name: "system-area",
        run: system_area::run,
        takes: "an image from its first sector on: its partition tables are described and extracted",
        longest: 16 * 1024,
    },
    Target {
        name: "boot",
        run: system_area::boot,
        takes: "an image from its first volume descriptor on: what boots is described and extracted",
        longest: 64 * 1024,
    },
    Target { name: "udf-volume", run: udf_volume::run, takes: "a volume descriptor of UDF", longest: 2048 },
];

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
