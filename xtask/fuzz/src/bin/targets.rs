//! Tells `cargo xtask fuzz` which targets there are.
#![allow(clippy::print_stdout, reason = "its whole purpose")]

fn main() {
    for target in fuzz::TARGETS {
        println!("{}\t{}\t{}", target.name, target.longest, target.takes);
    }
}
