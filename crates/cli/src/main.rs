//! The `fsimage` command.
fn main() {}
