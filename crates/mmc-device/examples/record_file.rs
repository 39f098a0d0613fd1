//! Records a file as one session, with all its blocks at the next writable address (Linux):
//! `record_file /dev/sr0 image.iso`.

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Read;

    use fsimage_mmc_device::{Closing, Drive, LinuxSg, SessionRequest, recorder};

    let mut arguments = std::env::args_os().skip(1);
    let (Some(device), Some(image)) = (arguments.next(), arguments.next()) else {
        return Err("record_file DEVICE IMAGE".into());
    };
    let mut image = std::fs::File::open(image)?;
    let mut left = usize::try_from(image.metadata()?.len())?;

    let mut drive = Drive::new(LinuxSg::open(device.as_ref())?);
    let medium = drive.medium()?;
    let request = SessionRequest {
        closing: Closing::Finalise,
        ..SessionRequest::new(u32::try_from(left.div_ceil(2048))?)
    };
    let mut recorder = recorder(&mut drive, &medium)?;
    let mut session = recorder.begin(&request)?;
    let mut buffer = vec![0; 1 << 20];
    while left > 0 {
        let len = left.min(buffer.len());
        image.read_exact(&mut buffer[..len])?;
        let padded = len.next_multiple_of(2048);
        buffer[len..padded].fill(0);
        let next = session.next_writable()?;
        session.write(next, &buffer[..padded])?;
        left -= len;
    }
    session.close()?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
