use iso9660::system_area::Guid;

/// Why a project is not exported, or a folder not imported as one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectProblem {
    /// The folder is no project, or lacks one of its files.
    #[error("{file} is not there, or no plain file; is it the folder of an exported project, and complete?")]
    Missing {
        /// Name of the file in the folder.
        file: &'static str,
    },
    /// A file is not what was exported.
    #[error("{file} is damaged: {detail}; export the project again")]
    Damaged {
        /// Name of the file in the folder.
        file: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The manifest has a newer form.
    #[error(
        "its manifest has version {version}, and {newest} is the newest that is known here: take a newer release"
    )]
    NewerVersion {
        /// Version of the manifest, as it is written there.
        version: String,
        /// The newest that is known.
        newest: u32,
    },
    /// A content is a file of the host outside the folder, and that was not allowed.
    #[error(
        "it refers to {path} outside its folder: allow references, if the project is from somebody you trust"
    )]
    Reference {
        /// Path on the host.
        path: String,
    },
    /// Another project has the identity.
    #[error("its identity {id} is in use: import it with a new one")]
    IdentityInUse {
        /// The identity.
        id: Guid,
    },
    /// The folder that is to be made is there, and holds something.
    #[error("there is something in the folder already: name another, or empty it")]
    TargetInUse,
    /// Something that a project does not hold.
    #[error("{what} is not held by a project: {instead}")]
    NotKept {
        /// What it is.
        what: &'static str,
        /// What to do.
        instead: &'static str,
    },
}
