use fsimage::{LayoutPlan, NbdServer, Tree};

use super::Context;
use super::build::author;
use crate::Exit;
use crate::args::ServeImage;
use crate::failure::Failure;
use crate::sources::Written;

pub(super) fn run(args: &ServeImage, context: &Context) -> Result<Exit, Failure> {
    let mut tree = Tree::new();
    let (added, options) =
        author(&args.authoring, args.preset, &Written::default(), None, &mut tree, context)?;
    let plan = LayoutPlan::new(&tree, options)?;
    context.tell_added(&added);
    context.tell_notices(&plan);
    let image = plan.image();
    let server = NbdServer::bind(args.listen)?;
    context.tell_url(&server.url(), args.listen, "read the image")?;
    server.serve(&image, args.once, &context.control)?;
    Ok(Exit::Done)
}
