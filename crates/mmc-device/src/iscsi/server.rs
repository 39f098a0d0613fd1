//! The target on TCP: one thread for each connection, and the same drive behind all of them.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::LogicalUnit;
use super::login::SessionKind;
use super::pdu::{HEADER, Header};
use super::session::{Connection, Flow};
use crate::tcp::{Connected, TcpServer};

/// Connections at a time. More are closed as they come.
const MOST_CONNECTIONS: usize = 8;

/// An iSCSI target with one logical unit, number 0.
#[derive(Debug)]
pub struct Target<U> {
    server: TcpServer,
    name: String,
    unit: Arc<Mutex<U>>,
}

impl<U: LogicalUnit> Target<U> {
    /// Listens at `address`; port 0 lets the system choose one. `name` is the target's IQN.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn bind(address: SocketAddr, name: impl Into<String>, unit: Arc<Mutex<U>>) -> io::Result<Target<U>> {
        Ok(Target { server: TcpServer::bind(address)?, name: name.into(), unit })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// `iscsi://ADDRESS:PORT/IQN/0`, as libiscsi and QEMU take it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("iscsi://{}/{}/0", self.address(), self.name)
    }

    /// Serves until `stop` says so, which is asked some fifty times a second. With `once` it also ends when at
    /// least one session for commands has been there and the last one has gone. Connections that are open at
    /// the end are closed.
    ///
    /// # Errors
    /// When no connection can be accepted any more.
    pub fn serve(self, once: bool, stop: impl Fn() -> bool) -> io::Result<()> {
        let Target { server, name, unit } = self;
        server.serve(MOST_CONNECTIONS, once, stop, |initiator| converse(initiator, &name, &unit))
    }
}

fn converse<U: LogicalUnit>(initiator: Connected<'_>, name: &str, unit: &Mutex<U>) -> io::Result<()> {
    let mut connection = Connection::new(name, initiator.local_address()?.to_string());
    let mut input = io::BufReader::with_capacity(64 * 1024, initiator);
    let (mut rest, mut out) = (Vec::new(), Vec::new());
    loop {
        let mut bytes = [0; HEADER];
        match input.read_exact(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            result => result?,
        }
        let header = Header::parse(&bytes).ok_or(io::ErrorKind::UnexpectedEof)?;
        if header.data_len() > connection.longest_data() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a PDU is longer than agreed"));
        }
        rest.resize(header.rest_len(), 0);
        input.read_exact(&mut rest)?;
        let data = &rest[header.additional()..][..header.data_len()];
        out.clear();
        let in_login = connection.kind().is_none();
        // The drive, also behind a thread that panicked: its state is in its files.
        let mut drive = unit.lock().unwrap_or_else(PoisonError::into_inner);
        let flow = connection.receive(&header, data, &mut *drive, &mut out);
        drop(drive);
        let initiator = input.get_mut();
        if in_login && let Some(kind) = connection.kind() {
            if kind == SessionKind::Normal {
                initiator.count();
            }
            initiator.greeted();
        }
        initiator.write_all(&out)?;
        if flow == Flow::Close {
            return Ok(());
        }
        // A large reply is no reason to keep its room.
        out.shrink_to(1 << 20);
    }
}
