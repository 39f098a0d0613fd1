//! The target on TCP: one thread for each connection, and the same drive behind all of them.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::LogicalUnit;
use super::login::SessionKind;
use super::pdu::{HEADER, Header};
use super::session::{Connection, Flow};

/// Connections at a time. More are closed as they come.
const MOST_CONNECTIONS: usize = 8;
/// How long a login may be silent, and an initiator may not read.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the listener looks whether it shall stop.
const TICK: Duration = Duration::from_millis(20);
/// How often a connection that is silent looks whether it shall end.
const SILENCE: Duration = Duration::from_millis(100);

/// An iSCSI target with one logical unit, number 0.
#[derive(Debug)]
pub struct Target<U> {
    listener: TcpListener,
    address: SocketAddr,
    name: String,
    unit: Arc<Mutex<U>>,
}

/// What the threads have in common.
struct Shared<U> {
    name: String,
    unit: Arc<Mutex<U>>,
    connections: AtomicUsize,
    /// Sessions for commands that have begun.
    sessions: AtomicUsize,
    /// All connections are to end.
    ending: AtomicBool,
}

impl<U: LogicalUnit + 'static> Target<U> {
    /// Listens at `address`; port 0 lets the system choose one. `name` is the target's IQN.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn bind(address: SocketAddr, name: impl Into<String>, unit: Arc<Mutex<U>>) -> io::Result<Target<U>> {
        let listener = TcpListener::bind(address)?;
        // Accepting must not block, or it could not be stopped.
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Target { listener, address, name: name.into(), unit })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `iscsi://ADDRESS:PORT/IQN/0`, as libiscsi and QEMU take it.
    pub fn url(&self) -> String {
        format!("iscsi://{}/{}/0", self.address, self.name)
    }

    /// Serves until `stop` says so, which is asked some fifty times a second. With `once` it also ends when at
    /// least one session for commands has been there and the last one has gone. Connections that are open at
    /// the end are closed.
    ///
    /// # Errors
    /// When no connection can be accepted any more.
    pub fn serve(self, once: bool, stop: impl Fn() -> bool) -> io::Result<()> {
        let shared = Arc::new(Shared {
            name: self.name,
            unit: self.unit,
            connections: AtomicUsize::new(0),
            sessions: AtomicUsize::new(0),
            ending: AtomicBool::new(false),
        });
        let mut open: Vec<(TcpStream, thread::JoinHandle<()>)> = Vec::new();
        let result = loop {
            if stop() {
                break Ok(());
            }
            open.retain(|(_, thread)| !thread.is_finished());
            if once && open.is_empty() && shared.sessions.load(Ordering::SeqCst) > 0 {
                break Ok(());
            }
            match self.listener.accept() {
                Ok((stream, _)) => match connect(stream, &shared) {
                    Ok(connection) => open.extend(connection),
                    Err(error) => tracing::debug!(%error, "a connection could not be taken"),
                },
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(TICK),
                // The peer was gone before it was accepted.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::ConnectionAborted
                            | io::ErrorKind::ConnectionReset
                            | io::ErrorKind::Interrupted
                    ) => {}
                Err(error) => break Err(error),
            }
        };
        // Not every system ends a read when another thread shuts the stream.
        shared.ending.store(true, Ordering::SeqCst);
        for (stream, thread) in open {
            let _ = stream.shutdown(Shutdown::Both);
            let _ = thread.join();
        }
        result
    }
}

/// Starts the thread of a connection; `None` if there are too many.
fn connect<U: LogicalUnit + 'static>(
    stream: TcpStream,
    shared: &Arc<Shared<U>>,
) -> io::Result<Option<(TcpStream, thread::JoinHandle<()>)>> {
    if shared.connections.load(Ordering::SeqCst) >= MOST_CONNECTIONS {
        return Ok(None);
    }
    stream.set_nonblocking(false)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let portal = stream.local_addr()?;
    let other = stream.try_clone()?;
    shared.connections.fetch_add(1, Ordering::SeqCst);
    let its = Arc::clone(shared);
    let thread = thread::Builder::new().name("iscsi".to_owned()).spawn(move || {
        if let Err(error) = converse(&stream, portal, &its) {
            tracing::debug!(%error, "a connection broke");
        }
        let _ = stream.shutdown(Shutdown::Both);
        its.connections.fetch_sub(1, Ordering::SeqCst);
    });
    match thread {
        Ok(thread) => Ok(Some((other, thread))),
        Err(error) => {
            shared.connections.fetch_sub(1, Ordering::SeqCst);
            Err(error)
        }
    }
}

/// What an initiator sends, until the target ends. Silence beyond [`PATIENCE`] is an error during a login only.
struct Incoming<'a> {
    stream: &'a TcpStream,
    ending: &'a AtomicBool,
    is_in_login: bool,
}

impl Read for Incoming<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let start = Instant::now();
        loop {
            match self.stream.read(into) {
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    if self.ending.load(Ordering::SeqCst) {
                        return Ok(0);
                    }
                    if self.is_in_login && start.elapsed() > PATIENCE {
                        return Err(error);
                    }
                }
                done => return done,
            }
        }
    }
}

fn converse<U: LogicalUnit>(
    mut stream: &TcpStream,
    portal: SocketAddr,
    shared: &Shared<U>,
) -> io::Result<()> {
    let mut connection = Connection::new(&shared.name, portal.to_string());
    let incoming = Incoming { stream, ending: &shared.ending, is_in_login: true };
    let mut input = io::BufReader::with_capacity(64 * 1024, incoming);
    let (mut rest, mut out) = (Vec::new(), Vec::new());
    loop {
        let mut bytes = [0; HEADER];
        match input.read_exact(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            result => result?,
        }
        let header = Header::from_bytes(bytes);
        if header.data_len() > connection.longest_data() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a PDU is longer than agreed"));
        }
        rest.resize(header.rest_len(), 0);
        input.read_exact(&mut rest)?;
        let data = &rest[header.additional()..][..header.data_len()];
        out.clear();
        let in_login = connection.kind().is_none();
        let flow = connection.receive(&header, data, &mut *lock(&shared.unit), &mut out);
        if in_login && let Some(kind) = connection.kind() {
            if kind == SessionKind::Normal {
                shared.sessions.fetch_add(1, Ordering::SeqCst);
            }
            // A session may be silent as long as it likes.
            input.get_mut().is_in_login = false;
        }
        stream.write_all(&out)?;
        if flow == Flow::Close {
            return Ok(());
        }
        // A large reply is no reason to keep its room.
        out.shrink_to(1 << 20);
    }
}

/// The drive, also behind a thread that panicked: its state is in its files.
fn lock<U>(unit: &Mutex<U>) -> MutexGuard<'_, U> {
    unit.lock().unwrap_or_else(PoisonError::into_inner)
}
