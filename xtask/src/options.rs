//! The few command-line forms that tasks need: `--flag`, `--name VALUE`, `--name=VALUE`, words, and what
//! stands behind `--`.

use std::str::FromStr;

use crate::Result;

/// Arguments not yet taken.
#[derive(Debug)]
pub(crate) struct Options {
    own: Vec<String>,
    rest: Vec<String>,
}

impl Options {
    pub(crate) fn from_environment() -> Self {
        Self::new(std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()))
    }

    pub(crate) fn new(arguments: impl Iterator<Item = String>) -> Self {
        let mut own: Vec<String> = arguments.collect();
        let rest = match own.iter().position(|argument| argument == "--") {
            Some(at) => own.split_off(at).split_off(1),
            None => Vec::new(),
        };
        Self { own, rest }
    }

    /// The next word that is no option, if it comes first.
    pub(crate) fn positional(&mut self) -> Option<String> {
        if self.own.first()?.starts_with("--") { None } else { Some(self.own.remove(0)) }
    }

    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.own.len();
        self.own.retain(|argument| argument != name);
        self.own.len() != before
    }

    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        Ok(self.values(name)?.pop())
    }

    /// Every value of an option that may be repeated; one value may hold several, joined by commas.
    pub(crate) fn values(&mut self, name: &str) -> Result<Vec<String>> {
        let mut values = Vec::new();
        let mut own = Vec::new();
        let mut arguments = std::mem::take(&mut self.own).into_iter();
        while let Some(argument) = arguments.next() {
            let value = match argument.strip_prefix(name) {
                Some("") => arguments.next().ok_or_else(|| format!("{name} needs a value"))?,
                Some(value) if value.starts_with('=') => value.trim_start_matches('=').to_owned(),
                _ => {
                    own.push(argument);
                    continue;
                }
            };
            values.extend(value.split(',').map(str::to_owned));
        }
        self.own = own;
        Ok(values)
    }

    pub(crate) fn parsed<T: FromStr>(&mut self, name: &str) -> Result<Option<T>> {
        match self.value(name)? {
            Some(text) => Ok(Some(text.parse().map_err(|_| format!("{name}: {text} is not a number"))?)),
            None => Ok(None),
        }
    }

    /// What stands behind `--`.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        std::mem::take(&mut self.rest)
    }

    /// Refuses what no one took.
    pub(crate) fn finish(self) -> Result {
        match self.own.first().or(self.rest.first()) {
            Some(argument) => Err(format!("unknown argument: {argument}").into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str) -> Options {
        Options::new(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn forms() {
        let mut options = options("bench --write --case a,b --case=c --rounds 3 -- x --y");
        assert_eq!(options.positional().as_deref(), Some("bench"));
        assert_eq!(options.positional(), None);
        assert!(options.flag("--write"));
        assert_eq!(options.values("--case").unwrap(), ["a", "b", "c"]);
        assert_eq!(options.parsed::<u32>("--rounds").unwrap(), Some(3));
        assert_eq!(options.rest(), ["x", "--y"]);
        options.finish().unwrap();
    }

    #[test]
    fn refusals() {
        assert!(options("--rounds").value("--rounds").is_err());
        assert!(options("--rounds many").parsed::<u32>("--rounds").is_err());
        assert!(options("--else").finish().is_err());
    }
}
