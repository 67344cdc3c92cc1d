use crate::support::{code, sample_picture, EmptyStore};
use modelstore::{
    Database, ErrorCode, ImageProcessor, NewModel, NewPending, PreviewOptions, RecordId, Sha256, Store,
    StoreOptions, Tier, VerifyOptions,
};
use std::time::Duration;

const MODEL: Sha256 = Sha256::new([7; 32]);

fn with_model() -> (EmptyStore, ImageProcessor, RecordId) {
    let made = EmptyStore::new();
    let model = NewModel { sha256: MODEL, name: "m".into(), ..Default::default() };
    Database::new(&made.store).unwrap().add_model(&model).unwrap();
    let images = ImageProcessor::new(&made.store).unwrap();
    (made, images, RecordId::from(MODEL))
}

fn is_webp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WEBP"
}

#[test]
fn tiers_are_made_without_a_store() {
    let picture = std::fs::read(sample_picture("png")).unwrap();
    let set = ImageProcessor::make_tiers(&picture, &PreviewOptions::default()).unwrap();
    assert_eq!(set.source_format, "png");
    assert!(set.source_text.starts_with('{'));
    assert!(Tier::ALL.iter().all(|tier| is_webp(&set.tier(*tier).webp)));
    assert!(set.tier(Tier::High).width >= set.tier(Tier::Low).width);

    let small = PreviewOptions { max_pixels: 1000, ..Default::default() };
    let high = ImageProcessor::make_tiers(&picture, &small).unwrap().tiers[0].clone();
    assert!(high.width * high.height <= 1000);
}

#[test]
fn what_is_no_picture_is_refused() {
    let picture = std::fs::read(sample_picture("png")).unwrap();
    let make = |picture: &[u8]| ImageProcessor::make_tiers(picture, &PreviewOptions::default());
    assert_eq!(code(make(b"")), ErrorCode::UnsupportedFormat);
    assert_eq!(code(make(b"hello")), ErrorCode::UnsupportedFormat);
    assert_eq!(code(make(&picture[..picture.len() / 2])), ErrorCode::BadImage);
    let limit = PreviewOptions { max_source_bytes: 10, ..Default::default() };
    assert_eq!(code(ImageProcessor::make_tiers(&picture, &limit)), ErrorCode::LimitExceeded);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let picture = std::fs::read(sample_picture("png")).unwrap();
    let mut wrong = vec![PreviewOptions::default(); 7];
    wrong[0].high.quality = 0;
    wrong[1].medium.scale = 0.0;
    wrong[2].low.effort = 7;
    wrong[3].max_pixels = 0;
    wrong[4].high.quality = 101;
    wrong[5].decoder_memory_bytes = -1;
    wrong[6].decoder_timeout = Duration::ZERO;
    for options in &wrong {
        let made = ImageProcessor::make_tiers(&picture, options);
        assert_eq!(code(made), ErrorCode::InvalidArgument, "{:?}", options);
    }
    let mut fastest = PreviewOptions::default();
    fastest.low.effort = 0;
    fastest.decoder_memory_bytes = 0;
    assert!(ImageProcessor::make_tiers(&picture, &fastest).is_ok());
}

#[test]
fn previews_are_added_read_ordered_and_removed() {
    let (made, images, model) = with_model();
    let first = images.add(&model, sample_picture("png")).unwrap();
    let second = images.add_bytes(&model, &std::fs::read(sample_picture("webp")).unwrap(), "").unwrap();
    let third = images.add_async(&model, sample_picture("jpg")).unwrap().get().unwrap();
    let shown = |images: &ImageProcessor| -> Vec<i64> {
        images.previews(&MODEL).unwrap().iter().map(|preview| preview.id).collect()
    };
    assert_eq!(shown(&images), [first, second, third]);

    let preview = images.previews(&MODEL).unwrap().swap_remove(0);
    assert_eq!((preview.position, preview.source_format.as_str()), (0, "png"));
    for tier in Tier::ALL {
        let webp = images.read(first, tier).unwrap();
        assert!(is_webp(&webp));
        assert_eq!(preview.file(tier).size_bytes, webp.len() as i64);
        let file = made.store.root().unwrap().join("images").join(&preview.file(tier).name);
        assert_eq!(std::fs::read(file).unwrap(), webp);
    }
    assert_eq!(preview.original, None);
    assert_eq!(code(images.read_original(first)), ErrorCode::NotFound);

    images.reorder(&model, &[third, first, second]).unwrap();
    assert_eq!(shown(&images), [third, first, second]);
    for wrong in [&[first, second][..], &[first, first, second], &[first, second, 999], &[]] {
        assert!(images.reorder(&model, wrong).is_err(), "{:?}", wrong);
    }
    images.remove(&model, first).unwrap();
    assert_eq!(shown(&images), [third, second]);
    assert_eq!(code(images.remove(&model, first)), ErrorCode::NotFound);
    assert_eq!(code(images.read(first, Tier::Low)), ErrorCode::NotFound);
    assert!(made.store.verify(&VerifyOptions::default()).unwrap().get().unwrap().ok());
}

#[test]
fn originals_are_kept_or_refused() {
    let made = EmptyStore::new();
    let root = made.store.root().unwrap();
    made.store.close().unwrap();
    let previews = PreviewOptions { keep_originals: true, ..Default::default() };
    let store = match Store::open(root, &StoreOptions { previews, ..Default::default() }) {
        Ok(store) => store,
        // A build without this says so, instead of losing them.
        Err(error) => return assert_eq!(error.code(), ErrorCode::Unsupported),
    };
    let model = NewModel { sha256: MODEL, ..Default::default() };
    Database::new(&store).unwrap().add_model(&model).unwrap();
    let images = ImageProcessor::new(&store).unwrap();
    let id = images.add(&RecordId::from(MODEL), sample_picture("png")).unwrap();
    assert_eq!(images.read_original(id).unwrap(), std::fs::read(sample_picture("png")).unwrap());
    assert!(images.previews(&MODEL).unwrap()[0].original.is_some());
}

#[test]
fn a_pending_record_keeps_the_picture_as_it_came() {
    let made = EmptyStore::new();
    let database = Database::new(&made.store).unwrap();
    let pending = database.add_pending(&NewPending { path: "/m/a".into(), ..Default::default() }).unwrap();
    let id = RecordId::pending(pending).unwrap();
    let images = ImageProcessor::new(&made.store).unwrap();
    let bytes = std::fs::read(sample_picture("gif")).unwrap();
    let picture = images.add_bytes(&id, &bytes, "näme.gif").unwrap();
    let pictures = images.pending_pictures(pending).unwrap();
    assert_eq!((pictures.len(), pictures[0].id), (1, picture));
    assert_eq!((pictures[0].original_name.as_str(), pictures[0].format.as_str()), ("näme.gif", "gif"));
    assert_eq!(images.read_pending(picture).unwrap(), bytes);
    assert_eq!(database.pending(pending).unwrap().pictures, pictures);
    images.remove(&id, picture).unwrap();
    assert!(images.pending_pictures(pending).unwrap().is_empty());
    assert_eq!(code(images.read_pending(picture)), ErrorCode::NotFound);
}

#[test]
fn what_cannot_be_added_is_not() {
    let (made, images, model) = with_model();
    let text = made.folder.write("text.png", "no picture");
    assert_eq!(code(images.add(&model, text)), ErrorCode::UnsupportedFormat);
    assert_eq!(code(images.add(&model, made.folder.path().join("absent.png"))), ErrorCode::FileMissing);
    assert_eq!(code(images.add(&model, made.folder.path())), ErrorCode::NotRegularFile);
    let other = RecordId::from(Sha256::new([8; 32]));
    assert_eq!(code(images.add(&other, sample_picture("png"))), ErrorCode::NotFound);
    let job = images.add_async(&model, made.folder.path().join("absent.png")).unwrap();
    assert_eq!(code(job.get()), ErrorCode::FileMissing);
    assert_eq!(code(job.get()), ErrorCode::FileMissing);
    assert_eq!(code(images.previews(&Sha256::new([8; 32]))), ErrorCode::NotFound);
    assert_eq!(code(images.pending_pictures(999)), ErrorCode::NotFound);
    assert!(images.previews(&MODEL).unwrap().is_empty());
}
