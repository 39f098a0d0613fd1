use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use byteorder::{BigEndian, ByteOrder};
use sector_io::{ReadSectors, read_bytes};

use super::handshake::{self, LONGEST_OPTION, LONGEST_REQUEST, OptionKind, ReplyKind};
use super::request::{self, Command, Refusal, Request};

/// How long a client may take for its part of the negotiation.
const NEGOTIATION: Duration = Duration::from_secs(30);

/// Options that a client may send before it comes to its requests.
const MOST_OPTIONS: usize = 64;

/// Bytes of a write that are thrown away at a time.
const PIECE: usize = 64 << 10;

/// Talks to one client until it goes, or all are to. Whether it came as far as requests.
pub(super) fn converse(stream: &TcpStream, image: &dyn ReadSectors, ending: &AtomicBool) -> io::Result<bool> {
    let mut client = Client { stream, ending, until: Some(Instant::now() + NEGOTIATION) };
    let len = image.sectors().bytes();
    if !negotiate(&mut client, len)? {
        return Ok(false);
    }
    client.until = None;
    let mut buffer = Vec::new();
    loop {
        let mut bytes = [0; Request::LEN];
        match client.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(true),
            read => read?,
        }
        let (_, request) = Request::parse(&bytes).map_err(|_| ErrorKind::InvalidData)?;
        if request.command == Command::DISCONNECT {
            return Ok(true);
        }
        buffer.clear();
        let refusal = carry_out(&request, image, len, &mut client, &mut buffer)?;
        client.write_all(&request::reply(request.cookie, refusal))?;
        client.write_all(&buffer)?;
    }
}

/// Whether the client goes on to requests.
fn negotiate(client: &mut Client<'_>, len: u64) -> io::Result<bool> {
    client.write_all(&handshake::greeting())?;
    let mut flags = [0; 4];
    client.read_exact(&mut flags)?;
    let wants_zeroes = BigEndian::read_u32(&flags) & handshake::NO_ZEROES == 0;
    for _ in 0..MOST_OPTIONS {
        let mut bytes = [0; handshake::OPTION_LEN];
        client.read_exact(&mut bytes)?;
        let (_, (option, data_len)) = handshake::option(&bytes).map_err(|_| ErrorKind::InvalidData)?;
        if data_len > LONGEST_OPTION {
            client.skip(data_len)?;
            client.answer(option, ReplyKind::TOO_BIG, &[])?;
            continue;
        }
        let mut data = vec![0; data_len as usize];
        client.read_exact(&mut data)?;
        match option {
            OptionKind::EXPORT_NAME => {
                // There is no other answer to a name that is not known.
                if !data.is_empty() {
                    return Ok(false);
                }
                client.write_all(&handshake::export(len))?;
                client.write_all(if wants_zeroes { &[0; 124] } else { &[] })?;
                return Ok(true);
            }
            OptionKind::ABORT => {
                client.answer(option, ReplyKind::ACK, &[])?;
                return Ok(false);
            }
            OptionKind::LIST if data.is_empty() => {
                client.answer(option, ReplyKind::SERVER, &[0; 4])?;
                client.answer(option, ReplyKind::ACK, &[])?;
            }
            OptionKind::INFO | OptionKind::GO => match handshake::name_of_request(&data) {
                Ok((_, b"")) => {
                    client.answer(option, ReplyKind::INFO, &handshake::export_information(len))?;
                    client.answer(option, ReplyKind::INFO, &handshake::block_size_information())?;
                    client.answer(option, ReplyKind::ACK, &[])?;
                    if option == OptionKind::GO {
                        return Ok(true);
                    }
                }
                Ok(_) => client.answer(option, ReplyKind::UNKNOWN, &[])?,
                Err(_) => client.answer(option, ReplyKind::INVALID, &[])?,
            },
            OptionKind::LIST => client.answer(option, ReplyKind::INVALID, &[])?,
            _ => client.answer(option, ReplyKind::UNSUPPORTED, &[])?,
        }
    }
    Ok(false)
}

/// Puts what is read into `into`, or says why nothing is.
fn carry_out(
    request: &Request,
    image: &dyn ReadSectors,
    len: u64,
    client: &mut Client<'_>,
    into: &mut Vec<u8>,
) -> io::Result<Option<Refusal>> {
    Ok(match request.command {
        Command::READ => {
            let is_inside = request.offset.checked_add(request.len.into()).is_some_and(|end| end <= len);
            if !is_inside || request.len > LONGEST_REQUEST {
                return Ok(Some(Refusal::INVALID));
            }
            into.resize(request.len as usize, 0);
            match read_bytes(image, request.offset, into) {
                Ok(()) => None,
                Err(error) => {
                    tracing::warn!(%error, "a client cannot be given what it asked for");
                    into.clear();
                    Some(Refusal::INPUT_OUTPUT)
                }
            }
        }
        Command::WRITE => {
            client.skip(request.len)?;
            Some(Refusal::READ_ONLY)
        }
        Command::FLUSH => None,
        Command::TRIM | Command::WRITE_ZEROES => Some(Refusal::READ_ONLY),
        _ => Some(Refusal::INVALID),
    })
}

/// The stream of a client, which is silent most of the time.
struct Client<'a> {
    stream: &'a TcpStream,
    ending: &'a AtomicBool,
    /// When its patience with a silent client ends.
    until: Option<Instant>,
}

impl Client<'_> {
    fn answer(&mut self, option: OptionKind, kind: ReplyKind, data: &[u8]) -> io::Result<()> {
        self.write_all(&handshake::reply(option, kind, data))
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut stream = self.stream;
        stream.write_all(bytes)
    }

    /// Reads bytes that nobody wants.
    fn skip(&mut self, len: u32) -> io::Result<()> {
        io::copy(&mut self.take(len.into()), &mut io::sink()).map(drop)
    }
}

impl Read for Client<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(PIECE);
        let mut stream = self.stream;
        loop {
            if self.ending.load(Ordering::SeqCst) {
                return Err(ErrorKind::ConnectionAborted.into());
            }
            match stream.read(&mut into[..most]) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if self.until.is_some_and(|until| Instant::now() >= until) {
                        return Err(ErrorKind::TimedOut.into());
                    }
                }
                read => return read,
            }
        }
    }
}
