use super::header::{CONTINUE, FINAL, bit};

/// Stage of a login (11.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Who is there.
    Security = 0,
    /// How to talk.
    Operational = 1,
    /// No longer a login.
    FullFeature = 3,
}

impl Stage {
    fn new(bits: u8) -> Option<Stage> {
        match bits & 0x03 {
            0 => Some(Stage::Security),
            1 => Some(Stage::Operational),
            3 => Some(Stage::FullFeature),
            _ => None,
        }
    }
}

/// Byte 1 of both PDUs of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stages {
    /// The stage that the sender is in.
    pub current: Stage,
    /// The stage that it is ready to go to (T bit and NSG).
    pub next: Option<Stage>,
    /// The text goes on in the next PDU.
    pub continued: bool,
}

impl Stages {
    /// `None` for a stage that does not exist.
    pub(super) fn parse(flags: u8) -> Option<Stages> {
        // The T bit is where other PDUs have the F bit.
        let transit = flags & FINAL != 0;
        Some(Stages {
            current: Stage::new(flags >> 2)?,
            next: if transit { Some(Stage::new(flags)?) } else { None },
            continued: flags & CONTINUE != 0,
        })
    }

    pub(super) fn encode(self) -> u8 {
        let next = self.next.map_or(0, |stage| FINAL | stage as u8);
        next | (self.current as u8) << 2 | bit(self.continued, CONTINUE)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::iscsi::pdu) fn stages() -> impl Strategy<Value = Stages> {
        let stage = || prop_oneof![Just(Stage::Security), Just(Stage::Operational), Just(Stage::FullFeature)];
        (stage(), proptest::option::of(stage()), any::<bool>())
            .prop_map(|(current, next, continued)| Stages { current, next, continued })
    }

    #[test]
    fn stages_that_do_not_exist() {
        assert_eq!(Stages::parse(0x08), None);
        assert_eq!(Stages::parse(0x86), None);
        // Without the T bit the next stage means nothing.
        let first = Stages { current: Stage::Operational, next: None, continued: false };
        assert_eq!(Stages::parse(0x06), Some(first));
    }
}
