use std::io::{self, ErrorKind, Read, Write};

use byteorder::{BigEndian, ByteOrder};
use mmc_device::Connected;
use sector_io::{ReadSectors, read_bytes};

use super::handshake::{self, LONGEST_OPTION, LONGEST_REQUEST, OptionKind, ReplyKind};
use super::request::{self, Command, Refusal, Request};

/// Options that a client may send before it comes to its requests.
const MOST_OPTIONS: usize = 64;

/// Talks to one client until it goes, or all are to.
pub(super) fn converse(mut client: Connected<'_>, image: &dyn ReadSectors) -> io::Result<()> {
    let len = image.sectors().bytes();
    if !negotiate(&mut client, len)? {
        return Ok(());
    }
    client.greeted();
    client.count();
    let mut buffer = Vec::new();
    loop {
        let mut bytes = [0; Request::LEN];
        match client.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        let (_, request) = Request::parse(&bytes).map_err(|_| ErrorKind::InvalidData)?;
        if request.command == Command::DISCONNECT {
            return Ok(());
        }
        buffer.clear();
        let refusal = carry_out(&request, image, len, &mut client, &mut buffer)?;
        client.write_all(&request::reply(request.cookie, refusal))?;
        client.write_all(&buffer)?;
    }
}

/// Whether the client goes on to requests.
fn negotiate(client: &mut Connected<'_>, len: u64) -> io::Result<bool> {
    client.write_all(&handshake::greeting())?;
    let mut flags = [0; 4];
    client.read_exact(&mut flags)?;
    let wants_zeroes = BigEndian::read_u32(&flags) & handshake::NO_ZEROES == 0;
    for _ in 0..MOST_OPTIONS {
        let mut bytes = [0; handshake::OPTION_LEN];
        client.read_exact(&mut bytes)?;
        let (_, (option, data_len)) = handshake::option(&bytes).map_err(|_| ErrorKind::InvalidData)?;
        if data_len > LONGEST_OPTION {
            skip(client, data_len)?;
            answer(client, option, ReplyKind::TOO_BIG, &[])?;
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
                answer(client, option, ReplyKind::ACK, &[])?;
                return Ok(false);
            }
            OptionKind::LIST if data.is_empty() => {
                answer(client, option, ReplyKind::SERVER, &[0; 4])?;
                answer(client, option, ReplyKind::ACK, &[])?;
            }
            OptionKind::INFO | OptionKind::GO => match handshake::name_of_request(&data) {
                Ok((_, b"")) => {
                    answer(client, option, ReplyKind::INFO, &handshake::export_information(len))?;
                    answer(client, option, ReplyKind::INFO, &handshake::block_size_information())?;
                    answer(client, option, ReplyKind::ACK, &[])?;
                    if option == OptionKind::GO {
                        return Ok(true);
                    }
                }
                Ok(_) => answer(client, option, ReplyKind::UNKNOWN, &[])?,
                Err(_) => answer(client, option, ReplyKind::INVALID, &[])?,
            },
            OptionKind::LIST => answer(client, option, ReplyKind::INVALID, &[])?,
            _ => answer(client, option, ReplyKind::UNSUPPORTED, &[])?,
        }
    }
    Ok(false)
}

/// Puts what is read into `into`, or says why nothing is.
fn carry_out(
    request: &Request,
    image: &dyn ReadSectors,
    len: u64,
    client: &mut Connected<'_>,
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
                    crate::trace::event!(warn, %error, "a client cannot be given what it asked for");
                    into.clear();
                    Some(Refusal::INPUT_OUTPUT)
                }
            }
        }
        Command::WRITE => {
            skip(client, request.len)?;
            Some(Refusal::READ_ONLY)
        }
        Command::FLUSH => None,
        Command::TRIM | Command::WRITE_ZEROES => Some(Refusal::READ_ONLY),
        _ => Some(Refusal::INVALID),
    })
}

fn answer(client: &mut Connected<'_>, option: OptionKind, kind: ReplyKind, data: &[u8]) -> io::Result<()> {
    client.write_all(&handshake::reply(option, kind, data))
}

/// Reads bytes that nobody wants.
fn skip(client: &mut Connected<'_>, len: u32) -> io::Result<()> {
    io::copy(&mut client.take(len.into()), &mut io::sink()).map(drop)
}
