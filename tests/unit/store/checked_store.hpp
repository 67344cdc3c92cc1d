/// A small store with everything in it that is checked, and ways to damage it.
#pragma once

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "catalog/store_core.hpp"
#include "digest/sha256_engine.hpp"
#include "modelstore/database.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

namespace test {

/// A store with one model at a real file and one pending record, each with two pictures.
struct CheckedStore {
  static std::string content() { return "the weights of a model"; }

  TempDir dir;
  std::filesystem::path file = write_file(dir / "models/a.safetensors", content());
  modelstore::Sha256 model = modelstore::digest::sha256_of(to_bytes(content()));
  modelstore::Store store = modelstore::Store::open(dir / "s", {.create = true});
  std::int64_t pending = 0;

  CheckedStore() {
    modelstore::Database database(store);
    modelstore::ImageProcessor images(store);
    modelstore::NewModel record;
    record.sha256 = model;
    record.path = file.string();
    record.name = "model";
    record.metadata = R"({"description":"what it is"})";
    database.add_model(record);
    modelstore::NewPending waiting;
    waiting.path = "/models/b.safetensors";
    pending = database.add_pending(waiting);
    for (unsigned i = 0; i < 2; ++i) {
      const auto picture = encode(photo(40, 30, i), Kind::Png);
      (void)images.add(model, picture);
      (void)images.add(modelstore::RecordId::pending(pending), picture);
    }
  }

  [[nodiscard]] std::filesystem::path tier() const {
    return store.root() / "images" / modelstore::ImageProcessor(store).previews(model)[0].files[1].name;
  }
  [[nodiscard]] std::filesystem::path original() const {
    return store.root() / "images/pending" /
           modelstore::ImageProcessor(store).pending_pictures(pending)[0].file_name;
  }

  /// Changes the catalogue behind the library's back.
  void run(const std::string& sql) const {
    store.core()->with_writer_lock(
        [&](const modelstore::sqlite::Connection& database) { database.execute(sql); });
  }

  [[nodiscard]] modelstore::VerifyReport verify(bool deep = false) const {
    return store.verify({.deep = deep}).get();
  }

  /// The kinds of what is found, each once for each problem, in order.
  [[nodiscard]] std::string kinds(bool deep = false) const {
    std::string text;
    for (const auto& problem : verify(deep).problems) {
      CHECK(problem.message.find('\n') == std::string::npos);
      CHECK_FALSE(problem.subject.empty());
      text += (text.empty() ? "" : " ") + std::string(modelstore::problem_kind_name(problem.kind));
    }
    return text;
  }
};

}  // namespace test
