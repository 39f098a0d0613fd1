//! An image on the network, read-only, by the protocol of network block devices (NBD): QEMU, nbd-client and nbdkit's tools
//! attach it as a disk.

mod conversation;
mod handshake;
mod request;
#[cfg(test)]
mod tests;

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use std::{io, thread};

use sector_io::ReadSectors;

use crate::{Control, Error, Result};

/// Connections at a time. More are closed as they come.
const MOST_CONNECTIONS: usize = 16;
/// How long a client may take to read what it asked for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the listener looks whether it shall stop.
const TICK: Duration = Duration::from_millis(20);
/// How often a connection that is silent looks whether it shall end.
const SILENCE: Duration = Duration::from_millis(100);

/// Something that can be read by sectors, as a network block device that nobody can write to.
///
/// It listens from the start; [`serve`](NbdServer::serve) answers.
#[derive(Debug)]
pub struct NbdServer {
    listener: TcpListener,
    address: SocketAddr,
}

impl NbdServer {
    /// Listens at `address`; port 0 lets the system choose one. There is no authentication: whoever reaches the address
    /// reads the image.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] when the address cannot be listened at.
    pub fn bind(address: SocketAddr) -> Result<NbdServer> {
        let listen = || {
            let listener = TcpListener::bind(address)?;
            // Accepting must not block, or it could not be stopped.
            listener.set_nonblocking(true)?;
            let address = listener.local_addr()?;
            Ok(NbdServer { listener, address })
        };
        listen().map_err(|error| not_listening(address, &error))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `nbd://ADDRESS:PORT`, as QEMU and libnbd take it.
    pub fn url(&self) -> String {
        format!("nbd://{}", self.address)
    }

    /// Serves the image, to several clients at once, until `control` is cancelled, which is the proper end. With `once` it
    /// also ends when a client has read and the last one has gone.
    ///
    /// What cannot be read is an error of the device to the client that asked, and nothing more.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] when the system takes no more connections at the address.
    pub fn serve(self, image: &dyn ReadSectors, once: bool, control: &Control) -> Result<()> {
        let (ending, open, served) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            let mut streams: Vec<TcpStream> = Vec::new();
            let result = loop {
                let is_over = once && open.load(Ordering::SeqCst) == 0 && served.load(Ordering::SeqCst) > 0;
                if control.cancel.is_cancelled() || is_over {
                    break Ok(());
                }
                match self.listener.accept() {
                    Ok(_) if open.load(Ordering::SeqCst) >= MOST_CONNECTIONS => {}
                    Ok((stream, _)) => {
                        let Ok(other) = prepare(&stream).and_then(|()| stream.try_clone()) else { continue };
                        streams.retain(|stream| stream.peer_addr().is_ok());
                        streams.push(other);
                        open.fetch_add(1, Ordering::SeqCst);
                        let (ending, open, served) = (&ending, &open, &served);
                        scope.spawn(move || {
                            match conversation::converse(&stream, image, ending) {
                                Ok(false) => {}
                                Ok(true) => drop(served.fetch_add(1, Ordering::SeqCst)),
                                Err(error) => tracing::debug!(%error, "a connection broke"),
                            }
                            // The other end may be gone.
                            drop(stream.shutdown(Shutdown::Both));
                            open.fetch_sub(1, Ordering::SeqCst);
                        });
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(TICK),
                    // The client was gone before it was accepted.
                    Err(error)
                        if matches!(
                            error.kind(),
                            io::ErrorKind::ConnectionAborted
                                | io::ErrorKind::ConnectionReset
                                | io::ErrorKind::Interrupted
                        ) => {}
                    Err(error) => break Err(not_listening(self.address, &error)),
                }
            };
            // Not every system ends a read when another thread shuts the stream.
            ending.store(true, Ordering::SeqCst);
            streams.iter().for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
            result
        })
    }
}

fn not_listening(address: SocketAddr, error: &io::Error) -> Error {
    Error::InvalidArgument { argument: address.to_string(), reason: error.to_string() }
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(PATIENCE))
}
