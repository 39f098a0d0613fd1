use sector_io::{ReadError, Sector};

/// Why a volume or directory cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No volume descriptors stand where those of the session should.
    #[error("no ISO 9660 volume descriptors at sector {sector}, for the session from sector {session}")]
    NoVolume {
        /// First sector of the session.
        session: Sector,
        /// Where the first volume descriptor would be.
        sector: Sector,
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
        /// Where it is.
        sector: Sector,
        /// The structure, with its clause.
        structure: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

impl Error {
    /// Sector of the trouble.
    #[must_use]
    pub fn sector(&self) -> Sector {
        match self {
            Error::NoVolume { sector, .. }
            | Error::Unsupported { sector, .. }
            | Error::Corrupt { sector, .. } => *sector,
            Error::Read(error) => error.sector(),
        }
    }

    /// The structure in question, with the clause that describes it.
    #[must_use]
    pub fn structure(&self) -> &'static str {
        match self {
            Error::NoVolume { .. } => "volume descriptor set (ECMA-119 6.7.1)",
            Error::Read(_) => "sectors",
            Error::Unsupported { structure, .. } | Error::Corrupt { structure, .. } => structure,
        }
    }
}
