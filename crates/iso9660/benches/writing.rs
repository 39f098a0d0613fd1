//! Naming and laying out large directories.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use fsimage_iso9660::directory::DirectoryRecord;
use fsimage_iso9660::layout::DirectoryWriter;
use fsimage_iso9660::names::{InterchangeLevel, NameRules, SourceName, Standing, record_names};
use fsimage_iso9660::rock_ridge::{PosixAttributes, nm};
use fsimage_iso9660::{EncodeError, LogicalBlock};

fn names(c: &mut Criterion) {
    let mut group = c.benchmark_group("record_names");
    group.sample_size(10);
    let level_one = NameRules { level: InterchangeLevel::One, ..NameRules::default() };
    let cases = [
        ("common_prefix", 20_000, "a long name with a common prefix "),
        ("distinct", 1_000_000, "f"),
        ("million_with_common_prefix", 1_000_000, "photograph_"),
    ];
    for (case, count, prefix) in cases {
        let names: Vec<String> = (0..count).map(|number| format!("{prefix}{number}")).collect();
        let names: Vec<_> = names
            .iter()
            .map(|name| SourceName { name: name.as_bytes(), is_directory: false, standing: Standing::New })
            .collect();
        group.throughput(Throughput::Elements(count));
        let rules = if case == "distinct" { NameRules::default() } else { level_one };
        group.bench_function(case, |bencher| bencher.iter(|| record_names(&rules, black_box(&names))));
    }
    group.finish();
}

fn layout(c: &mut Criterion) {
    let mut group = c.benchmark_group("directory_writer");
    let count = 100_000;
    for (case, length) in [("short_names", 12), ("long_names", 240)] {
        let entries: Vec<Vec<u8>> = (0..count)
            .map(|number| {
                let mut out = Vec::new();
                PosixAttributes { mode: 0o100_644, links: 1, serial: Some(number), ..Default::default() }
                    .encode(&mut out);
                nm::encode(format!("{number:0length$}").as_bytes(), &mut out);
                out
            })
            .collect();
        group.throughput(Throughput::Elements(u64::from(count)));
        group.bench_function(case, |bencher| {
            bencher.iter_batched_ref(
                DirectoryWriter::new,
                |writer| {
                    writer.begin(LogicalBlock::new(100));
                    for entries in &entries {
                        let record = DirectoryRecord { identifier: b"ABCDEFGH.TXT;1", ..Default::default() };
                        writer.push(&record, entries)?;
                    }
                    black_box(writer.finish());
                    Ok::<_, EncodeError>(())
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, names, layout);
criterion_main!(benches);
