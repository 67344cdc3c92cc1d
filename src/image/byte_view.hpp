/// Reading numbers out of untrusted bytes. Does not own the bytes; pure, safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace modelstore::image {

/// A run of bytes whose every access is checked: what lies outside reads as zero, and `has` says so.
class ByteView {
 public:
  constexpr ByteView() noexcept = default;
  constexpr explicit ByteView(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] constexpr std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] constexpr std::span<const std::byte> bytes() const noexcept { return bytes_; }

  /// Whether `count` bytes stand at `offset`.
  [[nodiscard]] constexpr bool has(std::size_t offset, std::size_t count) const noexcept {
    return offset <= bytes_.size() && count <= bytes_.size() - offset;
  }

  [[nodiscard]] constexpr std::uint8_t u8(std::size_t offset) const noexcept {
    return offset < bytes_.size() ? std::to_integer<std::uint8_t>(bytes_[offset]) : std::uint8_t{0};
  }
  [[nodiscard]] constexpr std::uint32_t u16be(std::size_t offset) const noexcept {
    return static_cast<std::uint32_t>(u8(offset)) << 8 | u8(offset + 1);
  }
  [[nodiscard]] constexpr std::uint32_t u16le(std::size_t offset) const noexcept {
    return static_cast<std::uint32_t>(u8(offset + 1)) << 8 | u8(offset);
  }
  [[nodiscard]] constexpr std::uint32_t u24le(std::size_t offset) const noexcept {
    return u16le(offset) | static_cast<std::uint32_t>(u8(offset + 2)) << 16;
  }
  [[nodiscard]] constexpr std::uint32_t u32be(std::size_t offset) const noexcept {
    return u16be(offset) << 16 | u16be(offset + 2);
  }
  [[nodiscard]] constexpr std::uint32_t u32le(std::size_t offset) const noexcept {
    return u16le(offset + 2) << 16 | u16le(offset);
  }

  /// At most `count` bytes from `offset`; fewer, or none, where they are not there.
  [[nodiscard]] constexpr ByteView part(std::size_t offset, std::size_t count) const noexcept {
    if (offset >= bytes_.size()) return {};
    return ByteView(bytes_.subspan(offset, count < bytes_.size() - offset ? count : bytes_.size() - offset));
  }

  [[nodiscard]] std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  [[nodiscard]] std::string_view text(std::size_t offset, std::size_t count) const noexcept {
    return part(offset, count).text();
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace modelstore::image
