//! What to list, and what a list answers.

use crate::ffi::{self, c_enum, FromC};
use crate::records::{RecordSummary, Tag};
use modelstore_sys as sys;

c_enum! {
    /// Which records, by their state.
    #[derive(Default)]
    StateFilter: modelstore_state_filter {
        /// Models.
        #[default]
        Active = MODELSTORE_STATE_ACTIVE,
        /// Pending records.
        Pending = MODELSTORE_STATE_PENDING,
        /// Both.
        All = MODELSTORE_STATE_ALL,
        /// Both, of those that were deleted.
        Trash = MODELSTORE_STATE_TRASH,
    }
}

c_enum! {
    /// What a list is sorted by. Ties are broken by the record's age in the catalogue.
    #[derive(Default)]
    SortKey: modelstore_sort_key {
        /// Without regard to ASCII case.
        #[default]
        Name = MODELSTORE_SORT_NAME,
        /// Bytes.
        Size = MODELSTORE_SORT_SIZE,
        /// `created_at`.
        Created = MODELSTORE_SORT_CREATED,
        /// Then by name.
        Type = MODELSTORE_SORT_TYPE,
    }
}

c_enum! {
    /// Which end of a list comes first.
    #[derive(Default)]
    SortOrder: modelstore_sort_order {
        /// The smallest first.
        #[default]
        Ascending = MODELSTORE_ASCENDING,
        /// The largest first.
        Descending = MODELSTORE_DESCENDING,
    }
}

/// Which records. Everything that is set must hold; the default lets all models pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordFilter {
    /// Models, pending records, both, or the trash.
    pub state: StateFilter,
    /// Exactly this type.
    pub type_: Option<String>,
    /// Names: a record has all of them.
    pub tags: Vec<String>,
    /// Names: a record has none of them.
    pub not_tags: Vec<String>,
    /// Words that all occur, in any order, anywhere in name, path, description or tags. A word matches inside
    /// of others; case and the difference between `_`, `-` and space do not count.
    pub text: String,
}

impl RecordFilter {
    /// Calls `function` with the filter as C has it.
    pub(crate) fn with_c<R>(&self, function: impl FnOnce(&sys::modelstore_record_filter) -> R) -> R {
        let (tags, not_tags) = (ffi::texts(&self.tags), ffi::texts(&self.not_tags));
        function(&sys::modelstore_record_filter {
            state: self.state.to_c(),
            type_: ffi::optional_text(self.type_.as_deref()),
            tags: tags.as_ptr(),
            tags_count: tags.len() as u64,
            not_tags: not_tags.as_ptr(),
            not_tags_count: not_tags.len() as u64,
            text: ffi::text(&self.text),
            ..sys::modelstore_record_filter::init()
        })
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordQuery {
    /// Which records.
    pub filter: RecordFilter,
    /// What they are sorted by.
    pub sort: SortKey,
    /// Which come first.
    pub order: SortOrder,
    /// Records a page, 1 to 10,000.
    pub limit: i64,
    /// [`RecordPage::next_cursor`] of the page before; empty: the first page.
    pub cursor: String,
}

impl Default for RecordQuery {
    fn default() -> Self {
        RecordQuery {
            filter: RecordFilter::default(),
            sort: SortKey::default(),
            order: SortOrder::default(),
            limit: 100,
            cursor: String::new(),
        }
    }
}

impl RecordQuery {
    /// Calls `function` with the query as C has it.
    pub(crate) fn with_c<R>(&self, function: impl FnOnce(&sys::modelstore_record_query) -> R) -> R {
        self.filter.with_c(|filter| {
            function(&sys::modelstore_record_query {
                sort: self.sort.to_c(),
                order: self.order.to_c(),
                filter,
                limit: ffi::explicit(self.limit),
                cursor: ffi::text(&self.cursor),
                ..sys::modelstore_record_query::init()
            })
        })
    }
}

/// What one page holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPage {
    /// In the order that was asked for.
    pub records: Vec<RecordSummary>,
    /// Of all pages, at the time of this one.
    pub total: i64,
    /// Continues behind this page, however much was added or removed meanwhile; empty on the last page.
    pub next_cursor: String,
}

impl FromC<sys::modelstore_record_page> for RecordPage {
    unsafe fn from_c(c: &sys::modelstore_record_page) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            RecordPage {
                records: ffi::list(c.records, c.records_count),
                total: c.total,
                next_cursor: String::from_c(&c.next_cursor),
            }
        }
    }
}

/// How many of a filter's records have a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeCount {
    /// The type.
    pub type_: String,
    /// How many have it.
    pub count: i64,
}

impl FromC<sys::modelstore_type_count> for TypeCount {
    unsafe fn from_c(c: &sys::modelstore_type_count) -> Self {
        // SAFETY: the caller's promise.
        TypeCount { type_: unsafe { String::from_c(&c.type_) }, count: c.count }
    }
}

/// How many of a filter's records have a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagCount {
    /// The tag.
    pub tag: Tag,
    /// How many have it.
    pub count: i64,
}

impl FromC<sys::modelstore_tag_count> for TagCount {
    unsafe fn from_c(c: &sys::modelstore_tag_count) -> Self {
        // SAFETY: the caller's promise.
        TagCount { tag: unsafe { Tag::from_c(&c.tag) }, count: c.count }
    }
}

/// How a filter's records are spread over types and tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    /// All of them.
    pub total: i64,
    /// Most frequent first, then by name.
    pub types: Vec<TypeCount>,
    /// Most frequent first, then by name; without those of count 0.
    pub tags: Vec<TagCount>,
}

impl FromC<sys::modelstore_facets> for Facets {
    unsafe fn from_c(c: &sys::modelstore_facets) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Facets {
                total: c.total,
                types: ffi::list(c.types, c.types_count),
                tags: ffi::list(c.tags, c.tags_count),
            }
        }
    }
}
