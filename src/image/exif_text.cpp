#include "image/exif_text.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/utf8.hpp"
#include "image/byte_view.hpp"
#include "image/text_encoding.hpp"

namespace modelstore::image {

namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kExifFolder = 0x8769;
constexpr std::uint32_t kUserComment = 0x9286;
constexpr std::uint32_t kOrientation = 0x0112;
constexpr std::uint32_t kAsciiType = 2;
constexpr std::uint32_t kShortType = 3;

struct Tiff {
  ByteView view;
  bool big_endian = false;

  [[nodiscard]] std::uint32_t u16(std::size_t at) const noexcept {
    return big_endian ? view.u16be(at) : view.u16le(at);
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const noexcept {
    return big_endian ? view.u32be(at) : view.u32le(at);
  }
};

// Nothing if the block has no TIFF header.
std::optional<Tiff> open_block(std::span<const std::byte> block) noexcept {
  ByteView view(block);
  if (view.text(0, 6) == "Exif\0\0"sv) view = view.part(6, view.size());
  const bool big_endian = view.text(0, 4) == "MM\0\x2a"sv;
  if (!big_endian && view.text(0, 4) != "II\x2a\0"sv) return std::nullopt;
  return Tiff{view, big_endian};
}

struct Entry {
  std::uint32_t tag = 0;
  std::uint32_t type = 0;
  std::uint32_t value = 0;   // the value field itself, as a 32-bit number
  std::string_view content;  // of one-byte types; empty where it lies outside the block
};

std::vector<Entry> read_directory(const Tiff& tiff, std::size_t at) {
  constexpr std::size_t kEntryBytes = 12;
  std::vector<Entry> entries;
  const std::size_t count = tiff.u16(at);
  for (std::size_t i = 0; i < count && tiff.view.has(at + 2 + i * kEntryBytes, kEntryBytes); ++i) {
    const std::size_t start = at + 2 + i * kEntryBytes;
    Entry entry{tiff.u16(start), tiff.u16(start + 2), tiff.u32(start + 8), {}};
    const std::size_t length = tiff.u32(start + 4);
    const std::size_t offset = length <= 4 ? start + 8 : entry.value;
    if (tiff.view.has(offset, length)) entry.content = tiff.view.text(offset, length);
    entries.push_back(entry);
  }
  return entries;
}

std::string_view without_trailing_nuls(std::string_view text) noexcept {
  while (text.ends_with('\0')) text.remove_suffix(1);
  return text;
}

// The standard wants UTF-16 behind "UNICODE", some writers put UTF-8 there.
std::string unicode_comment(std::string_view text, bool big_endian) {
  const std::string_view trimmed = without_trailing_nuls(text);
  if (trimmed.find('\0') == std::string_view::npos && base::is_utf8(trimmed)) return std::string(trimmed);
  std::string converted = utf8_of_utf16(text, big_endian);
  converted.resize(without_trailing_nuls(converted).size());
  return converted;
}

std::string user_comment(std::string_view content, bool big_endian) {
  constexpr std::size_t kCodeBytes = 8;
  if (content.size() <= kCodeBytes) return {};
  const std::string_view code = content.substr(0, kCodeBytes);
  const std::string_view text = content.substr(kCodeBytes);
  if (code == "UNICODE\0"sv) return unicode_comment(text, big_endian);
  if (code == "JIS\0\0\0\0\0"sv) return utf8_of_jis(without_trailing_nuls(text));
  if (code == "ASCII\0\0\0"sv || code == "\0\0\0\0\0\0\0\0"sv) {
    return utf8_or_latin1(without_trailing_nuls(text));
  }
  return utf8_or_latin1(without_trailing_nuls(content));  // written without a code
}

}  // namespace

std::vector<std::pair<std::string, std::string>> exif_texts(std::span<const std::byte> block) {
  std::vector<std::pair<std::string, std::string>> texts;
  const auto opened = open_block(block);
  if (!opened) return texts;
  const Tiff& tiff = *opened;

  std::optional<std::size_t> exif_folder;
  for (const Entry& entry : read_directory(tiff, tiff.u32(4))) {
    if (entry.tag == kExifFolder) exif_folder = entry.value;
    if (entry.type != kAsciiType) continue;
    for (const std::string_view key : {"prompt"sv, "workflow"sv}) {
      const std::string_view text = without_trailing_nuls(entry.content);
      if (text.size() > key.size() && text.starts_with(key) && text[key.size()] == ':') {
        texts.emplace_back(key, utf8_or_latin1(text.substr(key.size() + 1)));
      }
    }
  }
  if (!exif_folder) return texts;
  for (const Entry& entry : read_directory(tiff, *exif_folder)) {
    if (entry.tag != kUserComment) continue;
    std::string comment = user_comment(entry.content, tiff.big_endian);
    if (!comment.empty()) texts.emplace_back("exif:UserComment", std::move(comment));
    break;
  }
  return texts;
}

int exif_orientation(std::span<const std::byte> block) noexcept {
  const auto tiff = open_block(block);
  if (!tiff) return 0;
  constexpr std::size_t kEntryBytes = 12;
  const std::size_t folder = tiff->u32(4);
  const std::size_t count = tiff->u16(folder);
  for (std::size_t i = 0; i < count && tiff->view.has(folder + 2 + i * kEntryBytes, kEntryBytes); ++i) {
    const std::size_t entry = folder + 2 + i * kEntryBytes;
    if (tiff->u16(entry) != kOrientation || tiff->u16(entry + 2) != kShortType) continue;
    const std::uint32_t value = tiff->u16(entry + 8);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 0;
  }
  return 0;
}

}  // namespace modelstore::image
