#include "decode/protocol.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "image/byte_view.hpp"
#include "image/picture_text.hpp"
#include "image/tier_size.hpp"
#include "json/object_text.hpp"
#include "modelstore/version.hpp"

namespace modelstore::decode {
namespace {

constexpr std::uint32_t kMagic = 0x4344534D;  // "MSDC"
constexpr std::uint32_t kProtocol = 1;
constexpr std::uint32_t kLibrary =
    MODELSTORE_VERSION_MAJOR * 1'000'000 + MODELSTORE_VERSION_MINOR * 1'000 + MODELSTORE_VERSION_PATCH;

// Kinds of answers.
constexpr std::uint32_t kTierSet = 1;
constexpr std::uint32_t kFormat = 2;
constexpr std::uint32_t kFailure = 3;

constexpr std::size_t kTiersHeadBytes = 44;
constexpr std::size_t kMaxMessage = 1'000;
/// Bytes of an encoded tier beyond those of its pixels, which WebP never reaches.
constexpr std::uint64_t kMaxTierOverhead = 1U << 20U;

class Writer {
 public:
  Writer& u32(std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
      bytes_ += static_cast<char>(static_cast<unsigned char>(value >> shift));
    return *this;
  }
  Writer& u64(std::uint64_t value) {
    return u32(static_cast<std::uint32_t>(value)).u32(static_cast<std::uint32_t>(value >> 32U));
  }
  Writer& raw(std::span<const std::byte> bytes) {
    return text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  Writer& text(std::string_view text) {
    bytes_ += text;
    return *this;
  }
  [[nodiscard]] Bytes take() const {
    const auto bytes = std::as_bytes(std::span(bytes_));
    return {bytes.begin(), bytes.end()};
  }

 private:
  std::string bytes_;
};

/// Reads in order; what is not there reads as zero, and `complete` tells.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) noexcept : view_(bytes) {}
  std::uint32_t u32() noexcept {
    complete_ = complete_ && view_.has(position_, 4);
    const std::uint32_t value = view_.u32le(position_);
    position_ += 4;
    return value;
  }
  std::uint64_t u64() noexcept {
    const std::uint64_t low = u32();
    return low | static_cast<std::uint64_t>(u32()) << 32U;
  }
  std::int64_t i64() noexcept { return std::bit_cast<std::int64_t>(u64()); }
  std::span<const std::byte> raw(std::size_t count) noexcept {
    complete_ = complete_ && view_.has(position_, count);
    const auto bytes = view_.part(position_, count).bytes();
    position_ += bytes.size();
    return bytes;
  }
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  [[nodiscard]] bool at_end() const noexcept { return complete_ && position_ == view_.size(); }

 private:
  image::ByteView view_;
  std::size_t position_ = 0;
  bool complete_ = true;
};

constexpr std::array kTierOptions = {&PreviewOptions::high, &PreviewOptions::medium, &PreviewOptions::low};

std::uint64_t as_bits(std::int64_t value) noexcept {
  return std::bit_cast<std::uint64_t>(value);
}

std::uint64_t max_tier_bytes(const PreviewOptions& options) noexcept {
  constexpr std::uint64_t kMaxPixels = std::uint64_t{image::kMaxTierSide} * image::kMaxTierSide;
  return kMaxTierOverhead + 4 * std::min(as_bits(options.max_pixels), kMaxPixels);
}

std::optional<image::PictureFormat> read_format(std::uint32_t value) noexcept {
  if (value > static_cast<std::uint32_t>(image::PictureFormat::Jxl)) return std::nullopt;
  return static_cast<image::PictureFormat>(value);
}

bool is_webp(std::span<const std::byte> bytes) noexcept {
  const image::ByteView view(bytes);
  return view.has(0, 12) && view.text(0, 4) == "RIFF" && view.text(8, 4) == "WEBP" &&
         std::uint64_t{view.u32le(4)} + 8 == bytes.size();
}

/// A side of a tier, not above that of the tier before it.
std::optional<std::int32_t> read_side(std::uint32_t value, std::int32_t most) noexcept {
  if (value < 1 || value > static_cast<std::uint32_t>(most)) return std::nullopt;
  return static_cast<std::int32_t>(value);
}

std::optional<TierSet> read_tiers(std::span<const std::byte> body, const PreviewOptions& options) {
  Reader reader(body);
  TierSet set;
  const auto format = read_format(reader.u32());
  if (!format) return std::nullopt;
  set.source_format = image::format_name(*format);
  std::array<std::uint32_t, 3> sizes{};
  std::int32_t most_width = image::kMaxTierSide;
  std::int32_t most_height = image::kMaxTierSide;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto width = read_side(reader.u32(), most_width);
    const auto height = read_side(reader.u32(), most_height);
    sizes[i] = reader.u32();
    if (!width || !height || std::int64_t{*width} * *height > options.max_pixels) return std::nullopt;
    set.tiers[i].width = most_width = *width;
    set.tiers[i].height = most_height = *height;
  }
  const std::uint32_t text_size = reader.u32();
  if (!reader.complete() || text_size > image::kMaxPictureText) return std::nullopt;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto webp = reader.raw(sizes[i]);
    if (!is_webp(webp)) return std::nullopt;
    set.tiers[i].webp.assign(webp.begin(), webp.end());
  }
  set.source_text = image::ByteView(reader.raw(text_size)).text();
  if (!reader.at_end() || !base::is_utf8(set.source_text) || json::find_defect(set.source_text) ||
      json::kind_of(set.source_text) != json::Kind::Object)
    return std::nullopt;
  return set;
}

/// A decoder can say of a picture only what decoding in process could.
std::optional<Failure> read_failure(std::span<const std::byte> body) {
  Reader reader(body);
  const auto code = static_cast<ErrorCode>(reader.u32());
  const std::string message = base::printable(image::ByteView(body).part(4, kMaxMessage).text(), kMaxMessage);
  if (message.empty()) return std::nullopt;
  switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::UnsupportedFormat:
    case ErrorCode::BadImage:
    case ErrorCode::LimitExceeded:
    case ErrorCode::OutOfMemory:
    case ErrorCode::Internal:
      return Failure{code, message};
    default:
      return std::nullopt;
  }
}

template <class Value>
std::optional<Answer> as_answer(std::optional<Value> value) {
  if (!value) return std::nullopt;
  return Answer(std::move(*value));
}

Bytes body_of(const TierSet& set) {
  Writer writer;
  const auto format = image::format_of_name(set.source_format);
  writer.u32(static_cast<std::uint32_t>(format.value_or(image::PictureFormat::Png)));
  for (const EncodedTier& tier : set.tiers)
    writer.u32(static_cast<std::uint32_t>(tier.width))
        .u32(static_cast<std::uint32_t>(tier.height))
        .u32(static_cast<std::uint32_t>(tier.webp.size()));
  writer.u32(static_cast<std::uint32_t>(set.source_text.size()));
  for (const EncodedTier& tier : set.tiers) writer.raw(tier.webp);
  return writer.text(set.source_text).take();
}

Bytes with_head(std::uint32_t kind, const Bytes& body) {
  return Writer().u32(kMagic).u32(kind).u64(body.size()).raw(body).take();
}

}  // namespace

Bytes greeting() {
  return Writer().u32(kMagic).u32(kProtocol).u32(kLibrary).u32(0).take();
}

Greeting read_greeting(std::span<const std::byte> bytes) noexcept {
  Reader reader(bytes);
  if (reader.u32() != kMagic || bytes.size() != kGreetingBytes) return Greeting::Stranger;
  const bool same_protocol = reader.u32() == kProtocol;
  return same_protocol && reader.u32() == kLibrary ? Greeting::Same : Greeting::OtherVersion;
}

Bytes encode_request(const Request& request) {
  const PreviewOptions& options = request.options;
  Writer writer;
  writer.u32(static_cast<std::uint32_t>(request.task)).u32(options.accept_more_formats ? 1 : 0);
  writer.u64(as_bits(options.max_pixels))
      .u64(as_bits(options.max_source_bytes))
      .u64(as_bits(options.max_source_pixels));
  for (const auto member : kTierOptions) {
    const TierOptions& tier = options.*member;
    writer.u64(std::bit_cast<std::uint64_t>(tier.scale))
        .u32(static_cast<std::uint32_t>(tier.quality))
        .u32(static_cast<std::uint32_t>(tier.effort));
  }
  return writer.u64(request.picture_bytes).take();
}

std::optional<Request> read_request(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  Request request;
  request.task = static_cast<Task>(reader.u32());
  request.options.accept_more_formats = reader.u32() != 0;
  request.options.max_pixels = reader.i64();
  request.options.max_source_bytes = reader.i64();
  request.options.max_source_pixels = reader.i64();
  for (const auto member : kTierOptions) {
    TierOptions& tier = request.options.*member;
    tier.scale = std::bit_cast<double>(reader.u64());
    tier.quality = static_cast<int>(reader.u32());
    tier.effort = static_cast<int>(reader.u32());
  }
  request.picture_bytes = reader.u64();
  if (!reader.at_end() || (request.task != Task::MakeTiers && request.task != Task::CheckDecodable))
    return std::nullopt;
  return request;
}

Bytes encode_answer(const Answer& answer) {
  if (const auto* const set = std::get_if<TierSet>(&answer)) return with_head(kTierSet, body_of(*set));
  if (const auto* const format = std::get_if<image::PictureFormat>(&answer))
    return with_head(kFormat, Writer().u32(static_cast<std::uint32_t>(*format)).take());
  const auto& failure = std::get<Failure>(answer);
  return with_head(kFailure, Writer()
                                 .u32(static_cast<std::uint32_t>(failure.code))
                                 .text(base::printable(failure.message, kMaxMessage))
                                 .take());
}

std::optional<AnswerHead> read_answer_head(std::span<const std::byte> bytes,
                                           const PreviewOptions& options) noexcept {
  Reader reader(bytes);
  const bool magic = reader.u32() == kMagic;
  const AnswerHead head{reader.u32(), reader.u64()};
  const auto most = [&]() -> std::uint64_t {
    switch (head.kind) {
      case kTierSet:
        return kTiersHeadBytes + 3 * max_tier_bytes(options) + image::kMaxPictureText;
      case kFormat:
        return 4;
      case kFailure:
        return 4 + kMaxMessage;
      default:
        return 0;
    }
  }();
  if (!magic || !reader.at_end() || head.body_bytes == 0 || head.body_bytes > most) return std::nullopt;
  return head;
}

std::optional<Answer> read_answer(const AnswerHead& head, std::span<const std::byte> body,
                                  const Request& request) {
  if (head.kind == kTierSet && request.task == Task::MakeTiers)
    return as_answer(read_tiers(body, request.options));
  if (head.kind == kFormat && request.task == Task::CheckDecodable)
    return as_answer(body.size() == 4 ? read_format(Reader(body).u32()) : std::nullopt);
  if (head.kind == kFailure) return as_answer(read_failure(body));
  return std::nullopt;
}

}  // namespace modelstore::decode
