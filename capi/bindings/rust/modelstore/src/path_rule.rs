//! Rules that turn paths of another machine into paths of this one.

use crate::error::{Error, Result};
use crate::ffi::{self, FromC};
use modelstore_sys as sys;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One rule: a path that is `from`, or lies below it, continues at `to`. `from` may be a POSIX path or a
/// Windows one (`C:\models`). Of several rules the first that matches decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathRule {
    /// The beginning of the other machine's paths.
    pub from: PathBuf,
    /// What stands for it here.
    pub to: PathBuf,
}

/// Reads "FROM=TO", split at the first `=`. Errors: InvalidArgument (no `=`, or an empty side).
impl FromStr for PathRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut rule = sys::modelstore_path_rule { from: ffi::NO_TEXT, to: ffi::NO_TEXT };
        // SAFETY: `text` and the out-parameters outlive the call.
        ffi::call(|error| unsafe { sys::modelstore_path_rule_parse(ffi::text(text), &mut rule, error) })?;
        // SAFETY: the rule's texts are parts of `text`.
        Ok(unsafe { PathRule { from: PathBuf::from_c(&rule.from), to: PathBuf::from_c(&rule.to) } })
    }
}

/// What the first rule that matches makes of `path`; none if none does.
pub fn map_path(rules: &[PathRule], path: impl AsRef<Path>) -> Result<Option<PathBuf>> {
    let rules = to_c(rules);
    let path = ffi::path(path.as_ref());
    // SAFETY: the rules, the path and the out-parameters outlive the call.
    let block = ffi::block(|out, error| unsafe {
        sys::modelstore_map_path(rules.as_ptr(), rules.len() as u64, path, out, error)
    })?;
    if block.text.data.is_null() {
        return Ok(None);
    }
    // SAFETY: the block is the library's.
    Ok(Some(unsafe { PathBuf::from_c(&block.text) }))
}

/// The rules as C has them; they borrow `rules`.
pub(crate) fn to_c(rules: &[PathRule]) -> Vec<sys::modelstore_path_rule> {
    let rule =
        |rule: &PathRule| sys::modelstore_path_rule { from: ffi::path(&rule.from), to: ffi::path(&rule.to) };
    rules.iter().map(rule).collect()
}
