//! Running programs.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;

/// A command line that fails with its own text in the message.
#[derive(Debug)]
pub(crate) struct Cmd {
    command: Command,
}

impl Cmd {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command }
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(
        mut self,
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.command.envs(variables);
        self
    }

    pub(crate) fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// The command line as one would type it.
    pub(crate) fn text(&self) -> String {
        let mut text = Path::new(self.command.get_program())
            .file_name()
            .unwrap_or_else(|| self.command.get_program())
            .to_string_lossy()
            .into_owned();
        for argument in self.command.get_args() {
            text.push(' ');
            text.push_str(&argument.to_string_lossy());
        }
        text
    }

    /// Runs it; what it prints is shown.
    pub(crate) fn run(mut self) -> Result {
        let status = self.command.status().map_err(|error| format!("{}: {error}", self.text()))?;
        if status.success() { Ok(()) } else { Err(format!("{}: {status}", self.text()).into()) }
    }

    /// Runs it; what it prints goes to a file.
    pub(crate) fn run_into(mut self, log: &Path) -> Result {
        let file = File::create(log)?;
        self.command.stdout(file.try_clone()?).stderr(file);
        self.run()
    }

    /// Runs it and takes its standard output.
    pub(crate) fn read(mut self) -> Result<String> {
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("{}: {error}", self.text()))?;
        if !output.status.success() {
            return Err(format!("{}: {}", self.text(), output.status).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it, prints its standard output and shows each line of that to `seen`; gives whether it ended well.
    pub(crate) fn tee(mut self, mut seen: impl FnMut(&str)) -> Result<bool> {
        let text = self.text();
        let mut child =
            self.command.stdout(Stdio::piped()).spawn().map_err(|error| format!("{text}: {error}"))?;
        if let Some(stdout) = child.stdout.take() {
            let mut own = std::io::stdout().lock();
            for line in BufReader::new(stdout).split(b'\n') {
                let line = line?;
                seen(&String::from_utf8_lossy(&line));
                own.write_all(&line)?;
                own.write_all(b"\n")?;
                own.flush()?;
            }
        }
        Ok(child.wait()?.success())
    }
}

/// Runs an administrator's command: directly as root, else through sudo without a password.
pub(crate) fn as_root(program: &str) -> Cmd {
    if peers::running_as_root() {
        Cmd::new(program)
    } else {
        Cmd::new("sudo").args(["-n", "--preserve-env=DEBIAN_FRONTEND", program].map(OsString::from))
    }
}
