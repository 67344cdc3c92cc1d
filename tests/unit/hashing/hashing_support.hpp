/// What the tests of hashing share.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include <doctest/doctest.h>

#include "digest/sha256_engine.hpp"
#include "modelstore/error.hpp"
#include "modelstore/sha256.hpp"
#include "support/temp_dir.hpp"

namespace test {

/// The time within which the library answers. Sanitizers slow it down.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr std::chrono::milliseconds kAnswer{1000};
#else
inline constexpr std::chrono::milliseconds kAnswer{100};
#endif

inline std::string random_text(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

inline modelstore::Sha256 hash_of(std::string_view text) {
  return modelstore::digest::sha256_of(std::as_bytes(std::span(text.data(), text.size())));
}

/// Makes a file look as if it had not been modified lately, and returns it.
inline std::filesystem::path aged(const std::filesystem::path& file) {
  std::filesystem::last_write_time(file,
                                   std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  return file;
}

/// A file that takes minutes to hash and no room.
inline std::filesystem::path huge_file(const std::filesystem::path& path) {
  std::ofstream(path).close();
  std::filesystem::resize_file(path, 100'000'000'000);
  return aged(path);
}

template <class Function>
std::optional<modelstore::ErrorCode> error_of(Function&& function) {
  try {
    function();
  } catch (const modelstore::Error& error) {
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.code();
  }
  return std::nullopt;
}

/// Whether the condition comes true before long.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// Whether one of a few tries takes no longer than the library promises: the machine may be busy otherwise.
inline bool answers_in_time(const std::function<std::chrono::steady_clock::duration()>& attempt) {
  for (int i = 0; i < 5; ++i)
    if (attempt() <= kAnswer) return true;
  return false;
}

}  // namespace test
