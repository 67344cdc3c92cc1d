/// The name of one record of the catalogue: a model or a pending record.
///
/// Models are named by the SHA-256 of their content, pending records by a positive number. The text
/// form is 64 lowercase hexadecimal digits, or `pending:` and the number. A plain value: any thread
/// may use its own copy.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "modelstore/sha256.hpp"

namespace modelstore {

class RecordId {
 public:
  /// The model with this content.
  RecordId(const Sha256& sha256) noexcept  // NOLINT(google-explicit-constructor): a digest is an id
      : sha256_(sha256) {}

  /// The pending record with this number, which must be positive.
  /// Errors: InvalidArgument.
  [[nodiscard]] static RecordId pending(std::int64_t number);

  /// Reads the text form; hexadecimal digits may be of either case. Nothing if it is malformed.
  [[nodiscard]] static std::optional<RecordId> parse(std::string_view text) noexcept;

  [[nodiscard]] bool is_model() const noexcept { return number_ == 0; }
  [[nodiscard]] bool is_pending() const noexcept { return number_ != 0; }

  /// The model's digest. Errors: InvalidArgument for a pending record.
  [[nodiscard]] const Sha256& sha256() const;

  /// The pending record's number. Errors: InvalidArgument for a model.
  [[nodiscard]] std::int64_t number() const;

  /// The text form.
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const RecordId&, const RecordId&) noexcept = default;

 private:
  explicit RecordId(std::int64_t number) noexcept : number_(number) {}

  Sha256 sha256_;
  std::int64_t number_ = 0;
};

}  // namespace modelstore

template <>
struct std::hash<modelstore::RecordId> {
  [[nodiscard]] std::size_t operator()(const modelstore::RecordId& id) const noexcept {
    return id.is_model() ? std::hash<modelstore::Sha256>{}(id.sha256())
                         : std::hash<std::int64_t>{}(id.number());
  }
};
