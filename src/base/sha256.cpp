#include "modelstore/sha256.hpp"

#include "base/hex.hpp"
#include "modelstore/error.hpp"

namespace modelstore {

std::optional<Sha256> Sha256::parse(std::string_view text) noexcept {
  if (text.size() != kHexDigits) return std::nullopt;
  Bytes bytes;
  for (std::size_t i = 0; i < kBytes; ++i) {
    const auto high = base::hex_value(text[2 * i]);
    const auto low = base::hex_value(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>((*high << 4U) | *low);
  }
  return Sha256(bytes);
}

Sha256 Sha256::from_hex(std::string_view text) {
  if (const auto digest = parse(text)) return *digest;
  throw Error(ErrorCode::InvalidArgument,
              "not a SHA-256 of 64 hexadecimal digits: '" + std::string(text.substr(0, 80)) + "'");
}

std::string Sha256::hex() const {
  std::string text;
  text.reserve(kHexDigits);
  for (const std::uint8_t byte : bytes_) {
    text += base::hex_digit(byte >> 4U);
    text += base::hex_digit(byte);
  }
  return text;
}

}  // namespace modelstore
