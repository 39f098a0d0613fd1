//! `docs/api`: what each library offers to others, as its sources declare it.
//!
//! The lint `unreachable_pub` sees to it that nothing is `pub` that cannot be reached from outside.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Fields, ImplItem, Item, TraitItem, Type, Visibility, parse_quote};

use crate::Result;
use crate::arrows::{metadata, packages};
use crate::options::Options;
use crate::workspace::root;

const FOLDER: &str = "docs/api";

/// Writes the pages.
pub(crate) fn write(options: Options) -> Result {
    options.finish()?;
    let folder = root().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for (name, page) in pages()? {
        fs::write(folder.join(name), page)?;
    }
    Ok(())
}

/// The pages are what they would be if they were made now.
pub(crate) fn check() -> Result {
    let pages = pages()?;
    let mut wrong = Vec::new();
    for (name, page) in &pages {
        let found = fs::read_to_string(root().join(FOLDER).join(name)).unwrap_or_default();
        if let Some(difference) = first_difference(&found, page) {
            wrong.push(format!("{FOLDER}/{name}: {difference}"));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong = wrong.join("; ");
    Err(format!("{wrong}. If that is meant: cargo xtask api, and a line in CHANGELOG.md").into())
}

fn first_difference(found: &str, wanted: &str) -> Option<String> {
    let (mut found, mut wanted) = (found.lines(), wanted.lines());
    loop {
        match (found.next(), wanted.next()) {
            (None, None) => return None,
            (found, wanted) if found == wanted => {}
            (found, wanted) => {
                let line =
                    |line: Option<&str>| line.map_or("nothing more".to_owned(), |line| format!("{line:?}"));
                return Some(format!("{} where the sources have {}", line(found), line(wanted)));
            }
        }
    }
}

/// Name and text of the page of each library that is published.
fn pages() -> Result<Vec<(String, String)>> {
    let metadata = metadata()?;
    let libraries = packages(&metadata).filter(|package| package["publish"].is_null());
    libraries.filter_map(library).map(|(name, path)| Ok((format!("{name}.txt"), page(&path)?))).collect()
}

fn library(package: &Value) -> Option<(String, PathBuf)> {
    let targets = package["targets"].as_array()?;
    let target = targets.iter().find(|target| target["kind"][0] == "lib")?;
    Some((package["name"].as_str()?.to_owned(), PathBuf::from(target["src_path"].as_str()?)))
}

fn page(library: &Path) -> Result<String> {
    let mut modules = Vec::new();
    let folder = library.parent().unwrap_or(library);
    modules_of("crate", library, folder, &mut modules)?;
    modules.sort_by(|(left, _), (right, _)| left.cmp(right));
    let mut names = BTreeSet::new();
    for (_, items) in &modules {
        names.extend(items.iter().filter_map(type_name));
    }
    let mut page = String::new();
    for (path, items) in modules {
        let items: Vec<Item> = items.into_iter().filter_map(|item| offered(item, &names)).collect();
        if !items.is_empty() {
            let text = prettyplease::unparse(&syn::File {
                shebang: None,
                frontmatter: None,
                attrs: Vec::new(),
                items,
            });
            page.push_str(&format!("// {path}\n\n{text}\n"));
        }
    }
    Ok(page)
}

/// The module in a file, and those below it, whose files lie in `folder`.
fn modules_of(path: &str, file: &Path, folder: &Path, found: &mut Vec<(String, Vec<Item>)>) -> Result {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let items = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?.items;
    sort_into(path, items, folder, found)
}

fn sort_into(path: &str, items: Vec<Item>, folder: &Path, found: &mut Vec<(String, Vec<Item>)>) -> Result {
    let mut own = Vec::new();
    for item in items {
        let Item::Mod(module) = item else {
            own.push(item);
            continue;
        };
        if is_for_tests(&module.attrs) {
            continue;
        }
        let name = module.ident.to_string();
        let below = format!("{path}::{name}");
        let inner = folder.join(&name);
        match module.content {
            Some((_, items)) => sort_into(&below, items, &inner, found)?,
            None => {
                let beside = folder.join(format!("{name}.rs"));
                let file = if beside.exists() { beside } else { inner.join("mod.rs") };
                modules_of(&below, &file, &inner, found)?;
            }
        }
    }
    found.push((path.to_owned(), own));
    Ok(())
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

/// The name of a type or trait that others can use.
fn type_name(item: &Item) -> Option<String> {
    let (name, visibility) = match item {
        Item::Enum(item) => (&item.ident, &item.vis),
        Item::Struct(item) => (&item.ident, &item.vis),
        Item::Trait(item) => (&item.ident, &item.vis),
        Item::Type(item) => (&item.ident, &item.vis),
        Item::Union(item) => (&item.ident, &item.vis),
        _ => return None,
    };
    is_public(visibility).then(|| name.to_string())
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// What of an item others see, without bodies and words.
fn offered(mut item: Item, names: &BTreeSet<String>) -> Option<Item> {
    let mut has_private_fields = false;
    let kept = match &mut item {
        Item::Const(item) => {
            *item.expr = parse_quote!(_);
            is_public(&item.vis)
        }
        Item::Static(item) => {
            *item.expr = parse_quote!(_);
            is_public(&item.vis)
        }
        Item::Enum(item) => is_public(&item.vis),
        Item::Fn(item) => {
            item.block.stmts.clear();
            is_public(&item.vis)
        }
        Item::Struct(item) => {
            has_private_fields = without_private_fields(&mut item.fields);
            is_public(&item.vis)
        }
        Item::Trait(item) => {
            item.items.iter_mut().for_each(without_default);
            is_public(&item.vis)
        }
        Item::Impl(item) => {
            let is_of_trait = item.trait_.is_some();
            item.items.retain_mut(|item| is_offered(item, is_of_trait));
            is_known(&item.self_ty, names) && (is_of_trait || !item.items.is_empty())
        }
        Item::Macro(item) => {
            item.mac.tokens = without_words(item.mac.tokens.clone());
            !item.mac.path.is_ident("macro_rules") && says_public(item.mac.tokens.clone())
        }
        Item::Type(item) => is_public(&item.vis),
        Item::Union(item) => is_public(&item.vis),
        Item::Use(item) => is_public(&item.vis),
        _ => false,
    };
    let kept = kept && !is_for_tests(attributes(&item));
    WithoutWords.visit_item_mut(&mut item);
    if let (Item::Struct(item), true) = (&mut item, has_private_fields) {
        item.attrs.push(parse_quote!(#[doc = " And private fields."]));
    }
    kept.then_some(item)
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Leaves out the fields that others do not see; tells whether there are any.
fn without_private_fields(fields: &mut Fields) -> bool {
    let before = fields.len();
    match fields {
        Fields::Named(fields) => {
            fields.named =
                std::mem::take(&mut fields.named).into_iter().filter(|field| is_public(&field.vis)).collect();
        }
        Fields::Unnamed(fields) => {
            let seen = |field: &syn::Field| is_public(&field.vis);
            fields.unnamed = std::mem::take(&mut fields.unnamed).into_iter().filter(seen).collect();
        }
        Fields::Unit => {}
    }
    fields.len() < before
}

fn without_default(item: &mut TraitItem) {
    if let TraitItem::Fn(function) = item
        && let Some(body) = &mut function.default
    {
        body.stmts.clear();
    }
}

/// Of a trait's items only the types are told: the functions are those of the trait.
fn is_offered(item: &mut ImplItem, is_of_trait: bool) -> bool {
    match item {
        ImplItem::Const(item) => {
            item.expr = parse_quote!(_);
            is_public(&item.vis)
        }
        ImplItem::Fn(item) => {
            item.block.stmts.clear();
            is_public(&item.vis)
        }
        ImplItem::Type(_) => is_of_trait,
        _ => false,
    }
}

fn is_known(of: &Type, names: &BTreeSet<String>) -> bool {
    match of {
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|segment| names.contains(&segment.ident.to_string()))
        }
        Type::Reference(reference) => is_known(&reference.elem, names),
        _ => false,
    }
}

/// Whether anything in a macro is `pub`, and not `pub(super)` or the like.
fn says_public(tokens: TokenStream) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_restricted = matches!(tokens.peek(), Some(TokenTree::Group(_)));
        if matches!(token, TokenTree::Ident(name) if name == "pub") && !is_restricted {
            return true;
        }
    }
    false
}

/// What stands in a macro, without documentation.
fn without_words(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group)
                if group.delimiter() == Delimiter::Bracket && is_documentation(group.stream()) =>
            {
                kept.pop();
            }
            TokenTree::Group(group) => {
                let inner = proc_macro2::Group::new(group.delimiter(), without_words(group.stream()));
                kept.push(TokenTree::Group(inner));
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

fn is_documentation(attribute: TokenStream) -> bool {
    matches!(attribute.into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
}

/// Leaves out documentation, and what is about lints and tests.
struct WithoutWords;

impl VisitMut for WithoutWords {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        const TOLD: [&str; 6] = ["cfg", "cfg_attr", "derive", "must_use", "non_exhaustive", "repr"];
        attributes.retain(|attribute| TOLD.iter().any(|told| attribute.path().is_ident(told)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> String {
        let mut modules = Vec::new();
        sort_into("crate", syn::parse_file(source).unwrap().items, Path::new(""), &mut modules).unwrap();
        let names = modules.iter().flat_map(|(_, items)| items.iter().filter_map(type_name)).collect();
        let items = modules.into_iter().flat_map(|(_, items)| items);
        let items = items.filter_map(|item| offered(item, &names)).collect();
        prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items })
    }

    #[test]
    fn what_others_see() {
        let source = "
            /// Words.
            #[derive(Clone)]
            #[must_use]
            pub struct Both { /** More words. */ pub seen: u8, hidden: u8 }
            struct Hidden;
            impl Both { pub fn get(&self) -> u8 { self.hidden } fn set(&mut self) {} }
            impl Hidden { pub fn get(&self) {} }
            impl From<u8> for Both { fn from(seen: u8) -> Both { Both { seen, hidden: 0 } } }
            pub(crate) fn inner() {}
            #[cfg(test)]
            mod tests { pub fn none() {} }
        ";
        let both = "#[derive(Clone)]\n#[must_use]\n/// And private fields.\npub struct Both {\n    pub seen: u8,\n}\n";
        let shown = shown(source);
        assert!(shown.starts_with(both), "{shown}");
        assert!(shown.contains("pub fn get(&self) -> u8 {}"), "{shown}");
        assert!(shown.contains("impl From<u8> for Both {}"), "{shown}");
        for hidden in ["Hidden", "hidden", "set", "inner", "none", "ords"] {
            assert!(!shown.contains(hidden), "{hidden}: {shown}");
        }
    }

    #[test]
    fn a_difference_is_told() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        let told = first_difference("a\nb\n", "a\n").unwrap();
        assert_eq!(told, "\"b\" where the sources have nothing more");
    }
}
