/// Finding model files: what a folder tree holds and the catalogue does not know becomes pending.
///
/// Nothing is hashed and no file is opened, so that tens of thousands of files are listed, searchable and
/// taggable at once. Nothing is ever deleted. A Scanner is a cheap handle and may be used from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "modelstore/job.hpp"
#include "modelstore/store.hpp"

namespace modelstore {

struct ScanOptions {
  /// Endings of model files, without regard to ASCII case.
  std::vector<std::string> extensions = {".safetensors", ".ckpt", ".pt",  ".pth",
                                         ".bin",         ".gguf", ".sft", ".onnx"};
};

/// A path that was passed over, and why.
struct ScanSkip {
  std::string path;
  std::string reason;
};

struct ScanReport {
  std::int64_t files_seen = 0;            ///< with a model's ending
  std::int64_t added = 0;                 ///< new pending records
  std::int64_t known = 0;                 ///< already in the catalogue, the trash included
  std::int64_t missing = 0;               ///< below the roots in the catalogue, and not found any more
  std::int64_t changed = 0;               ///< verified locations whose file is another one since
  std::vector<std::int64_t> pending_ids;  ///< the new records
  std::vector<ScanSkip> skipped;          ///< unreadable folders, names that are not UTF-8, and so on
  std::int64_t elapsed_ms = 0;
};

class Scanner {
 public:
  /// A handle to `store`. Errors: Closed.
  explicit Scanner(const Store& store);
  Scanner(Scanner&&) noexcept = default;
  Scanner& operator=(Scanner&&) noexcept = default;

  /// Walks `roots`, following links once each. A new file becomes a pending record whose type is the
  /// lowercased name of the first folder below its root (empty for a file in the root itself), and is
  /// tagged with it. Locations below the roots are marked present or missing; those below a root that
  /// is not there, offline. A location is no longer verified once its file's size or time of modification is
  /// another than when it was hashed: ReactiveMigrator::verify_claims looks at it. One whose content went missing
  /// is present again if that content came back; another file in its place is a new record. What cannot be looked
  /// at stays as it was. Progress counts files. What was found before a cancellation stays.
  /// Job errors: InvalidArgument (no roots, a root that is no folder), FileMissing (all roots), Cancelled,
  /// and those of a change to the store.
  [[nodiscard]] Job<ScanReport> scan(std::vector<std::filesystem::path> roots,
                                     ScanOptions options = {}) const;

 private:
  [[nodiscard]] detail::StoreCore& core() const;

  std::shared_ptr<detail::StoreCore> core_;
};

}  // namespace modelstore
