use crate::support::{code, sample, sample_database, EmptyStore};
use modelstore::{
    ConflictPolicy, Database, ErrorCode, LegacyImportOptions, LegacyImporter, MigrateHashOptions,
    MigrateOptions, NewPending, PathRule, ReactiveMigrator, RecordFilter, RecordId, RecordQuery, StateFilter,
    VerifyOptions,
};
use std::path::Path;

fn import(made: &EmptyStore, options: &LegacyImportOptions) -> modelstore::Result<modelstore::ImportReport> {
    LegacyImporter::new(&made.store)?.import(options)?.get()
}

#[test]
fn the_sample_is_imported_and_migrated() {
    let made = EmptyStore::new();
    let path_map = vec![PathRule { from: r"D:\ComfyUI\models".into(), to: sample().join("models") }];
    let options = LegacyImportOptions { database: sample_database(), path_map, ..Default::default() };
    let planned = import(&made, &LegacyImportOptions { dry_run: true, ..options.clone() }).unwrap();
    let database = Database::new(&made.store).unwrap();
    assert_eq!(database.statistics().unwrap().models, 0);

    let report = import(&made, &options).unwrap();
    assert_eq!((report.models_read, report.active, report.pending), (60, planned.active, planned.pending));
    let sum = report.active + report.pending + report.merged + report.unchanged + report.skipped;
    assert_eq!(report.models_read, sum);
    assert_eq!(report.skipped_rows.len() as i64, report.skipped);
    assert!(report.images_imported > 0 && report.images_missing > 0 && report.images_failed > 0);
    assert!(!report.conflicts.is_empty());
    for conflict in &report.conflicts {
        assert!(!conflict.field.is_empty() && !conflict.reason.is_empty(), "{:?}", conflict);
    }
    assert_eq!(import(&made, &options).unwrap().unchanged, report.models_read - report.skipped);

    let migrator = ReactiveMigrator::new(&made.store).unwrap();
    let migrated = migrator.migrate_all(&MigrateOptions::default()).unwrap().get().unwrap();
    assert!(!migrated.promoted_ids.is_empty() && migrated.bytes_hashed > 0);
    let lost = migrated.failed.iter().find(|failure| failure.path.contains("lost_at_sea")).unwrap();
    assert_eq!(lost.error.code(), ErrorCode::FileMissing);
    let record = database.pending(lost.id.number().unwrap()).unwrap();
    assert_eq!(record.last_error.unwrap().code(), ErrorCode::FileMissing);

    let verified = migrator.verify_claims(&MigrateOptions::default()).unwrap().get().unwrap();
    assert!(!verified.verified.is_empty());
    let stale = verified.mismatches.iter().find(|mismatch| mismatch.path.contains("rebaked_v2")).unwrap();
    assert_ne!(stale.claimed, stale.computed);
    assert_eq!(database.model(&stale.computed).unwrap().sha256, stale.computed);
    assert!(made.store.verify(&VerifyOptions::default()).unwrap().get().unwrap().ok());

    let query = RecordQuery {
        filter: RecordFilter { text: "lighthouse_v5".into(), ..Default::default() },
        ..Default::default()
    };
    let found = &database.list(&query).unwrap().records[0];
    let model = database.model(&found.id.sha256().unwrap()).unwrap();
    assert_eq!(model.previews.len() as i64, found.images_count);
    assert!(!model.tags.is_empty() && !model.locations.is_empty());
}

#[test]
fn what_is_no_catalogue_is_refused() {
    let made = EmptyStore::new();
    let text = made.folder.write("text.db", "hello");
    let import = |database: &Path| {
        code(import(&made, &LegacyImportOptions { database: database.into(), ..Default::default() }))
    };
    assert_eq!(import(&text), ErrorCode::UnsupportedFormat);
    assert_eq!(import(&made.folder.path().join("absent")), ErrorCode::FileMissing);
    assert_eq!(import(made.folder.path()), ErrorCode::NotRegularFile);
    assert!(LegacyImporter::new(&made.store)
        .unwrap()
        .import(&LegacyImportOptions::default())
        .and_then(|job| job.get())
        .is_err());
}

#[test]
fn a_file_is_hashed_and_promoted() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let (first, twin) = (made.folder.write("a.pt", "abc"), made.folder.write("b.pt", "abc"));
    for path in [&first, &twin] {
        let new = NewPending {
            path: path.clone(),
            metadata: r#"{"description":"mine"}"#.into(),
            ..Default::default()
        };
        database.add_pending(&new).unwrap();
    }
    let migrator = ReactiveMigrator::new(&made.store).unwrap();
    let only = MigrateHashOptions { migrate: false, ..Default::default() };
    let hashed = migrator.hash(&first, &only).unwrap().get().unwrap();
    assert!(!hashed.migrated && hashed.conflict.is_none() && hashed.mismatch.is_none());

    let hashed = migrator.hash(&first, &MigrateHashOptions::default()).unwrap().get().unwrap();
    assert!(hashed.migrated);
    assert_eq!(hashed.size_bytes, 3);
    assert!(database.model(&hashed.sha256).unwrap().verified);

    let report = MigrateHashOptions { policy: ConflictPolicy::Report, ..Default::default() };
    let conflict = migrator.hash(&twin, &report).unwrap().get().unwrap().conflict.unwrap();
    assert_eq!((conflict.sha256, conflict.resolution), (hashed.sha256, ConflictPolicy::Report));
    assert_eq!(Path::new(&conflict.pending_path), twin);
    let conflict =
        migrator.hash(&twin, &MigrateHashOptions::default()).unwrap().get().unwrap().conflict.unwrap();
    assert_eq!(conflict.resolution, ConflictPolicy::Merge);
    assert_eq!(database.model(&hashed.sha256).unwrap().locations.len(), 2);
}

#[test]
fn records_that_cannot_be_migrated_are_told() {
    let made = EmptyStore::new();
    let migrator = ReactiveMigrator::new(&made.store).unwrap();
    let ids: Vec<RecordId> = (1..=2000).map(|number| RecordId::pending(number).unwrap()).collect();
    let report = migrator.migrate(&ids, &MigrateOptions::default()).unwrap().get().unwrap();
    assert_eq!(report.failed.len(), ids.len());
    assert!(report.failed.iter().all(|failure| failure.error.code() == ErrorCode::NotFound));
    let absent = migrator.hash(made.folder.path().join("absent"), &MigrateHashOptions::default()).unwrap();
    assert_eq!(code(absent.get()), ErrorCode::FileMissing);
    let policy = MigrateOptions { policy: ConflictPolicy::Other(99), ..Default::default() };
    assert_eq!(code(migrator.migrate_all(&policy)), ErrorCode::InvalidArgument);
    let all = RecordFilter { state: StateFilter::All, ..Default::default() };
    assert_eq!(Database::new(&made.store).unwrap().facets(&all).unwrap().total, 0);
}
