/// Whether a file that stands where a model's content was seen may still be taken for it, without opening it.
#pragma once

#include <string>

#include "catalog/scan_rows.hpp"
#include "platform/file.hpp"
#include "sqlite/connection.hpp"

namespace modelstore::scan {

enum class KnownContent : std::uint8_t {
  Same,     ///< the remembered hash is the model's, and the file has not changed since
  Other,    ///< the file has changed since its hash was remembered, or that is another one
  Unknown,  ///< no hash is remembered
};

/// `real_path` is the file's that `stat` is of. A file whose hash is not remembered is told from the content of a
/// verified location by its size alone.
[[nodiscard]] KnownContent compare_content(const sqlite::Connection& database,
                                           const catalog::StoredPath& location, const std::string& real_path,
                                           const platform::FileStat& stat);

/// Whether the content that a location was missing is there again. One that was never verified is a claim as
/// before, unless the file is known to be another; else the remembered hash decides.
[[nodiscard]] bool has_come_back(const sqlite::Connection& database, const catalog::StoredPath& location,
                                 const std::string& real_path, const platform::FileStat& stat);

}  // namespace modelstore::scan
