/// Stores the pictures that imported rows refer to: decodes them on the workers, publishes them in batches.
/// Used by one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/import_rows.hpp"
#include "catalog/store_core.hpp"
#include "migration/import_target.hpp"
#include "modelstore/legacy_importer.hpp"
#include "platform/file.hpp"
#include "runtime/executor.hpp"

namespace modelstore::migration {

class PictureImporter {
 public:
  /// All arguments outlive the object. `folder` holds the pictures; without it all are missing. Counts and
  /// notes go to `report`.
  PictureImporter(detail::StoreCore& core, ImportTarget& target, std::optional<platform::Directory> folder,
                  const runtime::JobControl& control, ImportReport& report);

  /// Works off all pictures of an import that are not stored yet, and those only. In a dry run it only looks
  /// at them.
  void run(std::int64_t import);

 private:
  struct Item;

  void process(std::vector<catalog::ImportImage> images);
  void prepare(Item& item) const;
  void mark_known(std::span<Item> items) const;
  void publish(std::span<Item> items);
  void settle(std::span<const Item> items);

  detail::StoreCore& core_;
  ImportTarget& target_;
  std::optional<platform::Directory> folder_;
  const runtime::JobControl& control_;
  ImportReport& report_;
  std::int64_t import_ = 0;
  bool has_other_imports_ = false;
  std::vector<std::int64_t> again_;  // pictures whose record changed when it was their turn
  Progress progress_;
};

}  // namespace modelstore::migration
