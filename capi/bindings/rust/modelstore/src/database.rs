//! The catalogue of a store: models, pending records, tags, and everything said about them.

use crate::edit::{NewModel, NewPending, RecordEdit, Selection};
use crate::error::Result;
use crate::ffi::{self, FromC};
use crate::handle::Handle;
use crate::record_id::RecordId;
use crate::record_query::{Facets, RecordFilter, RecordPage, RecordQuery};
use crate::records::{Model, ModelPreview, PendingRecord, Tag};
use crate::sha256::Sha256;
use crate::statistics::{ChangeList, RelocateReport, Statistics};
use crate::store::Store;
use modelstore_sys as sys;
use std::path::Path;

/// A handle to a store's catalogue.
///
/// Any number may exist, any thread may use each, and all see the same data. Every call that changes
/// something is one durable transaction: when it returns, the change survives a power failure; when it fails,
/// nothing was changed.
///
/// Errors that every call can answer beside its own: Closed, Forked, Corrupt, Io, OutOfMemory. Every call
/// that changes something: ReadOnly, Busy, NoSpace, Poisoned.
#[derive(Debug)]
pub struct Database {
    handle: Handle<sys::modelstore_database>,
}

impl Database {
    /// A handle to `store`'s catalogue. Errors: Closed.
    pub fn new(store: &Store) -> Result<Self> {
        // SAFETY: the out-parameters outlive the call.
        let handle =
            Handle::make(|out, error| unsafe { sys::modelstore_database_create(store.raw(), out, error) })?;
        Ok(Database { handle })
    }

    /// The model with this content, trashed or not. Errors: NotFound.
    pub fn model(&self, sha256: &Sha256) -> Result<Model> {
        let sha256 = sha256.to_c();
        // SAFETY: `sha256` and the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_database_model(self.raw(), &sha256, out, error)
        })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { Model::from_c(&block) })
    }

    /// The pending record with this number, trashed or not. Errors: NotFound.
    pub fn pending(&self, id: i64) -> Result<PendingRecord> {
        // SAFETY: the out-parameters outlive the call.
        let block =
            ffi::block(|out, error| unsafe { sys::modelstore_database_pending(self.raw(), id, out, error) })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { PendingRecord::from_c(&block) })
    }

    /// What a person typed: the text form of an id, or the beginning of a SHA-256 (4 digits or more) that
    /// only one model has. Errors: NotFound, Conflict (several), InvalidArgument.
    pub fn resolve(&self, text: &str) -> Result<RecordId> {
        let text = ffi::text(text);
        // SAFETY: `text` and the out-parameters outlive the call.
        let c = ffi::value(|out, error| unsafe {
            sys::modelstore_database_resolve(self.raw(), text, out, error)
        })?;
        // SAFETY: an id has no pointers.
        Ok(unsafe { RecordId::from_c(&c) })
    }

    /// The record whose file is at `path`, which is compared as given, lexically normalised, and with links
    /// resolved if it exists.
    pub fn find_by_path(&self, path: impl AsRef<Path>) -> Result<Option<RecordId>> {
        let path = ffi::path(path.as_ref());
        let mut found = 0;
        // SAFETY: `path` and the out-parameters outlive the call.
        let c = ffi::value(|out, error| unsafe {
            sys::modelstore_database_find_by_path(self.raw(), path, out, &mut found, error)
        })?;
        // SAFETY: an id has no pointers.
        Ok(Some(unsafe { RecordId::from_c(&c) }).filter(|_| found != 0))
    }

    /// As [`find_by_path`](Database::find_by_path) for many paths in one call; the answers are in their
    /// order.
    pub fn find_by_paths<P: AsRef<Path>>(&self, paths: &[P]) -> Result<Vec<Option<RecordId>>> {
        let paths = ffi::paths(paths);
        // SAFETY: `paths` and the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_database_find_by_paths(self.raw(), paths.as_ptr(), paths.len() as u64, out, error)
        })?;
        // SAFETY: the block is the library's.
        let ids: Vec<RecordId> = unsafe { ffi::list(block.ids, block.ids_count) };
        Ok(ids.into_iter().map(RecordId::known).collect())
    }

    /// One page of records. Errors: InvalidArgument (limit, cursor).
    pub fn list(&self, query: &RecordQuery) -> Result<RecordPage> {
        query.with_c(|query| {
            // SAFETY: the query and the out-parameters outlive the call.
            let block = ffi::block(|out, error| unsafe {
                sys::modelstore_database_list(self.raw(), query, out, error)
            })?;
            // SAFETY: the block is the library's.
            Ok(unsafe { RecordPage::from_c(&block) })
        })
    }

    /// How the records that `filter` lets pass are spread over types and tags.
    pub fn facets(&self, filter: &RecordFilter) -> Result<Facets> {
        filter.with_c(|filter| {
            // SAFETY: the filter and the out-parameters outlive the call.
            let block = ffi::block(|out, error| unsafe {
                sys::modelstore_database_facets(self.raw(), filter, out, error)
            })?;
            // SAFETY: the block is the library's.
            Ok(unsafe { Facets::from_c(&block) })
        })
    }

    /// The types that models and pending records have, in order, without the empty one and the trash.
    pub fn types(&self) -> Result<Vec<String>> {
        // SAFETY: the out-parameters outlive the call.
        let block =
            ffi::block(|out, error| unsafe { sys::modelstore_database_types(self.raw(), out, error) })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ffi::list(block.texts, block.texts_count) })
    }

    /// A preview by its id. Errors: NotFound.
    pub fn preview(&self, id: i64) -> Result<ModelPreview> {
        // SAFETY: the out-parameters outlive the call.
        let block =
            ffi::block(|out, error| unsafe { sys::modelstore_database_preview(self.raw(), id, out, error) })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ModelPreview::from_c(&block) })
    }

    /// The preview of a model that is shown at `position`, from 0. Errors: NotFound.
    pub fn preview_at(&self, model: &Sha256, position: i64) -> Result<ModelPreview> {
        let model = model.to_c();
        // SAFETY: all arguments outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_database_preview_at(self.raw(), &model, position, out, error)
        })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ModelPreview::from_c(&block) })
    }

    /// The number of the last commit, by any process: while it stays the same, so does everything that is read
    /// here.
    pub fn revision(&self) -> Result<i64> {
        // SAFETY: the out-parameters outlive the call.
        ffi::value(|out, error| unsafe { sys::modelstore_database_revision(self.raw(), out, error) })
    }

    /// All tags by name.
    pub fn tags(&self) -> Result<Vec<Tag>> {
        // SAFETY: the out-parameters outlive the call.
        let block =
            ffi::block(|out, error| unsafe { sys::modelstore_database_tags(self.raw(), out, error) })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ffi::list(block.tags, block.tags_count) })
    }

    /// How much the catalogue holds.
    pub fn statistics(&self) -> Result<Statistics> {
        // SAFETY: the out-parameters outlive the call.
        let block =
            ffi::block(|out, error| unsafe { sys::modelstore_database_statistics(self.raw(), out, error) })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { Statistics::from_c(&block) })
    }

    /// What was committed after the revision `since`, by any process; 0 stands for the beginning. A page ends
    /// with the commit that fills it up to `limit` (0: 10,000): ask again with the returned revision until it
    /// no longer grows.
    /// Errors: NotFound if `since` lies before what is kept.
    pub fn changes(&self, since: i64, limit: i64) -> Result<ChangeList> {
        // SAFETY: the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_database_changes(self.raw(), since, limit, out, error)
        })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ChangeList::from_c(&block) })
    }

    /// Adds a pending record and returns its number.
    /// Errors: AlreadyExists (the path is another record's), InvalidArgument, LimitExceeded.
    pub fn add_pending(&self, record: &NewPending) -> Result<i64> {
        record.with_c(|record| {
            // SAFETY: the record and the out-parameters outlive the call.
            ffi::value(|out, error| unsafe {
                sys::modelstore_database_add_pending(self.raw(), record, out, error)
            })
        })
    }

    /// Adds an unverified model. Errors: AlreadyExists (the hash or the path), InvalidArgument,
    /// LimitExceeded.
    pub fn add_model(&self, model: &NewModel) -> Result<()> {
        let sha256 = model.sha256.to_c();
        model.with_c(|model| {
            // SAFETY: all arguments outlive the call.
            ffi::call(|error| unsafe {
                sys::modelstore_database_add_model(self.raw(), &sha256, model, error)
            })
        })
    }

    /// Changes one record.
    /// Errors: NotFound (record or tag id), AlreadyExists (the path), InvalidArgument, LimitExceeded.
    pub fn edit(&self, id: &RecordId, edit: &RecordEdit) -> Result<()> {
        let id = id.to_c();
        edit.with_c(|edit| {
            // SAFETY: all arguments outlive the call.
            ffi::call(|error| unsafe { sys::modelstore_database_edit(self.raw(), &id, edit, error) })
        })
    }

    /// Changes several records in one transaction, all or none, and returns how many they were. Errors: as
    /// [`edit`](Database::edit).
    pub fn edit_many(&self, selection: impl Into<Selection>, edit: &RecordEdit) -> Result<i64> {
        selection.into().with_c(|selection| {
            edit.with_c(|edit| {
                // SAFETY: all arguments outlive the call.
                ffi::value(|out, error| unsafe {
                    sys::modelstore_database_edit_many(self.raw(), selection, edit, out, error)
                })
            })
        })
    }

    /// Moves records to the trash, all or none; no file is touched. Returns how many were not there yet.
    /// Errors: NotFound.
    pub fn trash(&self, selection: impl Into<Selection>) -> Result<i64> {
        selection.into().with_c(|selection| {
            // SAFETY: all arguments outlive the call.
            ffi::value(|out, error| unsafe {
                sys::modelstore_database_trash(self.raw(), selection, out, error)
            })
        })
    }

    /// Takes records out of the trash, all or none. Returns how many were in it. Errors: NotFound.
    pub fn restore(&self, selection: impl Into<Selection>) -> Result<i64> {
        selection.into().with_c(|selection| {
            // SAFETY: all arguments outlive the call.
            ffi::value(|out, error| unsafe {
                sys::modelstore_database_restore(self.raw(), selection, out, error)
            })
        })
    }

    /// Removes for ever what is in the trash, with its previews; model files are not touched. Returns how
    /// many records.
    pub fn empty_trash(&self) -> Result<i64> {
        // SAFETY: the out-parameters outlive the call.
        ffi::value(|out, error| unsafe { sys::modelstore_database_empty_trash(self.raw(), out, error) })
    }

    /// Replaces the beginning `from` of every stored path by `to`. Both are absolute folders; `from` may be
    /// of another system. With `dry_run` only the report is made. Errors: InvalidArgument.
    pub fn relocate(
        &self,
        from: impl AsRef<Path>,
        to: impl AsRef<Path>,
        dry_run: bool,
    ) -> Result<RelocateReport> {
        let (from, to) = (ffi::path(from.as_ref()), ffi::path(to.as_ref()));
        // SAFETY: the paths and the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_database_relocate(self.raw(), from, to, dry_run.into(), out, error)
        })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { RelocateReport::from_c(&block) })
    }

    /// Gets or creates one tag for each name, in that order. Names are trimmed, blank ones skipped.
    /// Errors: InvalidArgument.
    pub fn add_tags<S: AsRef<str>>(&self, names: &[S]) -> Result<Vec<Tag>> {
        let names: Vec<_> = names.iter().map(|name| ffi::text(name.as_ref())).collect();
        // SAFETY: the names and the out-parameters outlive the call.
        let block = ffi::block(|out, error| unsafe {
            sys::modelstore_database_add_tags(self.raw(), names.as_ptr(), names.len() as u64, out, error)
        })?;
        // SAFETY: the block is the library's.
        Ok(unsafe { ffi::list(block.tags, block.tags_count) })
    }

    /// Renames or colours a tag; an empty colour removes it. Errors: NotFound, AlreadyExists (the name),
    /// InvalidArgument.
    pub fn edit_tag(&self, id: i64, name: Option<&str>, color: Option<&str>) -> Result<()> {
        let (name, color) = (ffi::optional_text(name), ffi::optional_text(color));
        // SAFETY: the texts and `error` outlive the call.
        ffi::call(|error| unsafe { sys::modelstore_database_edit_tag(self.raw(), id, name, color, error) })
    }

    /// Deletes a tag and its links. Errors: NotFound.
    pub fn delete_tag(&self, id: i64) -> Result<()> {
        // SAFETY: `error` outlives the call.
        ffi::call(|error| unsafe { sys::modelstore_database_delete_tag(self.raw(), id, error) })
    }

    fn raw(&self) -> sys::modelstore_database {
        self.handle.raw()
    }
}
