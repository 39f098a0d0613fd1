use super::{Header, Stages, opcode, ssid};

/// Login Request (11.12). Its data segment has keys with values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginRequest {
    /// Where the login is and goes to.
    pub stages: Stages,
    /// Newest version of the protocol that the initiator knows.
    pub version_max: u8,
    /// Oldest one.
    pub version_min: u8,
    /// The initiator's part of the session's name.
    pub isid: [u8; 6],
    /// The target's part; 0 for a new session.
    pub tsih: u16,
    /// Tag of the whole login.
    pub initiator_task_tag: u32,
    /// Connection.
    pub cid: u16,
    /// First command number.
    pub cmd_sn: u32,
    /// Status expected next.
    pub exp_stat_sn: u32,
}

impl LoginRequest {
    /// From a header of this kind; `None` if it names a stage that does not exist.
    #[must_use]
    pub fn parse(header: &Header) -> Option<LoginRequest> {
        let [cid, cmd_sn, exp_stat_sn, ..] = header.words;
        let [version_max, version_min] = header.codes;
        let (isid, tsih) = ssid::parse(header.lun);
        Some(LoginRequest {
            stages: Stages::parse(header.flags)?,
            version_max,
            version_min,
            isid,
            tsih,
            initiator_task_tag: header.initiator_task_tag,
            cid: (cid >> 16) as u16,
            cmd_sn,
            exp_stat_sn,
        })
    }

    /// The header.
    #[must_use]
    pub fn encode(&self) -> Header {
        Header {
            flags: self.stages.encode(),
            codes: [self.version_max, self.version_min],
            lun: ssid::encode(self.isid, self.tsih),
            initiator_task_tag: self.initiator_task_tag,
            words: [u32::from(self.cid) << 16, self.cmd_sn, self.exp_stat_sn, 0, 0, 0, 0],
            ..Header::request(opcode::LOGIN_REQUEST, true)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Stage;
    use super::super::header::tests::rows;
    use super::super::stages::tests::stages;
    use super::*;

    #[test]
    fn literally() {
        let header = rows([
            [0x43, 0x87, 0, 0],
            [0; 4],
            [0x80, 1, 2, 3],
            [4, 5, 0, 1],
            [0, 0, 0, 5],
            [0, 1, 0, 0],
            [0, 0, 0, 9],
            [0, 0, 0, 3],
            [0; 4],
            [0; 4],
            [0; 4],
            [0; 4],
        ]);
        let expected = LoginRequest {
            stages: Stages { current: Stage::Operational, next: Some(Stage::FullFeature), continued: false },
            version_max: 0,
            version_min: 0,
            isid: [0x80, 1, 2, 3, 4, 5],
            tsih: 1,
            initiator_task_tag: 5,
            cid: 1,
            cmd_sn: 9,
            exp_stat_sn: 3,
        };
        assert_eq!(LoginRequest::parse(&header), Some(expected));
        assert_eq!(expected.encode(), header);
        // A stage that does not exist.
        assert_eq!(LoginRequest::parse(&Header { flags: 0x86, ..header }), None);
    }

    proptest! {
        #[test]
        fn round_trip(stages in stages(), v: (u8, u8), isid: [u8; 6], h: (u16, u16), w: [u32; 3]) {
            let request = LoginRequest {
                stages,
                version_max: v.0,
                version_min: v.1,
                isid,
                tsih: h.0,
                initiator_task_tag: w[0],
                cid: h.1,
                cmd_sn: w[1],
                exp_stat_sn: w[2],
            };
            prop_assert_eq!(LoginRequest::parse(&request.encode()), Some(request));
        }
    }
}
