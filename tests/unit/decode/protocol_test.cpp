#include "decode/protocol.hpp"

#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "decode/picture_decoder.hpp"
#include "support/pictures.hpp"

using modelstore::ErrorCode;
using modelstore::Failure;
using modelstore::PreviewOptions;
using modelstore::TierSet;
using modelstore::image::PictureFormat;
using namespace modelstore::decode;

namespace {

const Request kTiers = {};

Request checking() {
  Request request;
  request.task = Task::CheckDecodable;
  return request;
}

/// The answer as the other side reads it.
std::optional<Answer> across(const Bytes& bytes, const Request& request = kTiers) {
  const std::span<const std::byte> all(bytes);
  if (all.size() < kAnswerHeadBytes) return std::nullopt;
  const auto head = read_answer_head(all.first(kAnswerHeadBytes), request.options);
  if (!head || head->body_bytes != all.size() - kAnswerHeadBytes) return std::nullopt;
  return read_answer(*head, all.subspan(kAnswerHeadBytes), request);
}

TierSet tiers() {
  return make_tiers(test::encode(test::photo(40, 30), test::Kind::Jpeg), {});
}

}  // namespace

TEST_SUITE("decoder protocol") {
  TEST_CASE("a greeting is that of this version, of another, or none") {
    Bytes bytes = greeting();
    CHECK(bytes.size() == kGreetingBytes);
    CHECK(read_greeting(bytes) == Greeting::Same);
    for (const std::size_t version : {4U, 8U, 11U}) {
      Bytes other = bytes;
      other[version] ^= std::byte{0x40};
      CHECK(read_greeting(other) == Greeting::OtherVersion);
    }
    bytes[0] ^= std::byte{1};
    CHECK(read_greeting(bytes) == Greeting::Stranger);
    CHECK(read_greeting({}) == Greeting::Stranger);
  }

  TEST_CASE("a request arrives as it was sent") {
    Request request;
    request.task = Task::CheckDecodable;
    request.picture_bytes = std::numeric_limits<std::uint64_t>::max();
    request.options.max_pixels = std::numeric_limits<std::int64_t>::max();
    request.options.medium = {0.123, 7, 3};
    request.options.accept_more_formats = true;
    const Bytes bytes = encode_request(request);
    REQUIRE(bytes.size() == kRequestBytes);
    const auto read = read_request(bytes);
    REQUIRE(read);
    CHECK(read->task == request.task);
    CHECK(read->picture_bytes == request.picture_bytes);
    CHECK(read->options.max_pixels == request.options.max_pixels);
    CHECK(read->options.medium.scale == 0.123);
    CHECK(read->options.medium.quality == 7);
    CHECK(read->options.medium.effort == 3);
    CHECK(read->options.accept_more_formats);
    CHECK_FALSE(read_request(std::span(bytes).first(kRequestBytes - 1)));
    CHECK_FALSE(read_request(Bytes(kRequestBytes)));
  }

  TEST_CASE("an answer arrives as it was sent") {
    const TierSet set = tiers();
    const auto read = across(encode_answer(set));
    REQUIRE(read);
    const auto& arrived = std::get<TierSet>(*read);
    CHECK(arrived.source_format == "jpeg");
    for (std::size_t i = 0; i < 3; ++i) CHECK(arrived.tiers[i].webp == set.tiers[i].webp);
    CHECK(std::get<PictureFormat>(*across(encode_answer(PictureFormat::Jxl), checking())) ==
          PictureFormat::Jxl);
    const Failure failure{ErrorCode::BadImage, "cannot be decoded"};
    CHECK(std::get<Failure>(*across(encode_answer(failure))) == failure);
  }

  TEST_CASE("an answer that was not asked for is none") {
    CHECK_FALSE(across(encode_answer(PictureFormat::Png)));
    CHECK_FALSE(across(encode_answer(tiers()), checking()));
    for (const ErrorCode code : {ErrorCode::DecoderCrashed, ErrorCode::Poisoned, ErrorCode::Cancelled,
                                 static_cast<ErrorCode>(0), static_cast<ErrorCode>(-1)})
      CHECK_FALSE(across(encode_answer(Failure{code, "text"})));
    CHECK_FALSE(across(encode_answer(Failure{ErrorCode::BadImage, ""})));
  }

  TEST_CASE("tiers that no picture has are refused") {
    const auto refused = [](const auto& change) {
      TierSet set = tiers();
      change(set);
      return !across(encode_answer(set)).has_value();
    };
    CHECK_FALSE(refused([](TierSet&) {}));
    CHECK(refused([](TierSet& set) { set.tiers[0].width = 0; }));
    CHECK(refused([](TierSet& set) { set.tiers[0].height = -1; }));
    CHECK(refused([](TierSet& set) { set.tiers[0].width = 16'384; }));
    CHECK(refused([](TierSet& set) { set.tiers[0] = {16'000, 16'000, set.tiers[0].webp}; }));
    CHECK(refused([](TierSet& set) { set.tiers[1].width = set.tiers[0].width + 1; }));
    CHECK(refused([](TierSet& set) { set.tiers[2].webp.clear(); }));
    CHECK(refused([](TierSet& set) { set.tiers[2].webp.pop_back(); }));
    CHECK(refused([](TierSet& set) { set.tiers[0].webp[8] = std::byte{'X'}; }));
    for (const char* text : {"", "[]", "{", "{} ,", "{\"a\":\"\xff\"}", "null"})
      CHECK(refused([&](TierSet& set) { set.source_text = text; }));
    CHECK(refused([](TierSet& set) { set.source_text.append(std::size_t{5} << 20, ' '); }));
  }

  TEST_CASE("any prefix and any damaged byte of an answer is read without harm") {
    const Bytes bytes = encode_answer(tiers());
    for (std::size_t size = kAnswerHeadBytes; size < bytes.size(); size += 7) {
      const AnswerHead head{1, size - kAnswerHeadBytes};
      CHECK_FALSE(
          read_answer(head, std::span(bytes).subspan(kAnswerHeadBytes, size - kAnswerHeadBytes), kTiers));
    }
    for (std::size_t i = 0; i < 64; ++i) {
      for (const std::byte value : {std::byte{0}, std::byte{0x7F}, std::byte{0xFF}}) {
        Bytes damaged = bytes;
        damaged[i] = value;
        (void)across(damaged);
      }
    }
  }

  TEST_CASE("an answer that announces more than the options allow is refused by its head") {
    Bytes bytes = encode_answer(tiers());
    bytes.resize(kAnswerHeadBytes);
    bytes[15] = std::byte{1};
    CHECK_FALSE(read_answer_head(bytes, {}));
    bytes[15] = std::byte{0};
    bytes[11] = std::byte{1};  // 16 MiB and some
    CHECK(read_answer_head(bytes, {}));
    PreviewOptions few;
    few.max_pixels = 1'000;
    CHECK_FALSE(read_answer_head(bytes, few));
    CHECK_FALSE(read_answer_head(std::span(bytes).first(12), {}));
  }
}
