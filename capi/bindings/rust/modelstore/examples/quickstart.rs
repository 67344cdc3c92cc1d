//! Takes over the catalogue of an older model manager, hashes what that never hashed, and looks at the
//! result.

use modelstore::{
    Database, ImageProcessor, Job, LegacyImportOptions, LegacyImporter, MigrateOptions, ReactiveMigrator,
    RecordFilter, RecordQuery, SortKey, StateFilter, Store, StoreOptions, Tier,
};
use std::ops::ControlFlow;
use std::process::ExitCode;

/// Shows how far a job has come until it is done, and returns its result.
fn watch<T>(job: Job<T>) -> modelstore::Result<T> {
    job.wait_with(|progress| {
        eprint!("\r{} of {}", progress.done, progress.total);
        ControlFlow::Continue(())
    })
}

fn run(data: &str, legacy_db: &str, words: &str) -> Result<(), Box<dyn std::error::Error>> {
    // One folder holds the catalogue and the pictures.
    let store = Store::open(data, &StoreOptions { create: true, ..Default::default() })?;

    // Stage 1: rows with a hash become models at once, the others wait as pending records.
    let importer = LegacyImporter::new(&store)?;
    let legacy = LegacyImportOptions { database: legacy_db.into(), ..Default::default() };
    let imported = watch(importer.import(&legacy)?)?;
    println!("{} models, {} pending records", imported.active, imported.pending);

    // Stage 2: every file that waits is hashed, and becomes a model as soon as its hash is known.
    let migrator = ReactiveMigrator::new(&store)?;
    let migrated = watch(migrator.migrate_all(&MigrateOptions::default())?)?;
    println!("{} promoted, {} merged", migrated.promoted_ids.len(), migrated.merged_ids.len());
    for failure in &migrated.failed {
        println!("{}", failure.error);
    }

    // Lists show models and pending records alike.
    let database = Database::new(&store)?;
    let filter = RecordFilter { state: StateFilter::All, text: words.into(), ..Default::default() };
    let page = database.list(&RecordQuery { filter, sort: SortKey::Size, ..Default::default() })?;
    println!("{} found", page.total);

    let images = ImageProcessor::new(&store)?;
    for record in &page.records {
        println!("{}  {}", record.id, record.name);
        if let Some(sha256) = record.id.sha256() {
            if let Some(preview) = images.previews(&sha256)?.first() {
                let webp = images.read(preview.id, Tier::Medium)?;
                std::fs::write(&preview.file(Tier::Medium).name, webp)?;
            }
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let (data, legacy_db, words) = match &arguments[..] {
        [_, data, legacy_db, words] => (data, legacy_db, words),
        _ => {
            eprintln!("usage: quickstart DATA LEGACY_DB WORDS");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = run(data, legacy_db, words) {
        let code = error.downcast_ref().map_or("Io", |error: &modelstore::Error| error.code().name());
        eprintln!("quickstart: {} ({})", error, code);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
