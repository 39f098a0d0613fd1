use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use sector_io::{MemorySectors, ReadError, ReadSectors, SECTOR_SIZE, Sector, SectorCount};

use super::NbdServer;
use crate::Control;

/// Three sectors, of which the last cannot be read.
struct Damaged(MemorySectors);

impl ReadSectors for Damaged {
    fn sectors(&self) -> SectorCount {
        self.0.sectors()
    }

    fn read_sectors(&self, start: Sector, into: &mut [u8]) -> Result<(), ReadError> {
        if start.byte_offset() + into.len() as u64 > 2 * SECTOR_SIZE as u64 {
            return Err(ReadError::Io { start, source: std::io::Error::other("scratched") });
        }
        self.0.read_sectors(start, into)
    }
}

/// What the server answers to all these bytes, behind its greeting, until it or they end. Of what it ends before, nothing
/// may be left to read, or its last answers get lost.
fn answers(sent: &[&[u8]]) -> Vec<u8> {
    let bytes: Vec<u8> = (0..3 * SECTOR_SIZE).map(|at| (at / 16) as u8).collect();
    let image = Damaged(MemorySectors::new(bytes));
    let control = Control::default();
    let server = NbdServer::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| server.serve(&image, false, &control).unwrap());
        // The server may have said all it has to say before it has heard all.
        drop(stream.write_all(&sent.concat()));
        drop(stream.shutdown(std::net::Shutdown::Write));
        let mut answers = Vec::new();
        drop(stream.read_to_end(&mut answers));
        control.cancel.cancel();
        assert!(answers.starts_with(b"NBDMAGICIHAVEOPT\x00\x03"));
        answers.split_off(18)
    })
}

const FLAGS: &[u8] = &[0, 0, 0, 3];
const EXPORT: &[u8] = b"IHAVEOPT\x00\x00\x00\x01\x00\x00\x00\x00";

fn request(command: u8, offset: u64, len: u32) -> Vec<u8> {
    let mut request = b"\x25\x60\x95\x13\x00\x00\x00".to_vec();
    request.push(command);
    request.extend(*b"COOKIE__");
    request.extend(offset.to_be_bytes());
    request.extend(len.to_be_bytes());
    request
}

#[test]
fn reads_anywhere_and_writes_nowhere() {
    let answered = answers(&[
        FLAGS,
        EXPORT,
        &request(0, 30, 4),
        &request(0, 2 * SECTOR_SIZE as u64 - 1, 2),
        &request(0, 3 * SECTOR_SIZE as u64 - 1, 2),
        &request(0, u64::MAX, 2),
        &request(1, 0, 3),
        b"abc",
        &request(3, 0, 0),
        &request(9, 0, 0),
        &request(2, 0, 0),
    ]);
    let mut expected = 3u64.wrapping_mul(SECTOR_SIZE as u64).to_be_bytes().to_vec();
    expected.extend([0x01, 0x03]);
    let errors = [(0, &[1, 1, 2, 2][..]), (5, &[]), (22, &[]), (22, &[]), (1, &[]), (0, &[]), (22, &[])];
    for (error, data) in errors {
        expected.extend([0x67, 0x44, 0x66, 0x98, 0, 0, 0, error]);
        expected.extend(b"COOKIE__");
        expected.extend(data);
    }
    assert_eq!(answered, expected);
}

#[test]
fn what_is_no_negotiation_ends() {
    let too_long = b"IHAVEOPT\x00\x00\x00\x07\x00\x01\x00\x00";
    let answered =
        answers(&[FLAGS, too_long, &[0; 0x1_0000], b"IHAVEOPT\x00\x00\x00\x63\x00\x00\x00\x00", b"HELO"]);
    let error = |answer: &[u8]| u32::from_be_bytes(answer[12..16].try_into().unwrap());
    assert_eq!(answered.len(), 40);
    assert_eq!((error(&answered), error(&answered[20..])), (0x8000_0009, 0x8000_0001));
    assert_eq!(answers(&[FLAGS, b"GET / HTTP/1.1\r\n"]), b"");
    let other = b"IHAVEOPT\x00\x00\x00\x01\x00\x00\x00\x05other";
    assert_eq!(answers(&[FLAGS, other]), b"");
}
