//! What a program can change about records, and which ones.

use crate::ffi;
use crate::record_id::RecordId;
use crate::record_query::RecordFilter;
use crate::sha256::Sha256;
use modelstore_sys as sys;
use std::path::PathBuf;

/// A tag in an edit. A name that no tag has creates one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagRef {
    /// The tag with this number.
    Id(i64),
    /// The tag with this name.
    Name(String),
}

impl From<i64> for TagRef {
    fn from(id: i64) -> Self {
        TagRef::Id(id)
    }
}

impl From<&str> for TagRef {
    fn from(name: &str) -> Self {
        TagRef::Name(name.to_owned())
    }
}

impl From<String> for TagRef {
    fn from(name: String) -> Self {
        TagRef::Name(name)
    }
}

/// The tags as C has them; they borrow `tags`.
fn tag_refs(tags: &[TagRef]) -> Vec<sys::modelstore_tag_ref> {
    let tag_ref = |tag: &TagRef| match tag {
        // Zero is no number there, and -1 no tag's.
        TagRef::Id(id) => sys::modelstore_tag_ref { id: ffi::explicit(*id), name: ffi::NO_TEXT },
        TagRef::Name(name) => sys::modelstore_tag_ref { id: 0, name: ffi::text(name) },
    };
    tags.iter().map(tag_ref).collect()
}

/// What to change about a record. What is not set stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordEdit {
    /// Its name.
    pub name: Option<String>,
    /// Its type.
    pub type_: Option<String>,
    /// A pending record's file. Not for models, whose locations are found, not edited.
    pub path: Option<PathBuf>,
    /// A JSON object. Each of its keys replaces the same key of the record's metadata; null removes it. At
    /// most 16 MiB and 100 levels.
    pub metadata: Option<String>,
    /// Exactly these.
    pub tags: Option<Vec<TagRef>>,
    /// These too.
    pub add_tags: Vec<TagRef>,
    /// Not these; a name that no tag has is ignored.
    pub remove_tags: Vec<TagRef>,
}

impl RecordEdit {
    /// Calls `function` with the edit as C has it.
    pub(crate) fn with_c<R>(&self, function: impl FnOnce(&sys::modelstore_record_edit) -> R) -> R {
        let tags = tag_refs(self.tags.as_deref().unwrap_or(&[]));
        let (add_tags, remove_tags) = (tag_refs(&self.add_tags), tag_refs(&self.remove_tags));
        function(&sys::modelstore_record_edit {
            set_tags: self.tags.is_some().into(),
            name: ffi::optional_text(self.name.as_deref()),
            type_: ffi::optional_text(self.type_.as_deref()),
            path: ffi::optional_path(self.path.as_deref()),
            metadata: ffi::optional_text(self.metadata.as_deref()),
            tags: tags.as_ptr(),
            tags_count: tags.len() as u64,
            add_tags: add_tags.as_ptr(),
            add_tags_count: add_tags.len() as u64,
            remove_tags: remove_tags.as_ptr(),
            remove_tags_count: remove_tags.len() as u64,
            ..sys::modelstore_record_edit::init()
        })
    }
}

/// Several records: listed, or all that a filter lets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Ids(Vec<RecordId>),
    /// All that this lets pass.
    Filter(RecordFilter),
}

impl From<RecordId> for Selection {
    fn from(id: RecordId) -> Self {
        Selection::Ids(vec![id])
    }
}

impl From<Vec<RecordId>> for Selection {
    fn from(ids: Vec<RecordId>) -> Self {
        Selection::Ids(ids)
    }
}

impl From<&[RecordId]> for Selection {
    fn from(ids: &[RecordId]) -> Self {
        Selection::Ids(ids.to_vec())
    }
}

impl From<RecordFilter> for Selection {
    fn from(filter: RecordFilter) -> Self {
        Selection::Filter(filter)
    }
}

impl Selection {
    /// Calls `function` with the selection as C has it.
    pub(crate) fn with_c<R>(&self, function: impl FnOnce(&sys::modelstore_selection) -> R) -> R {
        match self {
            Selection::Ids(ids) => {
                let ids: Vec<_> = ids.iter().map(|id| id.to_c()).collect();
                function(&sys::modelstore_selection {
                    ids: ids.as_ptr(),
                    ids_count: ids.len() as u64,
                    ..sys::modelstore_selection::init()
                })
            }
            Selection::Filter(filter) => filter.with_c(|filter| {
                function(&sys::modelstore_selection { filter, ..sys::modelstore_selection::init() })
            }),
        }
    }
}

/// A pending record to add by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewPending {
    /// Required; not the path of another record.
    pub path: PathBuf,
    /// Empty: the last component of the path.
    pub name: String,
    /// Free text.
    pub type_: String,
    /// Of the file.
    pub size_bytes: i64,
    /// 0: now.
    pub created_at: i64,
    /// A JSON object; empty: one without keys.
    pub metadata: String,
    /// Its tags.
    pub tags: Vec<TagRef>,
}

impl NewPending {
    /// Calls `function` with the record as C has it.
    pub(crate) fn with_c<R>(&self, function: impl FnOnce(&sys::modelstore_new_record) -> R) -> R {
        let tags = tag_refs(&self.tags);
        function(&sys::modelstore_new_record {
            path: ffi::path(&self.path),
            name: ffi::text(&self.name),
            type_: ffi::text(&self.type_),
            size_bytes: self.size_bytes,
            created_at: self.created_at,
            metadata: ffi::text_or_none(&self.metadata),
            tags: tags.as_ptr(),
            tags_count: tags.len() as u64,
            ..sys::modelstore_new_record::init()
        })
    }
}

/// A model to add by hand, under a hash that is claimed by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewModel {
    /// The claimed hash.
    pub sha256: Sha256,
    /// May be empty.
    pub path: PathBuf,
    /// Free text.
    pub name: String,
    /// Free text.
    pub type_: String,
    /// Of the file.
    pub size_bytes: i64,
    /// 0: now.
    pub created_at: i64,
    /// A JSON object; empty: one without keys.
    pub metadata: String,
    /// Its tags.
    pub tags: Vec<TagRef>,
}

impl NewModel {
    /// Calls `function` with the model, without its hash, as C has it.
    pub(crate) fn with_c<R>(&self, function: impl FnOnce(&sys::modelstore_new_record) -> R) -> R {
        let tags = tag_refs(&self.tags);
        function(&sys::modelstore_new_record {
            path: ffi::path(&self.path),
            name: ffi::text(&self.name),
            type_: ffi::text(&self.type_),
            size_bytes: self.size_bytes,
            created_at: self.created_at,
            metadata: ffi::text_or_none(&self.metadata),
            tags: tags.as_ptr(),
            tags_count: tags.len() as u64,
            ..sys::modelstore_new_record::init()
        })
    }
}
