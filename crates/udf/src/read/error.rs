use sector_io::{ReadError, Sector};

/// Why a volume, directory or file cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No anchor volume descriptor pointer with a volume behind it.
    #[error("no UDF volume for the session from sector {session}: {detail}")]
    NoVolume {
        /// First sector of the session.
        session: Sector,
        /// What was found instead.
        detail: String,
    },
    /// The sectors cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A format that is known, but not read.
    #[error("{what}, in sector {sector}, is not supported")]
    Unsupported {
        /// Where it is stated.
        sector: Sector,
        /// The structure that states it, with its clause.
        structure: &'static str,
        /// What is not supported.
        what: String,
    },
    /// A structure without which nothing can be read is damaged.
    #[error("sector {sector}: {detail} ({structure})")]
    Corrupt {
        /// Where it is, in units of 2048 bytes.
        sector: Sector,
        /// The structure, with its clause.
        structure: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

impl Error {
    /// Sector of the trouble, in units of 2048 bytes.
    #[must_use]
    pub fn sector(&self) -> Sector {
        match self {
            Error::NoVolume { session, .. } => *session,
            Error::Unsupported { sector, .. } | Error::Corrupt { sector, .. } => *sector,
            Error::Read(error) => error.sector(),
        }
    }

    /// The structure in question, with the clause that describes it.
    #[must_use]
    pub fn structure(&self) -> &'static str {
        match self {
            Error::NoVolume { .. } => "anchor volume descriptor pointer (ECMA-167 3/10.2)",
            Error::Read(_) => "sectors",
            Error::Unsupported { structure, .. } | Error::Corrupt { structure, .. } => structure,
        }
    }
}
