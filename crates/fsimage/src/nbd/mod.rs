//! An image on the network, read-only, by the protocol of network block devices (NBD): QEMU, nbd-client and nbdkit's tools
//! attach it as a disk.

mod conversation;
mod handshake;
mod request;
#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;

use mmc_device::TcpServer;
use sector_io::ReadSectors;

use crate::{Control, Error, Result};

/// Connections at a time. More are closed as they come.
const MOST_CONNECTIONS: usize = 16;

/// Something that can be read by sectors, as a network block device that nobody can write to.
///
/// It listens from the start; [`serve`](NbdServer::serve) answers.
#[derive(Debug)]
pub struct NbdServer(TcpServer);

impl NbdServer {
    /// Listens at `address`; port 0 lets the system choose one. There is no authentication: whoever reaches the address
    /// reads the image.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] when the address cannot be listened at.
    pub fn bind(address: SocketAddr) -> Result<NbdServer> {
        TcpServer::bind(address).map(NbdServer).map_err(|error| not_listening(address, &error))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// `nbd://ADDRESS:PORT`, as QEMU and libnbd take it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nbd://{}", self.address())
    }

    /// Serves the image, to several clients at once, until `control` is cancelled, which is the proper end. With `once` it
    /// also ends when a client has read and the last one has gone.
    ///
    /// What cannot be read is an error of the device to the client that asked, and nothing more.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] when the system takes no more connections at the address.
    pub fn serve(self, image: &dyn ReadSectors, once: bool, control: &Control) -> Result<()> {
        let address = self.address();
        let stop = || control.cancel.is_cancelled();
        let served =
            self.0.serve(MOST_CONNECTIONS, once, stop, |client| conversation::converse(client, image));
        served.map_err(|error| not_listening(address, &error))
    }
}

fn not_listening(address: SocketAddr, error: &io::Error) -> Error {
    Error::InvalidArgument { argument: address.to_string(), reason: error.to_string() }
}
