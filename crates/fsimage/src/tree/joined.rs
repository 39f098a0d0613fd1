//! Several sources as the content of one file.

use std::sync::Arc;

use super::{Content, ContentId, Item, JoinedContent, NodeKind, Tree};
use crate::{Error, Result};

impl Tree {
    /// A content of others one behind another.
    pub(super) fn join(&mut self, items: Vec<Item<'_>>) -> Result<ContentId> {
        let mut parts = Vec::with_capacity(items.len());
        for item in items {
            let of_another = match item {
                Item::HardLink(node) => Some(node),
                _ => None,
            };
            let content = match self.prepare(item)?.0 {
                NodeKind::File(content) => content,
                other => return Err(refused(format!("a {} has no content", other.kind()))),
            };
            if of_another.is_some_and(|node| self.is_encoded(node)) || self.is_form_2(content) {
                return Err(refused("a file is not stored as it is read".to_owned()));
            }
            // What becomes of the other file must not become of this one.
            match (self.content(content), of_another) {
                (Content::Joined(joined), _) => {
                    let joined = joined.clone();
                    for part in joined.contents() {
                        parts.push(self.copy_of(part)?);
                    }
                }
                (Content::BootCatalog { .. } | Content::Digests { .. }, _) => {
                    return Err(refused("the bytes are not known before the image is written".to_owned()));
                }
                (_, Some(_)) => parts.push(self.copy_of(content)?),
                (_, None) => parts.push(content),
            }
        }
        self.push_joined(&parts)
    }

    /// Contents that are used for nothing else, one behind another.
    pub(super) fn push_joined(&mut self, parts: &[ContentId]) -> Result<ContentId> {
        let lengths = parts.iter().map(|&part| (part, self.content_len(part)));
        let joined = JoinedContent::new(lengths)
            .ok_or(Error::TreeTooLarge { what: "a file of more than 2^64 bytes" })?;
        self.push_content(Content::Joined(Arc::new(joined)))
    }

    fn copy_of(&mut self, content: ContentId) -> Result<ContentId> {
        self.push_content(self.content(content).clone())
    }

    /// The contents that the bytes of one are in: itself, or those that are joined in it.
    pub(super) fn parts_of(&self, content: ContentId) -> Vec<ContentId> {
        match self.content(content) {
            Content::Joined(joined) => joined.contents().collect(),
            _ => vec![content],
        }
    }
}

fn refused(reason: String) -> Error {
    Error::InvalidArgument { argument: "part of a file".to_owned(), reason }
}
