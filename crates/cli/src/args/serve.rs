use std::net::SocketAddr;

use clap::Args as ClapArgs;

use super::{Authoring, PresetName};

/// `fsimage serve`
#[derive(Clone, Debug, ClapArgs)]
pub struct ServeImage {
    #[allow(missing_docs)]
    #[command(flatten)]
    pub authoring: Authoring,

    /// Start from what a certain reader wants, and check that it will find it
    #[arg(long, value_enum, value_name = "NAME")]
    pub preset: Option<PresetName>,

    /// Where to listen. Port 0: the system chooses one. There is no authentication: with another address than
    /// a loopback one, whoever reaches it reads the image
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:10809")]
    pub listen: SocketAddr,

    /// End when the last client has gone
    #[arg(long)]
    pub once: bool,
}
