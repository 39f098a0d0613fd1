use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mmc_device::simulated::{MediumKind, SimulatedDrive};
use mmc_device::{Cdb, Data, Transport, TransportError};

/// Sectors of the small media.
const CAPACITY: u32 = 1024;

/// Most bytes that a command here transfers.
const TRANSFER: usize = 128 * 1024;

/// The first byte chooses the medium; then come commands: the length of the block, the block, and how much
/// data goes along. The simulated drive must answer each, and be fit for the next.
pub(crate) fn run(bytes: &[u8]) {
    let Some((&kind, mut rest)) = bytes.split_first() else { return };
    let kind = MediumKind::ALL[usize::from(kind) % MediumKind::ALL.len()];
    let path = medium_path();
    let Ok(mut drive) = SimulatedDrive::create_with_capacity(&path, kind, CAPACITY) else {
        panic!("no medium could be made in {}", path.display());
    };
    let mut buffer = vec![0x5a; TRANSFER];
    while let Some((&[length, amount], after)) = rest.split_first_chunk::<2>() {
        let length = [6, 10, 12, 16][usize::from(length % 4)];
        let Some((block, after)) = after.split_at_checked(length) else { break };
        rest = after;
        let Some(cdb) = Cdb::new(block) else { break };
        let size = usize::from(amount >> 2) * 2048;
        let data = match amount % 4 {
            0 => Data::None,
            1 => Data::In(&mut buffer[..usize::from(amount)]),
            2 => Data::In(&mut buffer[..size]),
            _ => Data::Out(&buffer[..size]),
        };
        let offered = data.len();
        match drive.execute(&cdb, data, Duration::from_secs(1)) {
            Ok(moved) => assert!(moved <= offered, "{moved} bytes moved of {offered}"),
            Err(TransportError::CheckCondition(_)) => {}
            // What the caller got wrong, and what a real adapter would say of it.
            Err(_) => {}
        }
    }
    drop(drive);
    clear(&path);
}

/// A path of this run's own, in a folder of this process's own.
fn medium_path() -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for media"));
    folder.path().join(NEXT.fetch_add(1, Ordering::Relaxed).to_string())
}

fn clear(path: &std::path::Path) {
    let mut state = path.as_os_str().to_owned();
    state.push(".medium");
    for file in [path.as_os_str(), &state] {
        // A drive that was never written to may have left nothing.
        let _ = fs::remove_file(file);
    }
}
