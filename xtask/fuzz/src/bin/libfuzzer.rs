//! libFuzzer's side: calls the target that the environment names.
#![no_main]
#![allow(missing_docs, clippy::expect_used, reason = "started by cargo xtask fuzz only")]

use std::sync::OnceLock;

use fuzz::Target;

static TARGET: OnceLock<&'static Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let name = std::env::var("FSIMAGE_FUZZ_TARGET").expect("FSIMAGE_FUZZ_TARGET names the target");
        let target = fuzz::target(&name).expect("a target of this name");
        TARGET.get_or_init(|| target);
    },
    |bytes: &[u8]| {
        if let Some(target) = TARGET.get() {
            (target.run)(bytes);
        }
    }
);
