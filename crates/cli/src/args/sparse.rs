use clap::{Args, ValueEnum};

/// Whether holes of files are stored.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Sparse files, with rock-ridge in --fs")]
pub struct SparseArgs {
    /// Leave out the holes of the host's files where that saves sectors. FORM is sf: entries of Rock Ridge tell where the
    /// holes are (RRIP 1.12, 4.1.7). Only fsimage and Aaru are known to read them; Linux and nearly all other systems show
    /// such a file as it is stored, with the tables of its holes [default: holes are recorded as zeros]
    #[arg(long, value_name = "FORM")]
    pub sparse_files: Option<SparseForm>,
}

/// The value of `--sparse-files`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SparseForm {
    /// By SF entries.
    Sf,
}
