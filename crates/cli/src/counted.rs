//! Counts of things, in words.

/// A count and what is counted: `one` is the word for one of these.
pub(crate) fn counted(count: impl TryInto<u64>, one: &str) -> String {
    // Whatever has no place in 64 bits is more than one.
    match (count.try_into().unwrap_or(u64::MAX), one.strip_suffix('y')) {
        (1, _) => format!("1 {one}"),
        (count, Some(stem)) => format!("{count} {stem}ies"),
        (count, None) => format!("{count} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_told_as_one() {
        assert_eq!([0, 1, 2].map(|count: u64| counted(count, "item")), ["0 items", "1 item", "2 items"]);
        assert_eq!([1, 2].map(|count: usize| counted(count, "directory")), ["1 directory", "2 directories"]);
    }
}
