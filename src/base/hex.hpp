/// Hexadecimal digits. Pure functions: safe from any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace modelstore::base {

/// The value of a digit of either case.
[[nodiscard]] constexpr std::optional<std::uint8_t> hex_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
  return std::nullopt;
}

/// The lowercase digit of a value from 0 to 15.
[[nodiscard]] constexpr char hex_digit(unsigned value) noexcept {
  return "0123456789abcdef"[value & 0xFU];
}

}  // namespace modelstore::base
