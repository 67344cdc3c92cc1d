#include "image/inflate.hpp"

#include <string>

#include <doctest/doctest.h>

#include "support/pictures.hpp"

using modelstore::image::inflate;

TEST_SUITE("inflate") {
  TEST_CASE("a stream gives back what was compressed, up to the limit to the byte") {
    for (const std::size_t length : {0U, 1U, 4095U, 4096U, 4097U, 1'000'000U}) {
      CAPTURE(length);
      std::string text(length, ' ');
      for (std::size_t i = 0; i < length; ++i) text[i] = static_cast<char>(i * i % 251);
      const test::Bytes stream = test::to_bytes(test::deflated(text));
      CHECK(inflate(stream, length) == text);
      CHECK(inflate(stream, length + 5'000) == text);
      if (length > 0) CHECK_FALSE(inflate(stream, length - 1));
    }
  }

  TEST_CASE("a stream that is cut or damaged gives nothing") {
    const test::Bytes stream = test::to_bytes(test::deflated(std::string(3'000, 'a') + "tail"));
    for (std::size_t length = 0; length < stream.size(); ++length) {
      CAPTURE(length);
      CHECK_FALSE(inflate(std::span(stream).first(length), 1 << 20));
    }
    test::Bytes damaged = stream;
    damaged.back() ^= std::byte{1};  // its checksum
    CHECK_FALSE(inflate(damaged, 1 << 20));
  }

  TEST_CASE("what stands behind a stream is ignored") {
    CHECK(inflate(test::to_bytes(test::deflated("text") + "behind"), 100) == "text");
  }
}
