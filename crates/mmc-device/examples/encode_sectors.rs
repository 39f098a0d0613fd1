//! Encodes raw sectors of a CD and throws them away, to measure how fast that is: `encode_sectors KIND SECTORS`, the kind
//! being `mode1`, `mode2-form1` or `mode2-form2`.

use std::error::Error;
use std::hint::black_box;

use fsimage_mmc_device::cd::{Msf, RAW_BYTES, SectorType};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, sectors] = &arguments[..] else { return Err("encode_sectors KIND SECTORS".into()) };
    let kind = match kind.as_str() {
        "mode1" => SectorType::Mode1,
        "mode2-form1" => SectorType::Mode2Form1,
        "mode2-form2" => SectorType::Mode2Form2,
        _ => return Err("a kind of sector is mode1, mode2-form1 or mode2-form2".into()),
    };
    let user: Vec<u8> = (0..kind.user_bytes()).map(|at| ((at * at) >> 3) as u8).collect();
    let mut raw = [0; RAW_BYTES];
    for _ in 0..sectors.parse::<u64>()? {
        kind.encode(Msf::default(), black_box(&user), black_box(&mut raw))?;
    }
    Ok(())
}
