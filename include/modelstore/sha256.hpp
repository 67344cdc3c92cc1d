/// A SHA-256 digest (FIPS 180-4): the identity of a model.
///
/// A plain value of 32 bytes: copying, comparing and hashing it never fails, and any thread may use
/// its own copy. Outside the library it is written as 64 lowercase hexadecimal digits.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace modelstore {

class Sha256 {
 public:
  /// Length of the digest in bytes, and of its text in hexadecimal digits.
  static constexpr std::size_t kBytes = 32;
  static constexpr std::size_t kHexDigits = 64;

  using Bytes = std::array<std::uint8_t, kBytes>;

  /// All bytes zero: no known content has this digest.
  constexpr Sha256() noexcept = default;
  constexpr explicit Sha256(const Bytes& bytes) noexcept : bytes_(bytes) {}

  /// Reads 64 hexadecimal digits of either case. Nothing if `text` is anything else.
  [[nodiscard]] static std::optional<Sha256> parse(std::string_view text) noexcept;

  /// As `parse`, for text that must be a digest.
  /// Errors: InvalidArgument.
  [[nodiscard]] static Sha256 from_hex(std::string_view text);

  /// 64 lowercase hexadecimal digits.
  [[nodiscard]] std::string hex() const;

  [[nodiscard]] constexpr const Bytes& bytes() const noexcept { return bytes_; }

  friend constexpr auto operator<=>(const Sha256&, const Sha256&) noexcept = default;

 private:
  Bytes bytes_{};
};

}  // namespace modelstore

/// Digests are uniformly distributed, so their first bytes are a good hash.
template <>
struct std::hash<modelstore::Sha256> {
  [[nodiscard]] std::size_t operator()(const modelstore::Sha256& digest) const noexcept {
    std::size_t value = 0;
    std::memcpy(&value, digest.bytes().data(), sizeof value);
    return value;
  }
};
