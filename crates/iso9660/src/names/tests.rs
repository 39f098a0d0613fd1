use std::collections::HashSet;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn strict(level: InterchangeLevel) -> NameRules {
    NameRules { level, ..NameRules::default() }
}

fn relaxed(relaxations: Relaxations) -> NameRules {
    NameRules { relaxations, ..NameRules::default() }
}

fn file(name: &str) -> SourceName<'_> {
    SourceName { name: name.as_bytes(), is_directory: false, standing: Standing::New }
}

fn directory(name: &str) -> SourceName<'_> {
    SourceName { name: name.as_bytes(), is_directory: true, standing: Standing::New }
}

fn identifiers(rules: &NameRules, names: &[SourceName<'_>]) -> Vec<String> {
    let recorded = record_names(rules, names).unwrap();
    recorded.iter().map(|(identifier, _)| String::from_utf8(identifier.to_vec()).unwrap()).collect()
}

#[track_caller]
fn check(rules: &NameRules, source: SourceName<'_>, identifier: &str, changes: NameChanges) {
    let recorded = record_names(rules, &[source]).unwrap();
    let (found, found_changes) = (recorded.identifier(0), recorded.changes(0));
    assert_eq!(String::from_utf8_lossy(found), identifier);
    assert_eq!(found_changes, changes, "{identifier}");
}

use NameChanges as C;

#[test]
fn to_the_letter() {
    let three = strict(InterchangeLevel::Three);
    check(&three, file("README.TXT"), "README.TXT;1", C::VERSION_ADDED);
    check(&three, file("README"), "README.;1", C::VERSION_ADDED);
    check(&three, file("README."), "README.;1", C::VERSION_ADDED);
    check(&three, file("readme.txt"), "README.TXT;1", C::VERSION_ADDED | C::CASE_FOLDED);
    check(&three, file("a.tar.gz"), "A_TAR.GZ;1", C::VERSION_ADDED | C::CASE_FOLDED | C::DOTS_CHANGED);
    check(&three, file(".profile"), "_PROFILE.;1", C::VERSION_ADDED | C::CASE_FOLDED | C::DOTS_CHANGED);
    check(&three, file(".A.B"), "_A.B;1", C::VERSION_ADDED | C::DOTS_CHANGED);
    check(&three, file("A B"), "A_B.;1", C::VERSION_ADDED | C::CHARACTERS_REPLACED);
    check(&three, file("GRÜSSE.TXT"), "GR_SSE.TXT;1", C::VERSION_ADDED | C::CHARACTERS_REPLACED);
    check(&three, file("A;1"), "A_1.;1", C::VERSION_ADDED | C::CHARACTERS_REPLACED);
    check(&three, directory("DIR"), "DIR", C::empty());
    check(&three, directory("Dir.d"), "DIR_D", C::CASE_FOLDED | C::DOTS_CHANGED);
    check(&three, directory(".."), "__", C::DOTS_CHANGED);
    check(&three, directory(""), "_", C::CHARACTERS_REPLACED);
    check(&three, file("..."), "__.;1", C::VERSION_ADDED | C::DOTS_CHANGED);
}

/// What is recorded keeps its identifier, and its number, whatever comes beside it.
#[test]
fn recorded_names_come_first() {
    let rules = NameRules::default();
    let recorded = |name| SourceName { standing: Standing::Recorded, ..file(name) };
    let before = [recorded("foo"), recorded("Foo "), recorded("Foo-")];
    let old = identifiers(&rules, &before);
    assert_eq!(old, ["FOO.;1", "FOO_.;1", "FOO_1.;1"]);
    let after = [&before[..], &[file("FOO"), file("FOO_"), file("A"), file("FOO-")]].concat();
    assert_eq!(identifiers(&rules, &after)[..3], old);
    // Of the same bytes, too: one may be what another item is called in this file system only.
    let same = [file("FOO.TXT"), recorded("FOO.TXT")];
    assert_eq!(identifiers(&rules, &same), ["FOO1.TXT;1", "FOO.TXT;1"]);
    let theirs = SourceName { standing: Standing::Identifier, ..directory("FOO.D") };
    assert_eq!(identifiers(&rules, &[directory("FOO.D"), theirs]), ["FOO_D", "FOO.D"]);
}

#[test]
fn bytes_that_are_no_utf_8() {
    let source = SourceName { name: b"A\xFF\xE4\xB8B", is_directory: true, standing: Standing::New };
    check(&strict(InterchangeLevel::Three), source, "A__B", C::CHARACTERS_REPLACED);
}

#[test]
fn lengths() {
    let one = strict(InterchangeLevel::One);
    let cut = C::VERSION_ADDED | C::TRUNCATED;
    check(&one, file("NINECHARS.HTML"), "NINECHAR.HTM;1", cut);
    check(&one, directory("NINECHARS"), "NINECHAR", C::TRUNCATED);
    let three = strict(InterchangeLevel::Three);
    let (n40, e40) = ("N".repeat(40), "E".repeat(40));
    check(&three, file(&format!("{n40}.JPEG")), &format!("{}.JPEG;1", "N".repeat(26)), cut);
    check(&three, file(&format!("N.{e40}")), &format!("N.{};1", "E".repeat(29)), cut);
    check(&three, file(&format!("{n40}.{e40}")), &format!("{}.{};1", "N".repeat(15), "E".repeat(15)), cut);
    check(&three, file(&n40), &format!("{}.;1", "N".repeat(30)), cut);
    check(&three, directory(&n40), &"N".repeat(31), C::TRUNCATED);
    let thirty = format!("{}.{}", "N".repeat(10), "E".repeat(20));
    check(&three, file(&thirty), &format!("{thirty};1"), C::VERSION_ADDED);
}

#[test]
fn relaxations() {
    let with = |set: fn(&mut Relaxations)| {
        let mut relaxations = Relaxations::default();
        set(&mut relaxations);
        relaxed(relaxations)
    };
    let lower_case = with(|it| it.allow_lower_case = true);
    check(&lower_case, file("Read.me"), "Read.me;1", C::VERSION_ADDED);
    let dots = with(|it| it.allow_multiple_dots = true);
    check(&dots, file("A.TAR.GZ"), "A.TAR.GZ;1", C::VERSION_ADDED);
    check(&dots, directory("A.D"), "A.D", C::empty());
    check(&dots, directory(".D"), "_D", C::DOTS_CHANGED);
    let leading = with(|it| it.allow_leading_dot = true);
    check(&leading, file(".PROFILE"), ".PROFILE;1", C::VERSION_ADDED);
    check(&leading, file(".A.B"), ".A.B;1", C::VERSION_ADDED);
    check(&leading, directory("."), "_", C::DOTS_CHANGED);
    check(&leading, file(".."), "_.;1", C::VERSION_ADDED | C::DOTS_CHANGED);
    let directories = with(|it| it.allow_directory_extension = true);
    check(&directories, directory("CONF.D"), "CONF.D", C::empty());
    check(&directories, directory("A.B.C"), "A_B.C", C::DOTS_CHANGED);
    check(&directories, directory("A."), "A_", C::DOTS_CHANGED);
    check(&directories, directory(".A"), "_A", C::DOTS_CHANGED);
    check(&directories, file("A.B.C"), "A_B.C;1", C::VERSION_ADDED | C::DOTS_CHANGED);
    let short = NameRules { level: InterchangeLevel::One, ..directories };
    check(&short, directory("DIRECTORY.NAME"), "DIRECTOR.NAM", C::TRUNCATED);
    let ascii = with(|it| it.allow_full_ascii = true);
    check(&ascii, file("A+B (2)!.T~"), "A+B (2)!.T~;1", C::VERSION_ADDED);
    check(&ascii, file("a/;"), "A__.;1", C::VERSION_ADDED | C::CASE_FOLDED | C::CHARACTERS_REPLACED);
    let no_version = with(|it| it.omit_version = true);
    check(&no_version, file("A"), "A.", C::empty());
    let no_dot = with(|it| it.omit_trailing_dot = true);
    check(&no_dot, file("A"), "A;1", C::VERSION_ADDED);
    check(&no_dot, file("A."), "A;1", C::VERSION_ADDED | C::DOTS_CHANGED);
    check(&no_dot, file("A.B"), "A.B;1", C::VERSION_ADDED);
    let long = with(|it| it.allow_37_characters = true);
    let n40 = "N".repeat(40);
    check(&long, file(&format!("{n40}.C")), &format!("{}.C", "N".repeat(35)), C::TRUNCATED);
    check(&long, directory(&n40), &"N".repeat(37), C::TRUNCATED);
}

#[test]
fn enhanced() {
    let rules = strict(InterchangeLevel::Enhanced);
    check(&rules, file(".Grüße, 2.tar.gz"), ".Grüße, 2.tar.gz", C::empty());
    check(&rules, file("a."), "a.", C::empty());
    check(&rules, file("a"), "a", C::empty());
    check(&rules, file("a\n;"), "a__", C::CHARACTERS_REPLACED);
    // 103 characters of two bytes, and one of the last character's bytes too many.
    let umlauts = "ü".repeat(110);
    check(&rules, directory(&umlauts), &"ü".repeat(103), C::TRUNCATED);
    check(&rules, file(&format!("{umlauts}.c")), &format!("{}.c", "ü".repeat(102)), C::TRUNCATED);
}

#[test]
fn names_that_conform_keep_theirs() {
    let rules = strict(InterchangeLevel::Three);
    let names = [file("a.txt"), file("A.TXT"), file("A.txt"), file("A1.TXT")];
    assert_eq!(identifiers(&rules, &names), ["A3.TXT;1", "A.TXT;1", "A2.TXT;1", "A1.TXT;1"]);
    // A file and a directory that are the same to readers that take dots off.
    let names = [file("FOO"), directory("FOO."), directory("foo")];
    assert_eq!(identifiers(&rules, &names), ["FOO.;1", "FOO_", "FOO1"]);
}

#[test]
fn numbers_take_the_place_of_characters() {
    let rules = strict(InterchangeLevel::One);
    let names: Vec<String> = (0..12).map(|number| format!("LONGNAME_{number:02}.DATA")).collect();
    let names: Vec<_> = names.iter().map(|name| file(name)).collect();
    let found = identifiers(&rules, &names);
    assert_eq!(found[..3], ["LONGNAME.DAT;1", "LONGNAM1.DAT;1", "LONGNAM2.DAT;1"]);
    assert_eq!(found[9..], ["LONGNAM9.DAT;1", "LONGNA10.DAT;1", "LONGNA11.DAT;1"]);
    let changes = record_names(&rules, &names).unwrap().changes(11);
    let all = C::VERSION_ADDED | C::TRUNCATED | C::MADE_UNIQUE;
    assert_eq!(changes, all);
}

#[test]
fn an_extension_makes_room_for_a_number() {
    let rules = strict(InterchangeLevel::Three);
    let e29 = "E".repeat(29);
    let names = [file(&format!("N.{e29}")).name.to_vec(), format!("N.{e29}F").into_bytes()];
    let names: Vec<_> =
        names.iter().map(|name| SourceName { name, is_directory: false, standing: Standing::New }).collect();
    assert_eq!(identifiers(&rules, &names), [format!("N.{e29};1"), format!("N1.{};1", "E".repeat(22))]);
}

#[test]
fn the_same_name_twice() {
    let rules = strict(InterchangeLevel::Three);
    assert_eq!(identifiers(&rules, &[file("A"), file("A"), directory("A")]), ["A.;1", "A1.;1", "A2"]);
}

/// Times are generous: the tests run without optimisation. The quadratic way would take minutes.
#[track_caller]
fn in_time(rules: &NameRules, names: &[String]) {
    let names: Vec<_> = names.iter().map(|name| file(name)).collect();
    let start = Instant::now();
    let recorded = record_names(rules, &names).unwrap();
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let unique: HashSet<_> = recorded.iter().map(|(identifier, _)| identifier).collect();
    assert_eq!(unique.len(), names.len());
}

#[test]
fn common_starts_do_not_take_quadratic_time() {
    let one = strict(InterchangeLevel::One);
    let names = |name: fn(u32) -> String| (0..20_000).map(name).collect::<Vec<_>>();
    in_time(&one, &names(|number| format!("a common prefix {number}")));
    // Every number that would be tried is the name of another file.
    in_time(
        &one,
        &names(|number| if number < 10_000 { format!("N{number}") } else { format!("n{}", number - 10_000) }),
    );
    // Many different starts that numbers make equal.
    in_time(&one, &names(|number| format!("ABCD{:04}{}", number / 2, number % 2)));
    // Names that differ only in case, where case is kept.
    let lower_case = relaxed(Relaxations { allow_lower_case: true, ..Relaxations::default() });
    in_time(
        &lower_case,
        &names(|number| (0..15).map(|bit| if number >> bit & 1 == 1 { 'a' } else { 'A' }).collect()),
    );
}

fn any_rules() -> impl Strategy<Value = NameRules> {
    let level = prop_oneof![
        Just(InterchangeLevel::One),
        Just(InterchangeLevel::Two),
        Just(InterchangeLevel::Three),
        Just(InterchangeLevel::Enhanced),
    ];
    let dots = prop_oneof![Just(Dots::Standard), Just(Dots::Genisoimage), Just(Dots::Libisofs)];
    (level, any::<[bool; 8]>(), dots).prop_map(
        |(level, [lower, multiple, leading, ascii, long, version, dot, directory], dots)| NameRules {
            level,
            dots,
            relaxations: Relaxations {
                allow_lower_case: lower,
                allow_multiple_dots: multiple,
                allow_leading_dot: leading,
                allow_full_ascii: ascii,
                allow_37_characters: long,
                omit_version: version,
                omit_trailing_dot: dot,
                allow_directory_extension: directory,
            },
            keep_recorded: false,
        },
    )
}

fn any_name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => "[aAbB.1 ;]{0,5}".prop_map(String::into_bytes),
        2 => "[aA]{0,3}[a-c.é]{20,45}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..300),
    ]
}

/// A name of the kinds that the shortcut of [`IdentifierCheck`] is for, and of those that it is not for.
fn short_name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof!["[aA1_.]{0,4}", "[aB]{28,33}", "[aB]{1,28}[.][cD]{0,4}", "[a-c .-]{1,6}"]
        .prop_map(String::into_bytes)
}

proptest! {
    /// An identifier fits its name if it is what [`record_names`] makes of the name alone, and no other does.
    #[test]
    fn what_fits_is_what_is_made(
        rules in prop_oneof![Just(NameRules::default()), any_rules()],
        name in prop_oneof![3 => short_name(), 1 => any_name()],
        other in short_name(),
        is_directory: bool,
    ) {
        let source = SourceName { name: &name, is_directory, standing: Standing::New };
        let made = |name: &[u8]| {
            let alone = [SourceName { name, ..source }];
            record_names(&rules, &alone).unwrap().identifier(0).to_vec()
        };
        let mut check = IdentifierCheck::new(&rules);
        for identifier in [made(&name), made(&other), other.clone(), name.clone()] {
            prop_assert_eq!(check.fits(&source, &identifier), identifier == made(&name));
        }
    }

    #[test]
    fn unique_allowed_and_independent_of_the_order(
        rules in any_rules(),
        sources in proptest::collection::vec((any_name(), any::<bool>()), 0..40),
        rotation: prop::sample::Index,
    ) {
        let names: Vec<_> =
            sources.iter().map(|(name, is_directory)| SourceName { name, is_directory: *is_directory, standing: Standing::New }).collect();
        let recorded = record_names(&rules, &names).unwrap();
        let limits = rules.limits();
        let mut seen = HashSet::new();
        for (source, (identifier, changes)) in names.iter().zip(recorded.iter()) {
            let text = String::from_utf8(identifier.to_vec()).unwrap();
            let versioned = !source.is_directory && rules.has_version();
            prop_assert_eq!(text.ends_with(";1"), versioned);
            let bare = text.strip_suffix(";1").unwrap_or(&text);
            prop_assert!(seen.insert(comparable(identifier).to_ascii_uppercase()), "{} twice", text);
            let allowed = |character: char| match u8::try_from(character) {
                Ok(b'.') => true,
                Ok(byte) if byte.is_ascii() => rules.allows(byte),
                _ => rules.is_enhanced(),
            };
            prop_assert!(bare.chars().all(allowed));
            prop_assert!(!matches!(bare, "" | "." | ".."));
            let may_divide = !source.is_directory || rules.relaxations.allow_directory_extension;
            // libisofs leaves out the dividing dot at the end, even where another then seems to divide.
            let leaves_out = rules.dots() == Dots::Libisofs && rules.relaxations.omit_trailing_dot;
            if leaves_out && bare.len() <= limits.name {
                // It is within the length of a name.
            } else if !may_divide || source.is_directory && bare.len() <= limits.directory {
                prop_assert!(bare.len() <= limits.directory);
            } else {
                // Beside another dot, one at the end belongs to the extension in images of genisoimage.
                let ends = |name: &str| rules.dots() == Dots::Genisoimage && name.matches('.').nth(1).is_some();
                let dividing = bare.strip_suffix('.').filter(|_| ends(bare)).unwrap_or(bare).rfind('.');
                let (name, extension) = dividing.map_or((bare, ""), |at| (&bare[..at], &bare[at + 1..]));
                prop_assert!(extension.len() <= limits.extension && name.len() + extension.len() <= limits.sum + usize::from(rules.is_enhanced()), "{}", text);
                prop_assert!(name.len() <= limits.name + usize::from(rules.is_enhanced()), "{}", text);
            }
            if !changes.is_loss() {
                // A dot at the end is the one that was added, or the name's own.
                let shown = comparable(identifier);
                prop_assert!(shown == source.name || shown == comparable(source.name), "{}", text);
            }
        }
        if let Some(middle) = names.len().checked_sub(1).map(|_| rotation.index(names.len())) {
            let mut rotated = names.clone();
            rotated.rotate_left(middle);
            let mut pairs: Vec<_> = names.iter().map(|it| (it.name, it.is_directory)).zip(recorded.iter()).collect();
            let again = record_names(&rules, &rotated).unwrap();
            let mut again: Vec<_> = rotated.iter().map(|it| (it.name, it.is_directory)).zip(again.iter()).collect();
            pairs.sort_unstable_by_key(|&(source, (identifier, _))| (source, identifier));
            again.sort_unstable_by_key(|&(source, (identifier, _))| (source, identifier));
            prop_assert_eq!(pairs, again);
        }
    }
}

/// The name of a file or directory that is recorded under an identifier.
fn kept(identifier: &[u8], is_directory: bool) -> SourceName<'_> {
    SourceName { name: identifier, is_directory, standing: Standing::Identifier }
}

#[test]
fn identifiers_stay_as_they_were_recorded() {
    let most = "m".repeat(193);
    let identifiers = [
        ("readme.txt;1", false),
        ("Mixed_Case.;1", false),
        ("lower", true),
        ("README.TXT", false),
        ("trail", false),
        ("trail.", false),
        ("trail.;1", false),
        ("TRAIL;1", false),
        ("trail.;2", false),
        ("d.ext", true),
        (".d.d", true),
        ("dot.", true),
        (".profile;1", false),
        ("a.tar.gz;01", false),
        ("with;semi", false),
        ("a b!.c;1", false),
        ("...", false),
        (&most, false),
    ];
    let names = identifiers.map(|(identifier, is_directory)| kept(identifier.as_bytes(), is_directory));
    let recorded = record_names(&NameRules::RECORDED, &names).unwrap();
    for (index, (identifier, _)) in identifiers.iter().enumerate() {
        assert_eq!(recorded.identifier(index).escape_ascii().to_string(), *identifier);
        assert!(!recorded.changes(index).is_loss(), "{identifier}");
    }
    // New names keep to the rules, and get numbers beside what readers may take for the same.
    let new = SourceName { name: b"Trail", is_directory: false, standing: Standing::New };
    let dots = SourceName { name: b"new.tar.gz", ..new };
    let recorded = record_names(&NameRules::RECORDED, &[names[8], new, dots]).unwrap();
    assert_eq!(recorded.identifier(0), b"trail.;2");
    assert_eq!(recorded.identifier(1), b"TRAIL1.;1");
    assert_eq!(recorded.identifier(2), b"NEW_TAR.GZ;1");
}

#[test]
fn one_of_two_identifiers_that_are_the_same_gets_a_number_in_its_own_form() {
    for (identifier, numbered) in [("A.B;3", "A1.B;3"), ("TRAIL.", "TRAIL1."), ("TRAIL", "TRAIL1")] {
        let names = [kept(identifier.as_bytes(), false); 2];
        let recorded = record_names(&NameRules::RECORDED, &names).unwrap();
        assert_eq!(recorded.identifier(0), identifier.as_bytes());
        assert_eq!(recorded.identifier(1), numbered.as_bytes());
    }
}

/// By other rules they are names as readers show them.
#[test]
fn identifiers_that_do_not_stay_lose_their_endings() {
    let names = ["trail.", "b.c;12", "d;1", "none"].map(|name| kept(name.as_bytes(), false));
    let recorded = record_names(&NameRules::default(), &names).unwrap();
    for (index, identifier) in ["TRAIL.;1", "B.C;1", "D.;1", "NONE.;1"].iter().enumerate() {
        assert_eq!(recorded.identifier(index), identifier.as_bytes());
    }
}
