//! A transport for tests: it expects commands and gives the answers that were written down for them.

use std::collections::VecDeque;
use std::time::Duration;

use crate::{Cdb, Data, Drive, NoWait, Sense, Transport, TransportError};

/// What the scripted drive does with a command.
#[derive(Debug)]
pub(crate) enum Answer {
    Good,
    Reply(Vec<u8>),
    Check(Sense),
}

/// One command expected, by the bytes it begins with, and the answer.
#[derive(Debug)]
pub(crate) struct Line {
    cdb: Vec<u8>,
    answer: Answer,
}

pub(crate) fn good(cdb: &[u8]) -> Line {
    Line { cdb: cdb.to_vec(), answer: Answer::Good }
}

pub(crate) fn reply(cdb: &[u8], bytes: &[u8]) -> Line {
    Line { cdb: cdb.to_vec(), answer: Answer::Reply(bytes.to_vec()) }
}

pub(crate) fn check(cdb: &[u8], key: u8, asc: u8, ascq: u8) -> Line {
    Line { cdb: cdb.to_vec(), answer: Answer::Check(Sense::new(key, asc, ascq)) }
}

pub(crate) fn line(cdb: &[u8], answer: Answer) -> Line {
    Line { cdb: cdb.to_vec(), answer }
}

#[derive(Debug)]
pub(crate) struct Scripted {
    lines: VecDeque<Line>,
    /// Data that came with commands.
    pub(crate) out: Vec<Vec<u8>>,
}

impl Scripted {
    pub(crate) fn drive(lines: impl IntoIterator<Item = Line>) -> Drive<Scripted> {
        let transport = Scripted { lines: lines.into_iter().collect(), out: Vec::new() };
        Drive::with_waiter(transport, Box::new(NoWait))
    }

    /// Checks that nothing expected is missing.
    pub(crate) fn finish(&self) {
        assert!(self.lines.is_empty(), "not sent: {:X?}", self.lines);
    }
}

impl Transport for Scripted {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>, _: Duration) -> Result<usize, TransportError> {
        let cdb = cdb.as_bytes();
        let Some(line) = self.lines.pop_front() else { panic!("unexpected command {cdb:02X?}") };
        assert_eq!(&cdb[..line.cdb.len()], line.cdb, "left of the script: {:02X?}", self.lines);
        if let Data::Out(bytes) = &data {
            self.out.push(bytes.to_vec());
        }
        match (line.answer, data) {
            (Answer::Good, Data::None) => Ok(0),
            (Answer::Good, Data::In(into)) => Ok(into.len()),
            (Answer::Good, data @ (Data::Out(_) | Data::File(_))) => Ok(data.len()),
            (Answer::Reply(bytes), Data::In(into)) => {
                let len = bytes.len().min(into.len());
                into[..len].copy_from_slice(&bytes[..len]);
                Ok(len)
            }
            (Answer::Reply(_), _) => panic!("{cdb:02X?} takes no reply"),
            // No reply comes with it.
            (Answer::Check(sense), Data::In(_)) => Err(TransportError::of_sense(sense, 0)),
            (Answer::Check(sense), data) => Err(TransportError::of_sense(sense, data.len())),
        }
    }
}
