/// A store with one model, for tests of journalled operations: files of `images/` with rows whose three tiers
/// are one and the same file's, so that one file is enough.
#pragma once

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/model_rows.hpp"
#include "catalog/preview_names.hpp"
#include "catalog/preview_rows.hpp"
#include "catalog/store_core.hpp"
#include "journal/operation.hpp"
#include "modelstore/store.hpp"
#include "support/pictures.hpp"
#include "support/temp_dir.hpp"

namespace test {

/// The code with which `call` fails; Internal, and a failed check, if it does not.
template <class Call>
modelstore::ErrorCode code_of(Call call) {
  try {
    call();
  } catch (const modelstore::Error& error) {
    CHECK(std::string_view(error.what()).find('\n') == std::string_view::npos);
    return error.code();
  }
  CHECK_MESSAGE(false, "the call should have failed");
  return modelstore::ErrorCode::Internal;
}

class JournalFixture {
 public:
  JournalFixture() : store(modelstore::Store::open(dir_ / "s", {.create = true})), core(store.core()) {
    model_id = core->write([&](modelstore::catalog::WriteTransaction& transaction) {
      modelstore::catalog::ModelRow row;
      row.sha256 = model;
      row.name = "model";
      const std::int64_t id = insert_model(transaction.db(), row);
      transaction.model_changed(id, model, modelstore::ChangeKind::Created);
      return id;
    });
  }

  [[nodiscard]] std::filesystem::path root() const { return dir_ / "s"; }
  [[nodiscard]] std::string name(std::int64_t seq) const {
    return modelstore::catalog::tier_file_name(model, seq, modelstore::Tier::High);
  }
  [[nodiscard]] std::filesystem::path image(std::int64_t seq) const { return root() / "images" / name(seq); }

  /// Names in `images/`, sorted.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(root() / "images"))
      if (!entry.is_directory()) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  [[nodiscard]] modelstore::journal::Publication publication(const modelstore::journal::Staging& staging,
                                                             const modelstore::journal::StagedFile& file,
                                                             std::int64_t seq) const {
    modelstore::journal::Publication publication;
    publication.staging = &staging;
    publication.file = file;
    publication.name = name(seq);
    return publication;
  }

  void insert_row(modelstore::catalog::WriteTransaction& transaction,
                  const modelstore::journal::StagedFile& file, std::int64_t seq) const {
    modelstore::catalog::ImageRow row;
    row.model_id = model_id;
    row.seq = seq;
    row.position = seq;
    row.files.fill({file.size_bytes, file.sha256});
    (void)insert_image(transaction.db(), row);
    transaction.model_changed(model_id, model);
  }

  void delete_row(modelstore::catalog::WriteTransaction& transaction, std::int64_t seq) const {
    transaction.db().run("DELETE FROM images WHERE seq = ?", seq);
  }
  void set_seq(modelstore::catalog::WriteTransaction& transaction, std::int64_t seq,
               std::int64_t new_seq) const {
    transaction.db().run("UPDATE images SET seq = ?2 WHERE seq = ?1", seq, new_seq);
  }

  /// Adds one file with one row.
  [[nodiscard]] modelstore::journal::Draft draft(modelstore::journal::Staging& staging,
                                                 std::string_view content, std::int64_t seq) const {
    const modelstore::journal::StagedFile file = staging.add(to_bytes(content));
    modelstore::journal::Draft draft;
    draft.kind = "test";
    draft.prepare = [this, file, seq, &staging](modelstore::catalog::WriteTransaction&, std::int64_t) {
      return std::vector{publication(staging, file, seq)};
    };
    draft.commit = [this, file, seq](modelstore::catalog::WriteTransaction& transaction) {
      insert_row(transaction, file, seq);
      return std::vector<modelstore::journal::Removal>();
    };
    return draft;
  }

  /// Performs that, and returns what would remove the file.
  modelstore::journal::Removal publish(std::string_view content, std::int64_t seq) const {
    modelstore::journal::Staging staging(*core);
    perform_one(*core, draft(staging, content, seq));
    const auto bytes = to_bytes(content);
    const auto file = staging.add(bytes);
    return {modelstore::journal::Folder::Images, name(seq), file.size_bytes, file.sha256};
  }

  [[nodiscard]] std::int64_t count(const std::string& table) const {
    return core->reader()->integer("SELECT count(*) FROM " + table).value_or(-1);
  }
  [[nodiscard]] std::int64_t rows() const { return count("images"); }
  [[nodiscard]] std::int64_t rows_in(modelstore::catalog::WriteTransaction& transaction) const {
    return transaction.db().integer("SELECT count(*) FROM images").value_or(-1);
  }
  [[nodiscard]] std::int64_t journal_rows() const { return count("operations") + count("operation_files"); }

  /// No journal, no claims, nothing in the staging folder.
  void check_nothing_left() const {
    CHECK(journal_rows() == 0);
    CHECK(count("pending_import WHERE operation_id IS NOT NULL") == 0);
    for (const auto& owner : std::filesystem::directory_iterator(root() / "staging"))
      CHECK(std::filesystem::is_empty(owner.path()));
  }

 private:
  TempDir dir_;

 public:
  modelstore::Sha256 model = modelstore::Sha256::from_hex(std::string(64, 'a'));
  modelstore::Store store;
  std::shared_ptr<modelstore::detail::StoreCore> core;
  std::int64_t model_id = 0;
};

}  // namespace test
