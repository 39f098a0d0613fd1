//! What is served over TCP: one thread for each connection, until someone says that it is enough.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

/// How long the other end may take for its greeting, and to read what it asked for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the listener looks whether it shall stop.
const TICK: Duration = Duration::from_millis(20);
/// How often a connection that is silent looks whether it shall end.
const SILENCE: Duration = Duration::from_millis(100);

/// Listens at an address.
#[derive(Debug)]
pub struct TcpServer {
    listener: TcpListener,
    address: SocketAddr,
}

/// One connection, in its thread. Reads end as if the other end had gone when the server ends, and with
/// [`ErrorKind::TimedOut`] when the greeting takes more than 30 seconds.
#[derive(Debug)]
pub struct Connected<'a> {
    stream: &'a TcpStream,
    ending: &'a AtomicBool,
    used: &'a AtomicBool,
    greeting_ends: Option<Instant>,
}

impl TcpServer {
    /// Listens at `address`; port 0 lets the system choose one.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn bind(address: SocketAddr) -> io::Result<TcpServer> {
        let listener = TcpListener::bind(address)?;
        // Accepting must not block, or it could not be stopped.
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(TcpServer { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has `converse` talk to each that connects, to `most` of them at a time and no more, until `stop` says so, which is
    /// asked some fifty times a second. With `once` it also ends when one of them was [counted](Connected::count) and the
    /// last one has gone. Connections that are open at the end are closed.
    ///
    /// # Errors
    /// When no connection can be accepted any more.
    pub fn serve(
        self,
        most: usize,
        once: bool,
        stop: impl Fn() -> bool,
        converse: impl Fn(Connected<'_>) -> io::Result<()> + Sync,
    ) -> io::Result<()> {
        let (ending, used) = (AtomicBool::new(false), AtomicBool::new(false));
        let converse = |stream: TcpStream| {
            let greeting_ends = Some(Instant::now() + PATIENCE);
            let connected = Connected { stream: &stream, ending: &ending, used: &used, greeting_ends };
            if let Err(error) = converse(connected) {
                crate::trace::event!(debug, %error, "a connection broke");
            }
            // The other end may be gone.
            drop(stream.shutdown(Shutdown::Both));
        };
        thread::scope(|scope| {
            let mut open: Vec<(TcpStream, ScopedJoinHandle<'_, ()>)> = Vec::new();
            let result = loop {
                while let Some(at) = open.iter().position(|(_, thread)| thread.is_finished()) {
                    // One that panicked has said so.
                    drop(open.swap_remove(at).1.join());
                }
                if stop() || once && open.is_empty() && used.load(Ordering::SeqCst) {
                    break Ok(());
                }
                match self.listener.accept() {
                    Ok(_) if open.len() >= most => {}
                    Ok((stream, _)) => {
                        let begun = prepare(&stream).and_then(|other| {
                            let converse = &converse;
                            let thread =
                                thread::Builder::new().spawn_scoped(scope, move || converse(stream))?;
                            Ok((other, thread))
                        });
                        match begun {
                            Ok(connection) => open.push(connection),
                            Err(error) => {
                                crate::trace::event!(debug, %error, "a connection could not be taken")
                            }
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(TICK),
                    // The other end was gone before it was accepted.
                    Err(error)
                        if matches!(
                            error.kind(),
                            ErrorKind::ConnectionAborted
                                | ErrorKind::ConnectionReset
                                | ErrorKind::Interrupted
                        ) => {}
                    Err(error) => break Err(error),
                }
            };
            // Not every system ends a read when another thread shuts the stream.
            ending.store(true, Ordering::SeqCst);
            for (stream, thread) in open {
                drop(stream.shutdown(Shutdown::Both));
                drop(thread.join());
            }
            result
        })
    }
}

/// The stream once more, for the one who may have to shut it.
fn prepare(stream: &TcpStream) -> io::Result<TcpStream> {
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.try_clone()
}

impl Connected<'_> {
    /// The address at which the other end reached this one.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }

    /// The greeting is over: from now on the other end may be silent as long as it likes.
    pub const fn greeted(&mut self) {
        self.greeting_ends = None;
    }

    /// The other end uses what is served: a server that serves once may end behind it.
    pub fn count(&self) {
        self.used.store(true, Ordering::SeqCst);
    }
}

impl Read for Connected<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.ending.load(Ordering::SeqCst) {
                return Ok(0);
            }
            match self.stream.read(into) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if self.greeting_ends.is_some_and(|end| Instant::now() >= end) {
                        return Err(ErrorKind::TimedOut.into());
                    }
                }
                read => return read,
            }
        }
    }
}

impl Write for Connected<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
