use crate::support::{code, EmptyStore};
use modelstore::{
    ChangeKind, Database, ErrorCode, HashState, NewModel, NewPending, RecordEdit, RecordFilter, RecordId,
    RecordQuery, ScanOptions, Scanner, Selection, Sha256, SortKey, SortOrder, StateFilter, TagRef,
};

fn pending(path: &str) -> NewPending {
    NewPending { path: path.into(), ..Default::default() }
}

fn digest(first: u8) -> Sha256 {
    Sha256::new([first; 32])
}

#[test]
fn a_pending_record_is_added_and_read() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let id = database
        .add_pending(&NewPending {
            path: "/models/loras/größe.safetensors".into(),
            type_: "loras".into(),
            size_bytes: 12,
            created_at: 34,
            metadata: r#"{"description":"d"}"#.into(),
            tags: vec!["b".into(), String::from("a").into()],
            ..Default::default()
        })
        .unwrap();
    let record = database.pending(id).unwrap();
    assert_eq!(record.id, id);
    assert_eq!(record.path, "/models/loras/größe.safetensors");
    assert_eq!(record.name, "größe.safetensors");
    assert_eq!((record.type_.as_str(), record.size_bytes, record.created_at), ("loras", 12, 34));
    assert_eq!(record.metadata, r#"{"description":"d"}"#);
    assert_eq!(record.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!((record.hash_state, record.sha256, record.last_error), (HashState::Unknown, None, None));
    assert!(!record.trashed && record.pictures.is_empty());

    let id = RecordId::pending(id).unwrap();
    assert_eq!(database.find_by_path("/models/loras/../loras/größe.safetensors").unwrap(), Some(id));
    assert_eq!(database.find_by_path("/models/other").unwrap(), None);
    assert_eq!(database.resolve(&id.to_string()).unwrap(), id);
}

#[test]
fn a_model_is_added_and_read() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let model =
        NewModel { sha256: digest(0xab), name: "n".into(), path: "/m/a.pt".into(), ..Default::default() };
    database.add_model(&model).unwrap();
    let read = database.model(&digest(0xab)).unwrap();
    assert_eq!((read.sha256, read.name.as_str(), read.verified), (digest(0xab), "n", false));
    assert_eq!(read.locations.len(), 1);
    assert_eq!((read.locations[0].path.as_str(), read.locations[0].verified), ("/m/a.pt", false));
    assert_eq!(read.metadata, "{}");
    assert!(read.created_at > 0);
    assert_eq!(database.resolve("abab").unwrap(), RecordId::from(digest(0xab)));

    assert_eq!(code(database.add_model(&model)), ErrorCode::AlreadyExists);
    assert_eq!(code(database.model(&digest(0xcd))), ErrorCode::NotFound);
    assert_eq!(code(database.resolve("ab")), ErrorCode::InvalidArgument);
    assert_eq!(code(database.resolve("cdcd")), ErrorCode::NotFound);
}

#[test]
fn what_is_malformed_is_not_added() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    assert_eq!(code(database.add_pending(&NewPending::default())), ErrorCode::InvalidArgument);
    let metadata = NewPending { metadata: "[]".into(), ..pending("/m/a") };
    assert_eq!(code(database.add_pending(&metadata)), ErrorCode::InvalidArgument);
    let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(101), "]".repeat(101));
    assert_eq!(
        code(database.add_pending(&NewPending { metadata: deep, ..pending("/m/a") })),
        ErrorCode::LimitExceeded
    );
    let tag = NewPending { tags: vec![TagRef::Id(99)], ..pending("/m/a") };
    assert_eq!(code(database.add_pending(&tag)), ErrorCode::NotFound);
    database.add_pending(&pending("/m/a")).unwrap();
    assert_eq!(code(database.add_pending(&pending("/m/a"))), ErrorCode::AlreadyExists);
    assert_eq!(code(database.pending(999)), ErrorCode::NotFound);
    assert_eq!(database.statistics().unwrap().pending, 1);
}

#[test]
fn what_is_set_in_an_edit_changes_and_nothing_else() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let new = NewPending { type_: "t".into(), metadata: r#"{"a":1,"b":2}"#.into(), ..pending("/m/a") };
    let number = database.add_pending(&new).unwrap();
    let id = RecordId::pending(number).unwrap();
    let edit = RecordEdit {
        name: Some("new".into()),
        metadata: Some(r#"{"b":null,"c":3}"#.into()),
        tags: Some(vec!["x".into(), "y".into()]),
        ..Default::default()
    };
    database.edit(&id, &edit).unwrap();
    let tags = database.tags().unwrap();
    let x = tags.iter().find(|tag| tag.name == "x").unwrap().id;
    let edit = RecordEdit {
        add_tags: vec!["z".into()],
        remove_tags: vec![x.into(), "none".into()],
        ..Default::default()
    };
    database.edit(&id, &edit).unwrap();
    let record = database.pending(number).unwrap();
    assert_eq!((record.name.as_str(), record.type_.as_str(), record.path.as_str()), ("new", "t", "/m/a"));
    assert!(
        record.metadata.contains("\"a\"")
            && record.metadata.contains("\"c\"")
            && !record.metadata.contains("\"b\"")
    );
    assert_eq!(record.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["y", "z"]);

    let none = RecordEdit { tags: Some(vec![]), type_: Some(String::new()), ..Default::default() };
    database.edit(&id, &none).unwrap();
    let record = database.pending(number).unwrap();
    assert!(record.tags.is_empty() && record.type_.is_empty());
}

#[test]
fn an_edit_that_cannot_be_made_changes_nothing() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let a = RecordId::pending(database.add_pending(&pending("/m/a")).unwrap()).unwrap();
    database.add_pending(&pending("/m/b")).unwrap();
    let missing = RecordId::pending(999).unwrap();
    let rename = RecordEdit { name: Some("x".into()), ..Default::default() };
    assert_eq!(code(database.edit(&missing, &rename)), ErrorCode::NotFound);
    assert_eq!(code(database.edit_many(vec![a, missing], &rename)), ErrorCode::NotFound);
    let path = RecordEdit { path: Some("/m/b".into()), ..rename.clone() };
    assert_eq!(code(database.edit(&a, &path)), ErrorCode::AlreadyExists);
    let tag = RecordEdit { add_tags: vec![0.into()], ..rename.clone() };
    assert_eq!(code(database.edit(&a, &tag)), ErrorCode::NotFound);
    assert_eq!(code(database.trash(&[a, missing][..])), ErrorCode::NotFound);
    assert_eq!(database.pending(a.number().unwrap()).unwrap().name, "a");
    assert_eq!(
        database.edit_many(RecordFilter { state: StateFilter::All, ..Default::default() }, &rename).unwrap(),
        2
    );
    assert_eq!(database.edit_many(Selection::Ids(vec![]), &rename).unwrap(), 0);
}

#[test]
fn the_trash_takes_and_gives_back() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let id = RecordId::pending(database.add_pending(&pending("/m/a")).unwrap()).unwrap();
    assert_eq!(database.trash(id).unwrap(), 1);
    assert_eq!(database.trash(id).unwrap(), 0);
    let trash = RecordFilter { state: StateFilter::Trash, ..Default::default() };
    assert_eq!(database.list(&RecordQuery { filter: trash, ..Default::default() }).unwrap().total, 1);
    assert_eq!(database.restore(vec![id]).unwrap(), 1);
    assert_eq!(database.empty_trash().unwrap(), 0);
    database.trash(id).unwrap();
    assert_eq!(database.empty_trash().unwrap(), 1);
    assert_eq!(code(database.restore(id)), ErrorCode::NotFound);
}

#[test]
fn thousands_are_listed_found_edited_and_removed() {
    const COUNT: usize = 3000;
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let paths: Vec<_> =
        (0..COUNT).map(|number| made.folder.write(format!("models/{}.safetensors", number), "")).collect();
    let scanner = Scanner::new(&made.store).unwrap();
    let scan =
        scanner.scan(&[made.folder.path().join("models")], &ScanOptions::default()).unwrap().get().unwrap();
    assert_eq!((scan.added, scan.pending_ids.len()), (COUNT as i64, COUNT));

    let filter = RecordFilter { state: StateFilter::Pending, ..Default::default() };
    let mut query =
        RecordQuery { filter: filter.clone(), sort: SortKey::Created, limit: 700, ..Default::default() };
    let mut ids = Vec::new();
    loop {
        let page = database.list(&query).unwrap();
        assert_eq!(page.total, COUNT as i64);
        ids.extend(page.records.iter().map(|record| record.id));
        if page.next_cursor.is_empty() {
            break;
        }
        query.cursor = page.next_cursor;
    }
    assert_eq!(ids.len(), COUNT);
    let whole = RecordQuery {
        filter: filter.clone(),
        limit: 10_000,
        order: SortOrder::Descending,
        ..Default::default()
    };
    assert_eq!(database.list(&whole).unwrap().records.len(), COUNT);

    let found = database.find_by_paths(&paths).unwrap();
    assert!(found.iter().all(Option::is_some));
    assert_eq!(database.find_by_paths(&["/nowhere", "also nowhere"]).unwrap(), [None, None]);
    assert!(database.find_by_paths::<&str>(&[]).unwrap().is_empty());

    let edit = RecordEdit { add_tags: vec!["many".into()], ..Default::default() };
    assert_eq!(database.edit_many(filter.clone(), &edit).unwrap(), COUNT as i64);
    let facets = database.facets(&filter).unwrap();
    assert_eq!((facets.total, facets.tags[0].count), (COUNT as i64, COUNT as i64));
    assert_eq!(database.trash(ids).unwrap(), COUNT as i64);
    let changes = database.changes(0, 0).unwrap();
    assert!(changes.changes.len() >= COUNT);
    assert_eq!(changes.revision, database.statistics().unwrap().revision);
}

#[test]
fn a_list_is_filtered_and_sorted() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    for (name, type_, tags, size_bytes) in [
        ("alpha", "lora", vec!["x", "y"], 3),
        ("beta", "lora", vec!["x"], 2),
        ("gamma ray", "vae", vec![], 1),
    ] {
        let tags = tags.into_iter().map(TagRef::from).collect();
        let new = NewPending { type_: type_.into(), tags, size_bytes, ..pending(&format!("/m/{}", name)) };
        database.add_pending(&new).unwrap();
    }
    let all = RecordFilter { state: StateFilter::All, ..Default::default() };
    let names = |filter: RecordFilter| -> Vec<String> {
        let query = RecordQuery { filter, sort: SortKey::Size, ..Default::default() };
        database.list(&query).unwrap().records.into_iter().map(|record| record.name).collect()
    };
    assert_eq!(names(all.clone()), ["gamma ray", "beta", "alpha"]);
    assert_eq!(names(RecordFilter { type_: Some("lora".into()), ..all.clone() }), ["beta", "alpha"]);
    assert_eq!(names(RecordFilter { type_: Some(String::new()), ..all.clone() }), [""; 0]);
    assert_eq!(names(RecordFilter { tags: vec!["x".into(), "y".into()], ..all.clone() }), ["alpha"]);
    assert_eq!(names(RecordFilter { not_tags: vec!["y".into()], ..all.clone() }), ["gamma ray", "beta"]);
    assert_eq!(names(RecordFilter { text: "RAY gam".into(), ..all.clone() }), ["gamma ray"]);
    assert_eq!(names(RecordFilter::default()), [""; 0]);

    let facets = database.facets(&all).unwrap();
    assert_eq!((facets.types[0].type_.as_str(), facets.types[0].count), ("lora", 2));
    assert_eq!((facets.tags[0].tag.name.as_str(), facets.tags[0].count), ("x", 2));
}

#[test]
fn a_query_that_makes_no_sense_is_refused() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    for limit in [0, -1, 10_001, i64::MIN] {
        assert_eq!(
            code(database.list(&RecordQuery { limit, ..Default::default() })),
            ErrorCode::InvalidArgument
        );
    }
    let cursor = RecordQuery { cursor: "nonsense".into(), ..Default::default() };
    assert_eq!(code(database.list(&cursor)), ErrorCode::InvalidArgument);
    let sort = RecordQuery { sort: SortKey::Other(77), ..Default::default() };
    assert_eq!(code(database.list(&sort)), ErrorCode::InvalidArgument);
    let state = RecordFilter { state: StateFilter::Other(-7), ..Default::default() };
    assert_eq!(code(database.facets(&state)), ErrorCode::InvalidArgument);
}

#[test]
fn tags_are_made_changed_and_deleted() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let tags = database.add_tags(&["b", " a ", "", "b"]).unwrap();
    assert_eq!(tags[0].name, "b");
    assert_eq!(tags[1].name, "a");
    let (b, a) = (tags[0].id, tags[1].id);
    database.edit_tag(a, Some("c"), Some("tomato")).unwrap();
    let tags = database.tags().unwrap();
    assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(tags[1].color.as_deref(), Some("tomato"));
    database.edit_tag(a, None, Some("")).unwrap();
    assert_eq!(database.tags().unwrap()[1].color, None);
    assert_eq!(code(database.edit_tag(a, Some("b"), None)), ErrorCode::AlreadyExists);
    assert_eq!(code(database.edit_tag(999, Some("z"), None)), ErrorCode::NotFound);
    assert_eq!(code(database.add_tags(&["x".repeat(1025)])), ErrorCode::InvalidArgument);
    database.delete_tag(b).unwrap();
    assert_eq!(code(database.delete_tag(b)), ErrorCode::NotFound);
    assert_eq!(database.statistics().unwrap().tags, 1);
}

#[test]
fn paths_are_relocated() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let id = database.add_pending(&pending("/old/models/a.pt")).unwrap();
    let planned = database.relocate("/old/models", "/new", true).unwrap();
    assert_eq!((planned.pending, planned.locations), (1, 0));
    assert_eq!(planned.examples, [("/old/models/a.pt".to_owned(), "/new/a.pt".to_owned())]);
    assert_eq!(database.pending(id).unwrap().path, "/old/models/a.pt");
    assert!(database.relocate("/old/models", "/new", false).unwrap().conflicts.is_empty());
    assert_eq!(database.pending(id).unwrap().path, "/new/a.pt");
    assert_eq!(code(database.relocate("relative", "/new", false)), ErrorCode::InvalidArgument);
}

#[test]
fn changes_are_told() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let since = database.statistics().unwrap().revision;
    let id = RecordId::pending(database.add_pending(&pending("/m/a")).unwrap()).unwrap();
    let told = database.changes(since, 0).unwrap();
    assert_eq!(told.changes.len(), 1);
    assert_eq!((told.changes[0].id, told.changes[0].kind), (id, ChangeKind::Created));
    assert!(told.revision > since);
    assert!(database.changes(told.revision, 10).unwrap().changes.is_empty());
}
