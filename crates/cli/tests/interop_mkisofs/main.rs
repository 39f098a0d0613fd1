//! `fsimage mkisofs` beside genisoimage and xorrisofs: of the same command lines the same tree and the same boot
//! report.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod boot_catalog;
mod build_scripts;
mod first_sector;
mod globs;
mod grub_mkrescue;
mod names;
mod options;
mod partitions;
mod report;
mod scene;
mod sets;
mod volume;
