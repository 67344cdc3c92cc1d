#include "migration/legacy_row.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "base/paths.hpp"
#include "base/utf8.hpp"
#include "catalog/path_lookup.hpp"
#include "catalog/text_limits.hpp"
#include "digest/sha256_engine.hpp"
#include "modelstore/error.hpp"
#include "platform/file.hpp"

namespace modelstore::migration {
namespace {

using catalog::LegacyValue;
using sqlite::ValueType;

constexpr std::size_t kMostFolders = 10'000;

/// What is wrong with a text that a record is to hold; nothing if it is fine.
std::optional<std::string> defect_of(std::string_view what, std::string_view text, std::size_t limit) {
  try {
    catalog::check_text(what, text, limit);
    return std::nullopt;
  } catch (const Error& error) {
    return error.what();
  }
}

/// A text column. Numbers count by their digits, a blob by its bytes.
std::string text_of(const LegacyValue& value) {
  if (value.type == ValueType::Integer) return std::to_string(value.integer);
  if (value.type == ValueType::Real) return std::to_string(value.real);
  return value.bytes;
}

bool is_sha256_name(std::string_view algorithm) noexcept {
  constexpr std::string_view kName = "sha256";
  std::size_t matched = 0;
  for (const char c : base::trim(algorithm)) {
    if (c == '-' || c == '_') continue;
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (matched == kName.size() || small != kName[matched]) return false;
    ++matched;
  }
  return matched == kName.size();
}

bool is_other_algorithm(const LegacyValue& algorithm) {
  return !algorithm.is_null() && !base::trim(text_of(algorithm)).empty() &&
         !is_sha256_name(text_of(algorithm));
}

/// A count of something, where a column holds one.
std::optional<std::int64_t> whole_number(const LegacyValue& value) noexcept {
  constexpr double kLimit = 9.0e18;
  if (value.type == ValueType::Integer) return value.integer;
  if (value.type == ValueType::Real && value.real > -kLimit && value.real < kLimit)
    return static_cast<std::int64_t>(value.real);
  return std::nullopt;
}

void note_hash(const catalog::LegacyModelRow& row, LegacyModel& model) {
  if (model.hash || row.hash_hex.is_null()) return;
  const std::string text = row.hash_hex.type == ValueType::Blob ? "" : text_of(row.hash_hex);
  if (row.hash_hex.type != ValueType::Blob && text.empty()) return;
  std::string reason = "not a SHA-256 in hexadecimal digits";
  if (is_other_algorithm(row.hash_algo) && Sha256::parse(text))
    reason = "made by " + base::printable(text_of(row.hash_algo), 100) + ", not SHA-256";
  model.notes.push_back({"hash", std::move(reason), {}, base::printable(text)});
}

class RowDigest {
 public:
  void add(const LegacyValue& value) {
    add_number(static_cast<std::uint64_t>(value.type));
    if (value.type == ValueType::Integer) add_number(std::bit_cast<std::uint64_t>(value.integer));
    if (value.type == ValueType::Real) add_number(std::bit_cast<std::uint64_t>(value.real));
    if (value.type != ValueType::Text && value.type != ValueType::Blob) return;
    add_number(value.bytes.size());
    buffer_ += value.bytes;
  }

  [[nodiscard]] Sha256 finish() const { return digest::sha256_of(std::as_bytes(std::span(buffer_))); }

 private:
  void add_number(std::uint64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) buffer_ += static_cast<char>(number >> shift & 0xFFU);
  }

  std::string buffer_;
};

}  // namespace

std::optional<Sha256> read_hash(const LegacyValue& hash, const LegacyValue& algorithm) {
  if (!hash.is_text() || is_other_algorithm(algorithm)) return std::nullopt;
  auto digest = Sha256::parse(hash.bytes);
  if (digest == Sha256()) return std::nullopt;
  return digest;
}

std::int64_t read_created_at(const LegacyValue& value) noexcept {
  const auto number = whole_number(value);
  return number && *number > 0 ? *number : 0;
}

Sha256 digest_of(const catalog::LegacyModelRow& row) {
  RowDigest digest;
  for (const LegacyValue* value : {&row.path, &row.name, &row.type, &row.size_bytes, &row.hash_hex,
                                   &row.hash_algo, &row.created_at, &row.meta_json, &row.extra_json})
    digest.add(*value);
  return digest.finish();
}

std::optional<LegacyModel> read_model(const catalog::LegacyModelRow& row, const PathMap& map,
                                      std::string& reason) {
  const auto refuse = [&](std::string why) {
    reason = std::move(why);
    return std::nullopt;
  };
  LegacyModel model;
  model.id = row.id.integer;
  if (row.path.is_null() || (row.path.is_text() && row.path.bytes.empty())) return refuse("it has no path");
  if (!row.path.is_text()) return refuse("its path is not a text");
  if (auto defect = defect_of("path", row.path.bytes, catalog::kMaxPath)) return refuse(*defect);
  model.path = map_path(map, row.path.bytes).value_or(row.path.bytes);
  if (auto defect = defect_of("path", model.path, catalog::kMaxPath)) return refuse(*defect);

  model.name = text_of(row.name);
  if (auto defect = defect_of("name", model.name, catalog::kMaxName)) return refuse(*defect);
  if (model.name.empty()) model.name = base::last_component(model.path);
  model.type = text_of(row.type);
  if (auto defect = defect_of("type", model.type, catalog::kMaxType)) return refuse(*defect);

  if (const auto size = whole_number(row.size_bytes)) {
    if (*size < 0) return refuse("its size is negative: " + std::to_string(*size));
    model.size_bytes = *size;
  } else if (!row.size_bytes.is_null()) {
    model.notes.push_back({"size_bytes", "not a number", "0", base::printable(text_of(row.size_bytes))});
  }
  model.created_at = read_created_at(row.created_at);
  if (model.created_at == 0 && !row.created_at.is_null() && whole_number(row.created_at) != 0)
    model.notes.push_back(
        {"created_at", "not a time since 1970", "0", base::printable(text_of(row.created_at))});
  model.hash = read_hash(row.hash_hex, row.hash_algo);
  note_hash(row, model);
  if (auto defect = read_metadata(row.extra_json, row.meta_json, model.metadata)) return refuse(*defect);
  return model;
}

std::string FolderMemory::real_path(const std::string& path) {
  if (!path.starts_with('/') || path.back() == '/') return {};
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == 0 ? "/" : path.substr(0, slash);
  const std::string name = path.substr(slash + 1);
  if (name == "." || name == "..") return catalog::real_path(path);
  auto found = real_folders_.find(folder);
  if (found == real_folders_.end()) {
    if (real_folders_.size() >= kMostFolders) real_folders_.clear();
    found = real_folders_.emplace(folder, catalog::real_path(folder)).first;
  }
  if (found->second.empty()) return {};
  std::error_code error;
  const std::filesystem::path file = std::filesystem::path(found->second) / name;
  switch (std::filesystem::symlink_status(file, error).type()) {
    case std::filesystem::file_type::not_found:
    case std::filesystem::file_type::none:
      return {};
    case std::filesystem::file_type::symlink:
      return catalog::real_path(file);
    default:
      return file.string();
  }
}

}  // namespace modelstore::migration
