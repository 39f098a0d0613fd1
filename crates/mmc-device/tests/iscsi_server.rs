//! The target on real sockets: it ends when told to, survives garbage, and keeps what was written.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fsimage_mmc_device::iscsi::Target;
use fsimage_mmc_device::iscsi::pdu::{HEADER, Header, LoginResponse, LogoutResponse, ScsiResponse};
use fsimage_mmc_device::simulated::{MediumKind, SimulatedDrive};

const NAME: &str = "iqn.2026-01.invalid:target";

struct Served {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

fn serve(once: bool) -> (Served, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let drive = SimulatedDrive::create(folder.path().join("disc"), MediumKind::DvdPlusRw).unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let target = Target::bind(any, NAME, Arc::new(Mutex::new(drive))).unwrap();
    let address = target.address();
    assert_eq!(target.url(), format!("iscsi://{address}/{NAME}/0"));
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let thread = thread::spawn(move || target.serve(once, || flag.load(Ordering::SeqCst)).unwrap());
    (Served { address, stop, thread }, folder)
}

impl Served {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    fn end(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap();
    }
}

fn send(stream: &mut TcpStream, mut bytes: [u8; HEADER], data: &[u8]) {
    bytes[5..8].copy_from_slice(&(data.len() as u32).to_be_bytes()[1..]);
    let mut wire = bytes.to_vec();
    wire.extend_from_slice(data);
    wire.resize(wire.len().next_multiple_of(4), 0);
    stream.write_all(&wire).unwrap();
}

fn receive(stream: &mut TcpStream) -> (Header, Vec<u8>) {
    let mut bytes = [0; HEADER];
    stream.read_exact(&mut bytes).unwrap();
    let header = Header::parse(&bytes).unwrap();
    let mut rest = vec![0; header.rest_len()];
    stream.read_exact(&mut rest).unwrap();
    rest.truncate(header.data_len());
    (header, rest)
}

fn log_in(stream: &mut TcpStream) {
    let mut login = [0; HEADER];
    (login[0], login[1]) = (0x43, 0x87);
    send(stream, login, format!("InitiatorName=iqn.x\0TargetName={NAME}\0").as_bytes());
    let response = LoginResponse::parse(&receive(stream).0).unwrap();
    assert_eq!(response.status, 0);
}

/// TEST UNIT READY; the status.
fn test_unit_ready(stream: &mut TcpStream, number: u8) -> u8 {
    let mut command = [0; HEADER];
    (command[0], command[1], command[19], command[27]) = (0x01, 0x80, number, number);
    send(stream, command, &[]);
    ScsiResponse::parse(&receive(stream).0).status
}

fn log_out(stream: &mut TcpStream) {
    let mut logout = [0; HEADER];
    (logout[0], logout[1], logout[19]) = (0x46, 0x80, 9);
    send(stream, logout, &[]);
    assert_eq!(LogoutResponse::parse(&receive(stream).0).response, 0);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn sessions_share_the_drive_and_the_end_closes_them() {
    let (served, _folder) = serve(false);
    let mut first = served.connect();
    log_in(&mut first);
    // The drive was switched on, and has a medium that is not formatted but ready.
    assert_eq!(test_unit_ready(&mut first, 0), 2);
    assert_eq!(test_unit_ready(&mut first, 1), 0);
    let mut second = served.connect();
    log_in(&mut second);
    assert_eq!(test_unit_ready(&mut second, 0), 0);
    log_out(&mut second);
    served.end();
    assert_eq!(first.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn once_ends_with_the_last_session() {
    let (served, _folder) = serve(true);
    // Who only knocks is no session.
    drop(served.connect());
    thread::sleep(Duration::from_millis(100));
    assert!(!served.thread.is_finished());
    let mut stream = served.connect();
    log_in(&mut stream);
    log_out(&mut stream);
    served.thread.join().unwrap();
}

#[test]
fn garbage_and_crowds_are_turned_away() {
    let (served, _folder) = serve(false);
    let mut hostile = served.connect();
    hostile.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: not an initiator\r\n\r\n").unwrap();
    assert_eq!(hostile.read(&mut [0]).unwrap_or(0), 0);
    // A data segment of 16 MiB before the login.
    let mut hostile = served.connect();
    let mut login = [0; HEADER];
    (login[0], login[1]) = (0x43, 0x87);
    login[5..8].copy_from_slice(&[0xFF; 3]);
    hostile.write_all(&login).unwrap();
    assert_eq!(hostile.read(&mut [0]).unwrap_or(0), 0);
    // More connections than there is room for: the last ones are closed, and there is room again later.
    let mut crowd: Vec<TcpStream> = (0..9).map(|_| served.connect()).collect();
    assert_eq!(crowd[8].read(&mut [0]).unwrap_or(0), 0);
    crowd.clear();
    thread::sleep(Duration::from_millis(200));
    let mut stream = served.connect();
    log_in(&mut stream);
    served.end();
}
