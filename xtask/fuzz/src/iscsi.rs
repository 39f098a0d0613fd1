use mmc_device::iscsi::pdu::{HEADER, Header, LoginRequest, Stage, Stages};
use mmc_device::iscsi::{Connection, Flow, LogicalUnit};
use mmc_device::{Cdb, Data, Sense, TransportError};

const TARGET: &str = "iqn.2026-01.invalid:target";

/// The first byte tells whether a login comes before the PDUs that follow: headers with their data. Whatever
/// comes, the connection answers or ends, and what it has taken and sends is bounded by what was agreed.
pub(crate) fn run(bytes: &[u8]) {
    let Some((&kind, mut rest)) = bytes.split_first() else { return };
    let mut connection = Connection::new(TARGET, "127.0.0.1:3260");
    let mut out = Vec::new();
    if kind & 1 == 1 {
        log_in(&mut connection, kind, &mut out);
    }
    let mut unit = Unit;
    let mut asked = 0u64;
    let mut sent = 0;
    while let Some((header, behind)) = rest.split_first_chunk::<HEADER>() {
        let mut header = *header;
        if header[0] & 0x3F == 1 && header[20] == 0 && header[21] < 0x80 {
            // Megabytes for each command show nothing that kilobytes do not.
            header[21] = 0;
        }
        let Some(header) = Header::parse(&header) else { return };
        rest = behind;
        if header.data_len() > connection.longest_data() {
            return;
        }
        let Some((segments, behind)) = rest.split_at_checked(header.rest_len()) else { return };
        rest = behind;
        let data = &segments[header.additional()..][..header.data_len()];
        if header.opcode() == 1 {
            let [expected, ..] = header.words;
            asked += u64::from(expected.min(8 << 20));
        }
        out.clear();
        let flow = connection.receive(&header, data, &mut unit, &mut out);
        sent += out.len() as u64;
        // Each PDU has an answer of a few headers or as much text as it brings, besides the data asked for.
        let fair = 2 * asked + 64 * bytes.len() as u64 + 16 * 1024;
        assert!(sent <= fair, "{sent} bytes for {fair}");
        if flow == Flow::Close {
            return;
        }
    }
}

fn log_in(connection: &mut Connection, kind: u8, out: &mut Vec<u8>) {
    let request = LoginRequest {
        stages: Stages { current: Stage::Operational, next: Some(Stage::FullFeature), continued: false },
        version_max: 0,
        version_min: 0,
        isid: [0; 6],
        tsih: 0,
        initiator_task_tag: 0,
        cid: 0,
        cmd_sn: 0,
        exp_stat_sn: 0,
    };
    let text = format!(
        "InitiatorName=x\0TargetName={TARGET}\0SessionType={}\0InitialR2T={}\0ImmediateData={}\0\
         MaxBurstLength=512\0FirstBurstLength=512\0MaxRecvDataSegmentLength=512\0",
        if kind & 2 == 0 { "Normal" } else { "Discovery" },
        if kind & 4 == 0 { "No" } else { "Yes" },
        if kind & 8 == 0 { "Yes" } else { "No" },
    );
    connection.receive(&request.encode(), text.as_bytes(), &mut Unit, out);
    assert!(connection.kind().is_some());
}

/// Fills and takes what it is given; some commands fail.
struct Unit;

impl LogicalUnit for Unit {
    fn execute(&mut self, cdb: &Cdb, data: Data<'_>) -> Result<usize, TransportError> {
        match (cdb.as_bytes()[1] % 8, data) {
            (0, _) => Err(TransportError::CheckCondition(Sense::new(5, 0x24, 0))),
            (1, _) => Err(TransportError::Status(8)),
            (2, _) => Err(TransportError::HostAdapter { host: 7, driver: 0 }),
            (3, Data::In(buffer)) => Ok(buffer.len() / 2),
            (_, data) => Ok(data.len()),
        }
    }

    fn reset(&mut self) {}
}
