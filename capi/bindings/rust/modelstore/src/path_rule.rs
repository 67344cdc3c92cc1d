//! Rules that turn paths of another machine into paths of this one.

use crate::error::{Error, ErrorCode, Result};
use crate::ffi;
use modelstore_sys as sys;
use std::path::PathBuf;
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
        match text.split_once('=') {
            Some((from, to)) if !from.is_empty() && !to.is_empty() => {
                Ok(PathRule { from: from.into(), to: to.into() })
            }
            _ => Err(Error::new(ErrorCode::InvalidArgument, format!("not of the form FROM=TO: {}", text))),
        }
    }
}

/// The rules as C has them; they borrow `rules`.
pub(crate) fn to_c(rules: &[PathRule]) -> Vec<sys::modelstore_path_rule> {
    let rule =
        |rule: &PathRule| sys::modelstore_path_rule { from: ffi::path(&rule.from), to: ffi::path(&rule.to) };
    rules.iter().map(rule).collect()
}
