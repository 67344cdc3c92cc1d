#include "image/webp_container.hpp"

#include <cstdint>
#include <string_view>

#include "image/byte_view.hpp"

namespace modelstore::image {

namespace {

constexpr std::size_t kFileHead = 12;
constexpr std::size_t kChunkHead = 8;

// A chunk with its head and its padding; empty where there is none.
ByteView chunk_at(ByteView file, std::size_t at) {
  if (!file.has(at, kChunkHead)) return {};
  const std::size_t length = file.u32le(at + 4);
  const std::size_t whole = kChunkHead + length + (length & 1U);
  return file.has(at, whole) ? file.part(at, whole) : ByteView();
}

void append(std::vector<std::byte>& bytes, std::span<const std::byte> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

void put_u32le(std::vector<std::byte>& bytes, std::size_t at, std::size_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> 8 * i & 0xFFU);
}

}  // namespace

std::vector<std::byte> bare_webp(std::span<const std::byte> webp) {
  const ByteView file(webp);
  if (file.text(0, 4) != "RIFF" || file.text(8, 4) != "WEBP") return {};
  ByteView head;
  ByteView alpha;
  ByteView picture;
  for (std::size_t at = kFileHead; at < file.size();) {
    const ByteView chunk = chunk_at(file, at);
    if (chunk.size() == 0) return {};
    const std::string_view type = chunk.text(0, 4);
    if (type == "VP8X") head = chunk;
    if (type == "ALPH") alpha = chunk;
    if (type == "VP8 " || type == "VP8L") picture = chunk;
    at += chunk.size();
  }
  if (picture.size() == 0 || (alpha.size() != 0 && head.size() < kChunkHead + 10)) return {};

  std::vector<std::byte> bare;
  bare.reserve(webp.size());
  append(bare, file.part(0, kFileHead).bytes());
  if (alpha.size() != 0) {
    constexpr std::byte kHasAlpha{0x10};
    append(bare, head.bytes());
    bare[kFileHead + kChunkHead] = kHasAlpha;
    append(bare, alpha.bytes());
  }
  append(bare, picture.bytes());
  put_u32le(bare, 4, bare.size() - 8);
  return bare;
}

}  // namespace modelstore::image
