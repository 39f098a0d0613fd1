use std::path::{Path, PathBuf};
use std::{fs, io};

use super::FoundDrive;

/// SCSI peripheral device type of optical drives.
const MULTIMEDIA: &str = "5";

pub(super) fn drives_under(class: &Path) -> io::Result<Vec<FoundDrive>> {
    let entries = match fs::read_dir(class) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let Some(number) = name.to_str().and_then(|name| name.strip_prefix("sr")) else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        let device = class.join(&name).join("device");
        let attribute = |attribute: &str| {
            fs::read_to_string(device.join(attribute)).map(|text| text.trim().to_owned()).unwrap_or_default()
        };
        // The type is absent from the oldest kernels only.
        let kind = attribute("type");
        if !kind.is_empty() && kind != MULTIMEDIA {
            continue;
        }
        found.push((
            number,
            FoundDrive {
                path: PathBuf::from("/dev").join(&name),
                vendor: attribute("vendor"),
                model: attribute("model"),
                revision: attribute("rev"),
            },
        ));
    }
    found.sort_by_key(|(number, _)| *number);
    Ok(found.into_iter().map(|(_, drive)| drive).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sr_devices_by_number() {
        let class = tempfile::tempdir().unwrap();
        for (name, kind, model) in [
            ("sr10", "5\n", "BD-RE  BH16NS40 \n"),
            ("sr2", "5\n", "DVDRAM GH24NSD1 \n"),
            ("sr3", "0\n", "X\n"),
        ] {
            let device = class.path().join(name).join("device");
            fs::create_dir_all(&device).unwrap();
            fs::write(device.join("type"), kind).unwrap();
            fs::write(device.join("vendor"), "HL-DT-ST\n").unwrap();
            fs::write(device.join("model"), model).unwrap();
        }
        fs::create_dir(class.path().join("sda")).unwrap();
        let drives = drives_under(class.path()).unwrap();
        let names: Vec<_> =
            drives.iter().map(|drive| (drive.path.to_str().unwrap(), drive.model.as_str())).collect();
        assert_eq!(names, [("/dev/sr2", "DVDRAM GH24NSD1"), ("/dev/sr10", "BD-RE  BH16NS40")]);
        assert_eq!(drives[0].vendor, "HL-DT-ST");
        assert_eq!(drives[0].revision, "");
    }

    #[test]
    fn a_machine_without_sysfs_has_no_drives() {
        let class = tempfile::tempdir().unwrap();
        assert_eq!(drives_under(&class.path().join("block")).unwrap(), []);
    }
}
