//! Records a medium that boots: `cargo run --example sample_boot_disc -- BIOS_IMAGE EFI_IMAGE NEW_DISC`.

#![allow(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::path::Path;

use fsimage::{
    BootImage, BootOptions, BootPlatform, BootSource, BurnOptions, Burnt, Control, GrowingDisc, Item,
    ItemOptions, LayoutPlan, OpenDrive, PlanOptions, Tree,
};

/// Records a boot image for BIOS, and one for UEFI that no directory shows.
pub(crate) fn record(bios: &Path, efi: &Path, drive: &str) -> Result<Burnt, Box<dyn std::error::Error>> {
    let control = Control::default();
    let disc = GrowingDisc::open(OpenDrive::open(&drive.parse()?)?)?;
    let mut tree = Tree::new();
    let loader = tree.add("/boot/loader.bin", Item::HostFile(bios), &ItemOptions::default())?;
    let hidden = tree.add_content(Item::HostFile(efi))?;
    let images = vec![
        BootImage::new(BootSource::File(loader), BootPlatform::X86),
        BootImage::new(BootSource::Content(hidden), BootPlatform::EFI),
    ];
    let boot = BootOptions { identifier: "Sample".to_owned(), images, ..BootOptions::default() };
    let options = PlanOptions {
        boot: Some(boot),
        place: disc.place(),
        ..PlanOptions::for_medium(disc.drive().medium_family())
    };
    let plan = LayoutPlan::new(&tree, options)?;
    Ok(disc.write(&plan, &BurnOptions::default(), &control)?)
}

#[allow(dead_code, reason = "a test takes what is above")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bios, efi, disc] = &arguments[..] else {
        return Err("usage: sample_boot_disc BIOS_IMAGE EFI_IMAGE NEW_DISC".into());
    };
    let burnt = record(bios.as_ref(), efi.as_ref(), &format!("sim:dvd-r:{disc}"))?;
    println!("{} sectors from sector {}", burnt.sectors, burnt.start);
    Ok(())
}
