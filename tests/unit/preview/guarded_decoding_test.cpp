#include "preview/guarded_decoding.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "modelstore/database.hpp"
#include "modelstore/reactive_migrator.hpp"
#include "support/bad_decoder.hpp"
#include "support/errors.hpp"
#include "support/pictures.hpp"

using modelstore::Database;
using modelstore::Error;
using modelstore::ErrorCode;
using modelstore::ImageProcessor;
using modelstore::PreviewOptions;
using modelstore::RecordId;
using modelstore::Sha256;
using modelstore::Store;
using namespace std::chrono_literals;

namespace {

const Sha256 kModel = Sha256::from_hex(std::string(64, '1'));
const RecordId kRecord = kModel;

/// One store, opened again with a decoder of another kind.
class Fixture {
 public:
  Fixture() {
    const Store store = open({});
    modelstore::NewModel model;
    model.sha256 = kModel;
    model.name = "model";
    Database(store).add_model(model);
    pending = Database(store).add_pending({.path = test::write_file(dir / "waiting.safetensors", "content")});
  }

  [[nodiscard]] Store open(const PreviewOptions& previews) const {
    modelstore::StoreOptions options;
    options.create = true;
    options.threads = 2;
    options.previews = previews;
    return Store::open(dir / "s", options);
  }
  [[nodiscard]] Store open_with(const std::string& deed) const {
    return open(test::isolated_with(dir, deed));
  }

  test::TempDir dir;
  std::int64_t pending = 0;
};

test::Bytes picture(unsigned seed = 1) {
  return test::encode(test::photo(60, 40, seed), test::Kind::Png);
}

std::string refusal(const Store& store, const RecordId& record, const test::Bytes& bytes) {
  try {
    (void)ImageProcessor(store).add(record, bytes);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::DecoderCrashed);
    return error.what();
  }
  return {};
}

bool is_childless() {
  errno = 0;
  return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

void wait_for_child() {
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (is_childless() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
  CHECK_FALSE(is_childless());
}

}  // namespace

TEST_SUITE("guarded decoding") {
  TEST_CASE("pictures are added, imported and promoted in isolation as in process") {
    const Fixture fixture;
    const Store store = fixture.open(test::isolated());
    ImageProcessor images(store);
    (void)images.add(kRecord, picture());
    (void)images
        .add_async(kRecord, test::write_file(fixture.dir / "p.png",
                                             [] {
                                               const test::Bytes bytes = picture(2);
                                               return std::string(reinterpret_cast<const char*>(bytes.data()),
                                                                  bytes.size());
                                             }()))
        .get();
    (void)images.add(RecordId::pending(fixture.pending), picture(3));
    const auto report = modelstore::ReactiveMigrator(store).migrate_all().get();
    CHECK(report.promoted_ids.size() == 1);
    const auto previews = images.previews(kModel);
    REQUIRE(previews.size() == 2);
    CHECK(images.read(previews[0].id, modelstore::Tier::High) ==
          ImageProcessor::make_tiers(picture()).tiers[0].webp);
    CHECK(store.verify().get().ok());
    CHECK(is_childless());
  }

  TEST_CASE("a picture that crashed twice is not tried again, under any name or record, in any process") {
    const Fixture fixture;
    {
      const Store store = fixture.open_with("segfault");
      CHECK(refusal(store, kRecord, picture()).find("not tried again") == std::string::npos);
      CHECK(refusal(store, RecordId::pending(fixture.pending), picture()).find("not tried again") ==
            std::string::npos);
      CHECK(refusal(store, kRecord, picture()) ==
            "the picture has crashed its decoder 2 times and is not tried again");
      CHECK(refusal(store, kRecord, picture(2)).find("not tried again") == std::string::npos);
    }
    for (const PreviewOptions& options : {test::isolated(), PreviewOptions()}) {
      const Store store = fixture.open(options);
      CHECK(refusal(store, kRecord, picture()).find("not tried again") != std::string::npos);
      (void)ImageProcessor(store).add(kRecord, picture(3));
      CHECK(store.verify().get().ok());
    }
  }

  TEST_CASE("a picture that crashed once and is decoded then is as good as any") {
    const Fixture fixture;
    CHECK_FALSE(refusal(fixture.open_with("segfault"), kRecord, picture()).empty());
    CHECK(refusal(fixture.open(test::isolated()), kRecord, picture()).empty());
    const Store store = fixture.open_with("segfault");
    for (int i = 0; i < 2; ++i)
      CHECK(refusal(store, kRecord, picture()).find("not tried again") == std::string::npos);
    CHECK(refusal(store, kRecord, picture()).find("not tried again") != std::string::npos);
  }

  TEST_CASE("what is no crash is not counted") {
    const Fixture fixture;
    const Store store = fixture.open_with("exit-first");
    for (int i = 0; i < 3; ++i)
      CHECK(test::error_of([&] { return ImageProcessor(store).add(kRecord, picture()); }) ==
            ErrorCode::Unsupported);
  }

  TEST_CASE("a record whose picture crashes the decoder stays pending, and says why") {
    const Fixture fixture;
    (void)ImageProcessor(fixture.open(test::isolated())).add(RecordId::pending(fixture.pending), picture());
    const Store store = fixture.open_with("segfault");
    for (int i = 0; i < 3; ++i) {
      const auto report = modelstore::ReactiveMigrator(store).migrate_all().get();
      REQUIRE(report.failed.size() == 1);
      CHECK(report.failed.front().code == ErrorCode::DecoderCrashed);
      CHECK((report.failed.front().error.find("not tried again") != std::string::npos) == (i == 2));
    }
    CHECK(store.verify().get().ok());
  }

  TEST_CASE("cancelling a job kills its decoder") {
    const Fixture fixture;
    (void)ImageProcessor(fixture.open(test::isolated())).add(RecordId::pending(fixture.pending), picture());
    const Store store = fixture.open_with("loop");
    const auto migration = modelstore::ReactiveMigrator(store).migrate_all();
    wait_for_child();
    migration.cancel();
    CHECK(test::error_of([&] { return migration.get(); }) == ErrorCode::Cancelled);
    CHECK(is_childless());
  }

  TEST_CASE("closing the store leaves no decoder behind, whoever waits for it") {
    const Fixture fixture;
    Store store = fixture.open_with("loop");
    std::optional<ErrorCode> code;
    std::thread thread([&, images = ImageProcessor(store)]() mutable {
      code = test::error_of([&] { return images.add(kRecord, picture()); });
    });
    wait_for_child();
    const auto job = ImageProcessor(store).add_async(kRecord, fixture.dir / "waiting.safetensors");
    store.close();
    thread.join();
    CHECK(code == ErrorCode::Cancelled);
    CHECK(is_childless());
  }
}
