use super::*;

#[test]
fn volumes_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Volume<sector_io::MemorySectors>>();
}
