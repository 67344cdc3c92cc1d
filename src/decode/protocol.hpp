/// What the library and its decoder program say to each other: the program greets, gets one request with a
/// picture, gives one answer, and ends. Numbers are little-endian and of fixed width.
///
/// A picture may have taken the program over: what it says is bytes of a stranger, checked for size, form and
/// sense. Pure functions: safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "image/picture_format.hpp"
#include "modelstore/error.hpp"
#include "modelstore/image_processor.hpp"
#include "modelstore/store.hpp"

namespace modelstore::decode {

using Bytes = std::vector<std::byte>;

inline constexpr std::size_t kGreetingBytes = 16;
inline constexpr std::size_t kRequestBytes = 88;
inline constexpr std::size_t kAnswerHeadBytes = 16;

/// What the program says first: what it is, and of which version.
[[nodiscard]] Bytes greeting();

enum class Greeting : std::uint8_t { Same, OtherVersion, Stranger };
[[nodiscard]] Greeting read_greeting(std::span<const std::byte> bytes) noexcept;

enum class Task : std::uint32_t { MakeTiers = 1, CheckDecodable = 2 };

/// What is asked of the program; the picture follows.
struct Request {
  Task task = Task::MakeTiers;
  PreviewOptions options;  ///< those that matter for a decoder
  std::uint64_t picture_bytes = 0;
};
[[nodiscard]] Bytes encode_request(const Request& request);
/// Nothing if it is none.
[[nodiscard]] std::optional<Request> read_request(std::span<const std::byte> bytes);

/// Tiers, the format of a picture that can be decoded, or what is wrong with it.
using Answer = std::variant<TierSet, image::PictureFormat, Failure>;

/// Head and body.
[[nodiscard]] Bytes encode_answer(const Answer& answer);

struct AnswerHead {
  std::uint32_t kind = 0;
  std::uint64_t body_bytes = 0;
};
/// Nothing if no answer to such a request can begin like this, for instance because it would be too long.
[[nodiscard]] std::optional<AnswerHead> read_answer_head(std::span<const std::byte> bytes,
                                                         const PreviewOptions& options) noexcept;
/// Nothing if this is no answer to such a request.
[[nodiscard]] std::optional<Answer> read_answer(const AnswerHead& head, std::span<const std::byte> body,
                                                const Request& request);

}  // namespace modelstore::decode
