//! Faults as text, for command lines and environment variables.

use std::str::FromStr;

use super::Fault;
use crate::simulated::SimulatedError;

/// Written as the name and its values: `write-error:lba=20`, `power-cut:after-sectors=700`,
/// `refuse:code=53,sense=5/20/00,times=2`, `refuse:code=5B,byte=2,value=1,sense=5/24/00`, `loss-of-streaming`.
/// Operation codes, values of bytes and sense data are hexadecimal, everything else decimal.
impl FromStr for Fault {
    type Err = SimulatedError;

    fn from_str(text: &str) -> Result<Fault, SimulatedError> {
        parse(text).map_err(|reason| SimulatedError::UnknownFault { text: text.to_owned(), reason })
    }
}

fn parse(text: &str) -> Result<Fault, &'static str> {
    let (name, values) = text.split_once(':').unwrap_or((text, ""));
    let mut values = Values::new(values)?;
    let fault = match name {
        "write-error" => Fault::WriteError { lba: values.number("lba")? },
        "read-error" => Fault::ReadError { lba: values.number("lba")? },
        "long-write-in-progress" => Fault::LongWriteInProgress { times: values.number("times")? },
        "loss-of-streaming" => Fault::LossOfStreaming,
        "unit-attention" => {
            let [asc, ascq] = values.hex("code")?;
            Fault::UnitAttention { after_sectors: values.number("after-sectors")?, asc, ascq }
        }
        "power-cut" => Fault::PowerCut { after_sectors: values.number("after-sectors")? },
        "power-cut-within" => {
            let [operation_code] = values.hex("code")?;
            Fault::PowerCutWithin { operation_code }
        }
        "medium-removed" => Fault::MediumRemoved { after_sectors: values.number("after-sectors")? },
        "refuse" => {
            let [operation_code] = values.hex("code")?;
            let [key, asc, ascq] = values.hex("sense")?;
            let times = values.times()?;
            if values.has("byte") {
                let ([value], byte) = (values.hex("value")?, values.number("byte")?);
                Fault::RefuseVariant { operation_code, byte, value, key, asc, ascq, times }
            } else {
                Fault::Refuse { operation_code, key, asc, ascq, times }
            }
        }
        "immediate-synchronize-refused" => Fault::ImmediateSynchronizeRefused,
        "not-ready" => Fault::NotReady { times: values.number("times")? },
        "ready-too-early" => Fault::ReadyTooEarly { times: values.number("times")? },
        "deferred-write-error" => Fault::DeferredWriteError { lba: values.number("lba")? },
        "silent-corruption" => Fault::SilentCorruption { lba: values.number("lba")? },
        "lying-capacity" => Fault::LyingCapacity { last_lba: values.number("last-lba")? },
        "short-reply" => {
            let [operation_code] = values.hex("code")?;
            Fault::ShortReply { operation_code, len: values.number("len")? }
        }
        "write-protected" => Fault::WriteProtected,
        "hang" => {
            let [operation_code] = values.hex("code")?;
            Fault::Hang { operation_code, times: values.times()? }
        }
        "medium-noticed-late" => Fault::MediumNoticedLate { times: values.number("times")? },
        "no-progress" => Fault::NoProgress,
        "stuck-progress" => Fault::StuckProgress,
        "implied-immediate" => Fault::ImpliedImmediate,
        "no-certification" => Fault::NoCertification,
        "stream-wants-clusters" => Fault::StreamWantsClusters,
        "zero-speeds" => Fault::ZeroSpeeds,
        "endless-events" => Fault::EndlessEvents,
        "bogus-link-size" => Fault::BogusLinkSize,
        "lying-length" => {
            let [operation_code] = values.hex("code")?;
            Fault::LyingLength { operation_code, len: values.number("len")? }
        }
        "lying-field" => {
            let [operation_code] = values.hex("code")?;
            let offset = values.number("offset")?;
            Fault::LyingField { operation_code, offset, value: values.number("value")? }
        }
        "full-transfers-claimed" => Fault::FullTransfersClaimed,
        "buffer-capacity-nonsense" => Fault::BufferCapacityNonsense,
        "slow" => {
            let [operation_code] = values.hex("code")?;
            Fault::Slow { operation_code, seconds: values.number("seconds")? }
        }
        "early-buffer-question" => Fault::EarlyBufferQuestion { sectors: values.number("sectors")? },
        "eject-wants-start" => Fault::EjectWantsStart,
        "disc-structure-locks" => Fault::DiscStructureLocks,
        "format-wants-restart" => Fault::FormatWantsRestart,
        "strict-write-parameters" => Fault::StrictWriteParameters,
        "unknown-data-mode" => Fault::UnknownDataMode,
        "format-options-shrink" => Fault::FormatOptionsShrink,
        "fake-cd" => Fault::FakeCd,
        "garbage-atip" => Fault::GarbageAtip,
        "block-descriptors" => Fault::BlockDescriptors,
        "odd-write-parameters" => Fault::OddWriteParameters,
        "recovered" => {
            let ([operation_code], [asc, ascq]) = (values.hex("code")?, values.hex("asc")?);
            Fault::Recovered { operation_code, asc, ascq, times: values.times()? }
        }
        "deferred" => {
            let ([operation_code], [key, asc, ascq]) = (values.hex("code")?, values.hex("sense")?);
            Fault::Deferred { operation_code, key, asc, ascq }
        }
        "unknown-speed-class" => Fault::UnknownSpeedClass,
        "two-layers-end" => Fault::TwoLayersEnd,
        "test-write-confuses" => Fault::TestWriteConfuses,
        "pregap-as-next-writable" => Fault::PregapAsNextWritable,
        "next-writable-needs-mode" => Fault::NextWritableNeedsMode,
        _ => return Err("there is none of that name"),
    };
    values.finish()?;
    Ok(fault)
}

/// `key=value` pairs not yet used.
struct Values<'a> {
    pairs: Vec<(&'a str, &'a str)>,
}

impl<'a> Values<'a> {
    fn new(text: &'a str) -> Result<Values<'a>, &'static str> {
        let parts = text.split(',').filter(|part| !part.is_empty());
        let pairs = parts.map(|part| part.split_once('=').ok_or("values are written key=value"));
        Ok(Values { pairs: pairs.collect::<Result<_, _>>()? })
    }

    fn has(&self, key: &str) -> bool {
        self.pairs.iter().any(|pair| pair.0 == key)
    }

    fn take(&mut self, key: &str) -> Result<&'a str, &'static str> {
        let index = self.pairs.iter().position(|pair| pair.0 == key).ok_or("a value is missing")?;
        Ok(self.pairs.swap_remove(index).1)
    }

    fn number<N: FromStr>(&mut self, key: &str) -> Result<N, &'static str> {
        self.take(key)?.parse().map_err(|_| "a value is no number, or too large")
    }

    /// How often, where it is said.
    fn times(&mut self) -> Result<Option<u32>, &'static str> {
        self.has("times").then(|| self.number("times")).transpose()
    }

    /// Hexadecimal bytes with strokes between them.
    fn hex<const N: usize>(&mut self, key: &str) -> Result<[u8; N], &'static str> {
        let bytes = self.take(key)?.split('/').map(|part| u8::from_str_radix(part, 16));
        let bytes: Vec<u8> = bytes.collect::<Result<_, _>>().map_err(|_| "a code is not hexadecimal")?;
        bytes.try_into().map_err(|_| "a code has too few or too many parts")
    }

    fn finish(self) -> Result<(), &'static str> {
        if self.pairs.is_empty() { Ok(()) } else { Err("a value has no place in it") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_can_be_written_down() {
        let parsed = |text: &str| text.parse::<Fault>().map_err(|error| error.to_string());
        assert_eq!(parsed("write-error:lba=20"), Ok(Fault::WriteError { lba: 20 }));
        assert_eq!(parsed("loss-of-streaming"), Ok(Fault::LossOfStreaming));
        assert_eq!(
            parsed("refuse:code=53,sense=5/20/0,times=2"),
            Ok(Fault::Refuse { operation_code: 0x53, key: 5, asc: 0x20, ascq: 0, times: Some(2) })
        );
        assert_eq!(
            parsed("unit-attention:after-sectors=7,code=28/0"),
            Ok(Fault::UnitAttention { after_sectors: 7, asc: 0x28, ascq: 0 })
        );
        assert_eq!(
            parsed("short-reply:len=12,code=51"),
            Ok(Fault::ShortReply { operation_code: 0x51, len: 12 })
        );
        assert_eq!(parsed("power-cut-within:code=A1"), Ok(Fault::PowerCutWithin { operation_code: 0xA1 }));
        assert_eq!(
            parsed("recovered:code=28,asc=18/2,times=3"),
            Ok(Fault::Recovered { operation_code: 0x28, asc: 0x18, ascq: 2, times: Some(3) })
        );
        assert_eq!(
            parsed("deferred:code=A1,sense=3/51/0"),
            Ok(Fault::Deferred { operation_code: 0xA1, key: 3, asc: 0x51, ascq: 0 })
        );
        assert_eq!(parsed("hang:code=5B"), Ok(Fault::Hang { operation_code: 0x5B, times: None }));
        assert_eq!(
            parsed("lying-length:code=5a,len=9"),
            Ok(Fault::LyingLength { operation_code: 0x5A, len: 9 })
        );
        assert_eq!(
            parsed("refuse:code=5b,byte=2,value=1,sense=5/24/0"),
            Ok(Fault::RefuseVariant {
                operation_code: 0x5B,
                byte: 2,
                value: 1,
                key: 5,
                asc: 0x24,
                ascq: 0,
                times: None
            })
        );
        for text in ["", "flood", "write-error", "write-error:lba", "write-error:lba=-1", "power-cut:lba=3"] {
            assert!(parsed(text).is_err(), "{text}");
        }
        for text in ["refuse:code=153,sense=5/20/0", "refuse:code=53,sense=5/20", "not-ready:times=1,x=2"] {
            assert!(parsed(text).is_err(), "{text}");
        }
    }
}
