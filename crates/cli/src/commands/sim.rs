use fsimage::create_simulated_medium;
use serde_json::json;

use super::Context;
use crate::Exit;
use crate::args::Sim;
use crate::failure::Failure;

pub(super) fn run(args: &Sim, context: &Context) -> Result<Exit, Failure> {
    let Sim::New { path, medium } = args;
    if path.exists() {
        return Err(Failure::argument(path.display().to_string(), "something is there already"));
    }
    create_simulated_medium(path, *medium)?;
    let drive = format!("sim:{}", path.display());
    context.say(format_args!("{drive}: a blank {medium}"));
    if context.json {
        context.print_json(&json!({ "drive": drive, "medium": medium.name() }))?;
    }
    Ok(Exit::Done)
}
