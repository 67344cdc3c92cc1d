#include "modelstore/record_id.hpp"

#include <charconv>

#include "modelstore/error.hpp"

namespace modelstore {
namespace {
constexpr std::string_view kPendingPrefix = "pending:";
}

RecordId RecordId::pending(std::int64_t number) {
  if (number <= 0)
    throw Error(ErrorCode::InvalidArgument, "not the number of a pending record: " + std::to_string(number));
  return RecordId(number);
}

std::optional<RecordId> RecordId::parse(std::string_view text) noexcept {
  if (!text.starts_with(kPendingPrefix)) {
    if (const auto sha256 = Sha256::parse(text)) return RecordId(*sha256);
    return std::nullopt;
  }
  text.remove_prefix(kPendingPrefix.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return RecordId(number);
}

const Sha256& RecordId::sha256() const {
  if (is_pending()) throw Error(ErrorCode::InvalidArgument, to_string() + " is not a model");
  return sha256_;
}

std::int64_t RecordId::number() const {
  if (is_model()) throw Error(ErrorCode::InvalidArgument, to_string() + " is not a pending record");
  return number_;
}

std::string RecordId::to_string() const {
  return is_model() ? sha256_.hex() : std::string(kPendingPrefix) + std::to_string(number_);
}

}  // namespace modelstore
