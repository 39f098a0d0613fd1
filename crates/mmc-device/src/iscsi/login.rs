//! The login phase (RFC 7143, clause 6.3).

use super::parameters::{Answer, MAX_RECEIVED, Parameters};
use super::pdu::{LoginRequest, LoginResponse, Numbers, Stage, Stages};
use super::text;

/// Most text that an initiator can send in several requests.
const MOST_TEXT: usize = 16 * 1024;

/// Status class and detail of a login that ends (11.13.5).
mod status {
    pub(super) const INITIATOR_ERROR: u16 = 0x0200;
    pub(super) const AUTHENTICATION_FAILURE: u16 = 0x0201;
    pub(super) const NOT_FOUND: u16 = 0x0203;
    pub(super) const UNSUPPORTED_VERSION: u16 = 0x0205;
    pub(super) const MISSING_PARAMETER: u16 = 0x0207;
    pub(super) const SESSION_TYPE_NOT_SUPPORTED: u16 = 0x0209;
    pub(super) const SESSION_DOES_NOT_EXIST: u16 = 0x020A;
}

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// Asking which targets there are.
    Discovery,
    /// Commands.
    Normal,
}

/// A login under way.
#[derive(Debug, Default)]
pub(super) struct Login {
    parameters: Parameters,
    kind: Option<SessionKind>,
    stage: Option<Stage>,
    /// Text of requests that were to be continued.
    text: Vec<u8>,
    told_group: bool,
    told_length: bool,
    next_stat_sn: u32,
}

/// The answer to one request.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) response: LoginResponse,
    pub(super) text: Vec<u8>,
    pub(super) outcome: Outcome,
}

/// How the login goes on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    GoesOn,
    /// Full feature phase.
    Done {
        kind: SessionKind,
        parameters: Parameters,
    },
    /// The connection is to be closed behind the response.
    Failed,
}

impl Login {
    pub(super) fn step(&mut self, request: &LoginRequest, data: &[u8], target: &str) -> Step {
        if self.stage.is_none() {
            self.next_stat_sn = request.exp_stat_sn;
        }
        let stat_sn = self.next_stat_sn;
        self.next_stat_sn = stat_sn.wrapping_add(1);
        let mut text = Vec::new();
        let settled = self.settle(request, data, target, &mut text);
        let (next, status) = match settled {
            Ok(next) => (next, 0),
            Err(status) => (None, status),
        };
        let outcome = match (status, next, self.kind) {
            (0, Some(Stage::FullFeature), Some(kind)) => Outcome::Done { kind, parameters: self.parameters },
            (0, ..) => Outcome::GoesOn,
            _ => Outcome::Failed,
        };
        if status != 0 {
            text.clear();
        }
        let response = LoginResponse {
            stages: Stages { current: request.stages.current, next, continued: false },
            isid: request.isid,
            // The only session of its name: any number but 0 tells it apart from none.
            tsih: u16::from(matches!(outcome, Outcome::Done { .. })),
            initiator_task_tag: request.initiator_task_tag,
            numbers: Numbers { stat_sn, exp_cmd_sn: request.cmd_sn, max_cmd_sn: request.cmd_sn },
            status,
        };
        Step { response, text, outcome }
    }

    /// Which stage comes next, or why there is none.
    fn settle(
        &mut self,
        request: &LoginRequest,
        data: &[u8],
        target: &str,
        answers: &mut Vec<u8>,
    ) -> Result<Option<Stage>, u16> {
        let Stages { current, next, continued } = request.stages;
        if request.version_min > 0 {
            return Err(status::UNSUPPORTED_VERSION);
        }
        if request.tsih != 0 {
            return Err(status::SESSION_DOES_NOT_EXIST);
        }
        let in_stage = self.stage.is_none_or(|stage| stage == current);
        let backwards = next.is_some_and(|next| next as u8 <= current as u8);
        if !in_stage || current == Stage::FullFeature || backwards || continued && next.is_some() {
            return Err(status::INITIATOR_ERROR);
        }
        let first = self.stage.is_none();
        self.stage = Some(current);
        if self.text.len() + data.len() > MOST_TEXT {
            return Err(status::INITIATOR_ERROR);
        }
        self.text.extend_from_slice(data);
        if continued {
            return Ok(None);
        }
        let whole = std::mem::take(&mut self.text);
        let keys = text::parse(&whole).map_err(|_| status::INITIATOR_ERROR)?;
        if first || self.kind.is_none() {
            self.kind = Some(who(&keys, target)?);
        }
        for (key, value) in keys {
            self.answer(current, key, value, answers)?;
        }
        if self.kind == Some(SessionKind::Normal) && !self.told_group {
            text::append(answers, "TargetPortalGroupTag", "1");
            self.told_group = true;
        }
        if current == Stage::Operational && !self.told_length {
            text::append(answers, "MaxRecvDataSegmentLength", &MAX_RECEIVED.to_string());
            self.told_length = true;
        }
        if let Some(next) = next {
            self.stage = Some(next);
        }
        Ok(next)
    }

    fn answer(&mut self, stage: Stage, key: &str, value: &str, answers: &mut Vec<u8>) -> Result<(), u16> {
        if key == "AuthMethod" {
            if stage != Stage::Security || !value.split(',').any(|method| method == "None") {
                return Err(status::AUTHENTICATION_FAILURE);
            }
            text::append(answers, key, "None");
            return Ok(());
        }
        match self.parameters.negotiate(key, value) {
            Answer::None => {}
            Answer::Value(value) => text::append(answers, key, &value),
            Answer::Disagreed => return Err(status::INITIATOR_ERROR),
        }
        Ok(())
    }
}

/// What the first text says of the session.
fn who(keys: &[(&str, &str)], target: &str) -> Result<SessionKind, u16> {
    let value = |name: &str| keys.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    if value("InitiatorName").is_none_or(str::is_empty) {
        return Err(status::MISSING_PARAMETER);
    }
    match (value("SessionType").unwrap_or("Normal"), value("TargetName")) {
        ("Discovery", _) => Ok(SessionKind::Discovery),
        ("Normal", None) => Err(status::MISSING_PARAMETER),
        ("Normal", Some(name)) if name.eq_ignore_ascii_case(target) => Ok(SessionKind::Normal),
        ("Normal", Some(_)) => Err(status::NOT_FOUND),
        _ => Err(status::SESSION_TYPE_NOT_SUPPORTED),
    }
}
