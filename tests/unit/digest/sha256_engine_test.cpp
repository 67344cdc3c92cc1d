#include "digest/sha256_engine.hpp"

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <cryptopp/sha.h>
#include <doctest/doctest.h>

using modelstore::Sha256;
using modelstore::digest::make_sha256_engine;
using modelstore::digest::sha256_of;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::vector<std::byte> random_bytes(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::byte> bytes(count);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

Sha256 reference(std::span<const std::byte> bytes) {
  Sha256::Bytes digest;
  CryptoPP::SHA256().CalculateDigest(digest.data(), reinterpret_cast<const CryptoPP::byte*>(bytes.data()),
                                     bytes.size());
  return Sha256(digest);
}

}  // namespace

TEST_SUITE("Sha256Engine") {
  TEST_CASE("the examples of the standard have the digests that it gives") {
    CHECK(sha256_of({}).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_of(bytes_of("abc")).hex() ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_of(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).hex() ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    const std::string long_text(1'000'000, 'a');
    CHECK(sha256_of(bytes_of(long_text)).hex() ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  TEST_CASE("every length from nothing to four blocks agrees with Crypto++") {
    const auto bytes = random_bytes(256, 1);
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
      CAPTURE(length);
      CHECK(sha256_of(std::span(bytes).first(length)) == reference(std::span(bytes).first(length)));
    }
  }

  TEST_CASE("how the bytes are cut into updates does not matter") {
    const auto bytes = random_bytes(100'003, 2);
    const Sha256 expected = reference(bytes);
    for (const std::size_t piece : {1U, 3U, 63U, 64U, 65U, 4096U, 99'999U, 200'000U}) {
      CAPTURE(piece);
      const auto engine = make_sha256_engine();
      for (std::size_t at = 0; at < bytes.size(); at += piece)
        engine->update(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)));
      CHECK(engine->finish() == expected);
    }
  }

  TEST_CASE("an engine is as new after it has finished") {
    const auto engine = make_sha256_engine();
    engine->update(bytes_of("something else"));
    (void)engine->finish();
    engine->update(bytes_of("abc"));
    CHECK(engine->finish() == sha256_of(bytes_of("abc")));
    CHECK(engine->finish() == sha256_of({}));
  }
}
