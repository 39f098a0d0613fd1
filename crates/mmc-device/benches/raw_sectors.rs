//! Encoding of raw CD sectors.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fsimage_mmc_device::cd::{Msf, RAW_BYTES, SectorType, correct, scramble};

fn sectors(c: &mut Criterion) {
    let mut group = c.benchmark_group("raw_sectors");
    group.throughput(Throughput::Bytes(RAW_BYTES as u64));
    let user: Vec<u8> = (0..RAW_BYTES).map(|n| ((n * n) >> 3) as u8).collect();
    let address = Msf::default();
    for (name, kind) in [
        ("mode_1", SectorType::Mode1),
        ("mode_2_form_1", SectorType::Mode2Form1),
        ("mode_2_form_2", SectorType::Mode2Form2),
    ] {
        let user = &user[..kind.user_bytes()];
        let mut raw = [0; RAW_BYTES];
        group.bench_function(name, |bencher| {
            bencher.iter(|| kind.encode(address, black_box(user), black_box(&mut raw)));
        });
    }
    let mut raw = [0; RAW_BYTES];
    let _ = SectorType::Mode1.encode(address, &user[..2048], &mut raw);
    scramble(&mut raw);
    group.bench_function("correct_a_whole_sector", |bencher| bencher.iter(|| correct(black_box(&mut raw))));
    group.finish();
}

criterion_group!(benches, sectors);
criterion_main!(benches);
