/// Results as one block of memory, which holds everything that its pointers point to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <ranges>
#include <span>
#include <string_view>
#include <type_traits>

#include "modelstore.h"

namespace modelstore::capi {

/// Lays texts and arrays out behind each other. A result is written twice by the same code: first without
/// memory, which only measures, and then into a block of exactly that size.
class Block {
 public:
  Block() noexcept = default;
  explicit Block(std::byte* memory) noexcept : memory_(memory) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Room for `count` values; null while it is only measured.
  template <class T>
  T* take(std::size_t count) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));
    size_ = (size_ + alignof(T) - 1) / alignof(T) * alignof(T);
    std::byte* const place = memory_ ? memory_ + size_ : nullptr;
    size_ += count * sizeof(T);
    return reinterpret_cast<T*>(place);
  }

  /// A copy of a text, with a zero byte behind it.
  modelstore_text text(std::string_view text) noexcept {
    char* const place = take<char>(text.size() + 1);
    if (place) {
      if (!text.empty()) std::memcpy(place, text.data(), text.size());
      place[text.size()] = '\0';
    }
    return {place, text.size()};
  }

  modelstore_bytes bytes(std::span<const std::byte> bytes) noexcept {
    auto* const place = take<std::uint8_t>(bytes.size());
    if (place && !bytes.empty()) std::memcpy(place, bytes.data(), bytes.size());
    return {place, bytes.size()};
  }

  /// An array of what `write(block, item)` makes of each item; null if there are none.
  template <std::ranges::sized_range Range, class Write>
  auto array(const Range& items, const Write& write)
      -> const std::invoke_result_t<const Write&, Block&, decltype(*std::ranges::begin(items))>* {
    using Item = std::invoke_result_t<const Write&, Block&, decltype(*std::ranges::begin(items))>;
    if (std::ranges::empty(items)) return nullptr;
    Item* const first = take<Item>(std::ranges::size(items));
    Item* place = first;
    for (const auto& item : items) {
      const Item written = write(*this, item);
      if (place) std::memcpy(place++, &written, sizeof written);
    }
    return first;
  }

 private:
  std::byte* memory_ = nullptr;
  std::size_t size_ = 0;
};

/// A block that begins with the `T` that `write(block)` makes. Errors: std::bad_alloc.
template <class T, class Write>
[[nodiscard]] T* make_block(const Write& write) {
  static_assert(offsetof(T, block_size) == 0);
  const auto fill = [&](Block& block) {
    T* const place = block.take<T>(1);
    const T written = write(block);
    if (place) std::memcpy(place, &written, sizeof written);
    return place;
  };
  Block measured;
  (void)fill(measured);
  auto* const memory =
      static_cast<std::byte*>(std::malloc(measured.size()));  // NOLINT(cppcoreguidelines-no-malloc)
  if (!memory) throw std::bad_alloc();
  Block block(memory);
  T* const result = fill(block);
  result->block_size = block.size();
  return result;
}

}  // namespace modelstore::capi
