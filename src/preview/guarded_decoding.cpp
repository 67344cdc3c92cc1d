#include "preview/guarded_decoding.hpp"

#include <exception>
#include <string>

#include "catalog/decoder_crash_rows.hpp"
#include "digest/sha256_engine.hpp"

namespace modelstore::preview {
namespace {

constexpr std::int64_t kTries = 2;

/// What is remembered must not change what becomes of the picture.
template <class Change>
void remember(detail::StoreCore& core, const Change& change) noexcept {
  try {
    core.write([&](catalog::WriteTransaction& transaction) { change(transaction.db()); });
  } catch (const std::exception& error) {
    core.log(LogLevel::Warning,
             std::string("a crash of the picture decoder is not remembered: ") + error.what());
  }
}

template <class Decode>
auto guarded(detail::StoreCore& core, std::span<const std::byte> picture, const decode::Cancelled& cancelled,
             const Decode& decode) {
  std::int64_t crashes = 0;
  {
    const auto reader = core.reader();
    if (catalog::has_decoder_crashes(*reader))
      crashes = catalog::decoder_crashes(*reader, digest::sha256_of(picture));
  }
  if (crashes >= kTries)
    throw Error(ErrorCode::DecoderCrashed, "the picture has crashed its decoder " + std::to_string(crashes) +
                                               " times and is not tried again");
  try {
    auto result = decode([&] { return core.is_closing() || (cancelled && cancelled()); });
    if (crashes > 0) {
      const Sha256 sha256 = digest::sha256_of(picture);
      remember(core, [&](const sqlite::Connection& db) { catalog::forget_decoder_crashes(db, sha256); });
    }
    return result;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::DecoderCrashed) {
      const Sha256 sha256 = digest::sha256_of(picture);
      remember(core, [&](const sqlite::Connection& db) { catalog::add_decoder_crash(db, sha256); });
    }
    throw;
  }
}

}  // namespace

TierSet make_tiers(detail::StoreCore& core, std::span<const std::byte> picture,
                   const decode::Cancelled& cancelled) {
  return guarded(core, picture, cancelled, [&](const decode::Cancelled& stop) {
    return decode::make_tiers(picture, core.options().previews, stop);
  });
}

image::PictureFormat check_decodable(detail::StoreCore& core, std::span<const std::byte> picture,
                                     const decode::Cancelled& cancelled) {
  return guarded(core, picture, cancelled, [&](const decode::Cancelled& stop) {
    return decode::check_decodable(picture, core.options().previews, stop);
  });
}

}  // namespace modelstore::preview
