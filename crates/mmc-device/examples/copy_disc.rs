//! Copies what is recorded on a disc to a file (Linux): `copy_disc /dev/sr0 image.iso`.

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write;

    use fsimage_mmc_device::{Drive, DriveSectors, LinuxSg};
    use sector_io::{ReadSectors, Sector};

    let mut arguments = std::env::args_os().skip(1);
    let (Some(device), Some(image)) = (arguments.next(), arguments.next()) else {
        return Err("copy_disc DEVICE IMAGE".into());
    };
    let drive = Drive::new(LinuxSg::open_for_reading(device.as_ref())?);
    let disc = DriveSectors::open(drive)?;
    let mut image = std::fs::File::create(image)?;
    let mut buffer = vec![0; 512 * 2048];
    let sectors = disc.sectors().get();
    for start in (0..sectors).step_by(512) {
        let len = (sectors - start).min(512) as usize * 2048;
        disc.read_sectors(Sector::new(start), &mut buffer[..len])?;
        image.write_all(&buffer[..len])?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
