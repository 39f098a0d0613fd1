//! B-trees: nodes of one size, whose records ascend by key (TN1150, B-Trees).

mod header_record;
mod node;
mod node_descriptor;

pub use header_record::{BTreeAttributes, HeaderRecord};
pub(crate) use node::fits;
pub use node::{Node, NodeBuilder};
pub use node_descriptor::{NodeDescriptor, NodeKind};
