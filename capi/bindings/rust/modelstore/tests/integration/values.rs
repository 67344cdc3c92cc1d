use crate::support::code;
use modelstore::{
    map_path, ConflictPolicy, ErrorCode, PathRule, ProblemKind, RecordId, Scanner, Sha256, StateFilter,
};
use std::collections::HashSet;

const DIGITS: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

#[test]
fn a_digest_is_read_and_written() {
    let digest: Sha256 = DIGITS.parse().unwrap();
    assert_eq!(digest.bytes()[..4], [0x00, 0x11, 0x22, 0x33]);
    assert_eq!(digest.to_string(), DIGITS);
    assert_eq!(DIGITS.to_uppercase().parse::<Sha256>().unwrap(), digest);
    assert_eq!(Sha256::new(*digest.bytes()), digest);
    assert_eq!(format!("{:?}", digest), format!("Sha256({})", DIGITS));
    assert_eq!(format!("{:>66}", digest), format!("  {}", DIGITS));
}

#[test]
fn a_malformed_digest_is_refused() {
    for text in [
        "",
        "00",
        &DIGITS[1..],
        &format!("{}0", DIGITS),
        &DIGITS.replace('f', "g"),
        &DIGITS.replace('0', "\0"),
    ] {
        assert_eq!(code(text.parse::<Sha256>()), ErrorCode::InvalidArgument, "{:?}", text);
    }
}

#[test]
fn an_id_is_read_and_written() {
    let model: RecordId = DIGITS.parse().unwrap();
    assert!(model.is_model() && !model.is_pending());
    assert_eq!(model.sha256().unwrap().to_string(), DIGITS);
    assert_eq!(model.number(), None);
    assert_eq!(model.to_string(), DIGITS);

    let pending: RecordId = "pending:42".parse().unwrap();
    assert_eq!(pending, RecordId::pending(42).unwrap());
    assert!(pending.is_pending() && !pending.is_model());
    assert_eq!(pending.number(), Some(42));
    assert_eq!(pending.sha256(), None);
    assert_eq!(pending.to_string(), "pending:42");
    let largest = RecordId::pending(i64::MAX).unwrap();
    assert_eq!(largest.to_string().parse::<RecordId>().unwrap(), largest);
}

#[test]
fn a_malformed_id_is_refused() {
    for text in [
        "",
        "pending:",
        "pending:0",
        "pending:-1",
        "pending:x",
        "pending:99999999999999999999",
        "42",
        "Pending:1",
    ] {
        assert_eq!(code(text.parse::<RecordId>()), ErrorCode::InvalidArgument, "{:?}", text);
    }
    for number in [0, -1, i64::MIN] {
        assert_eq!(code(RecordId::pending(number)), ErrorCode::InvalidArgument, "{}", number);
    }
}

#[test]
fn ids_are_keys() {
    let digest: Sha256 = DIGITS.parse().unwrap();
    let mut ids = HashSet::from([RecordId::from(digest), RecordId::pending(1).unwrap()]);
    assert!(!ids.insert(RecordId::model(digest)));
    assert!(ids.insert(RecordId::pending(2).unwrap()));
    assert!(RecordId::pending(1).unwrap() < RecordId::pending(2).unwrap());
}

#[test]
fn a_rule_for_paths_is_read() {
    let rule: PathRule = r"D:\models=/srv/models=x".parse().unwrap();
    assert_eq!(rule, PathRule { from: r"D:\models".into(), to: "/srv/models=x".into() });
    for text in ["", "=", "a", "a=", "=b"] {
        assert_eq!(code(text.parse::<PathRule>()), ErrorCode::InvalidArgument, "{:?}", text);
    }
}

#[test]
fn codes_have_the_names_and_numbers_of_the_library() {
    assert_eq!(ErrorCode::NotFound.name(), "NotFound");
    assert_eq!(ErrorCode::NotFound.number(), 2);
    assert_eq!(ErrorCode::Internal.number(), 27);
    assert_eq!(ErrorCode::FileMissing.to_string(), "FileMissing");
    assert_eq!(ErrorCode::Other(12345).name(), "Unknown");
    assert_eq!(ErrorCode::Other(12345).number(), 12345);
    assert_eq!(ProblemKind::PreviewFileMissing.to_string(), "PreviewFileMissing");
    assert_eq!(ProblemKind::Other(12345).name(), "Unknown");
}

#[test]
fn defaults_are_those_of_the_interface() {
    assert_eq!(StateFilter::default(), StateFilter::Active);
    assert_eq!(modelstore::MigrateOptions::default().policy, ConflictPolicy::Report);
    assert_eq!(modelstore::MigrateHashOptions::default().policy, ConflictPolicy::Merge);
    assert!(modelstore::MigrateHashOptions::default().migrate);
    assert!(modelstore::RepairOptions::default().dry_run);
    assert_eq!(modelstore::RecordQuery::default().limit, 100);
}

#[test]
fn the_version_is_that_of_the_crate() {
    assert_eq!(modelstore::version(), env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_path_is_mapped_by_the_first_rule_that_matches() {
    let rules: Vec<PathRule> = [r"D:\models=/mnt", "/a=/b", "/a=/c"].map(|rule| rule.parse().unwrap()).into();
    let map = |path: &str| map_path(&rules, path).unwrap();
    assert_eq!(map(r"d:\Models\x\y.ckpt"), Some("/mnt/x/y.ckpt".into()));
    assert_eq!(map("/a/x"), Some("/b/x".into()));
    assert_eq!(map("/ab/x"), None);
    assert_eq!(map_path(&[], "/a").unwrap(), None);
}

#[test]
fn a_policy_is_found_by_its_name() {
    use ConflictPolicy::{Discard, Keep, Merge, Replace, Report};
    for policy in [Merge, Report, Replace, Keep, Discard] {
        assert_eq!(policy.name().parse::<ConflictPolicy>().unwrap(), policy);
    }
    assert_eq!(Merge.to_string(), "merge");
    assert_eq!(ConflictPolicy::Other(12345).name(), "unknown");
    for name in ["", "Merge", "unknown"] {
        assert_eq!(code(name.parse::<ConflictPolicy>()), ErrorCode::InvalidArgument);
    }
}

#[test]
fn the_usual_endings_are_told() {
    assert!(Scanner::usual_extensions().unwrap().contains(&".safetensors".to_string()));
}
