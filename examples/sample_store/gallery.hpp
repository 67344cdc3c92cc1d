// The pictures folder of the sample: gives out references at once and paints all pictures at the end.
// Throws std::runtime_error. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "picture.hpp"

namespace sample {

/// How a reference to a picture is written. The file always lies in the pictures folder.
enum class Form { Media, Bare, PosixPath, WindowsPath, FileUrl, HttpUrl };

/// Whose picture it is.
struct Subject {
  std::int64_t id = 0;
  std::int64_t created_at = 0;
  std::string title{};
  std::string positive{};
  std::string negative{};
};

class Gallery {
 public:
  Gallery(std::filesystem::path folder, std::uint64_t seed);

  /// Plans the next picture, in the next of the four formats and of several sizes; returns its reference.
  std::string add(const Subject& subject, Form form);
  /// Plans a JPEG that is cut in the middle; returns its reference.
  std::string add_truncated(const Subject& subject);
  /// Writes a file that is no picture, whatever its name says; returns its reference.
  std::string add_text(std::string_view name, std::string_view text);

  /// Paints and writes what was planned, on all processors.
  void paint() const;

  /// How many there are of each Format.
  [[nodiscard]] const std::array<int, 4>& counts() const { return counts_; }

 private:
  struct Planned {
    std::string name;
    PictureSpec spec;
    bool truncated = false;
  };
  PictureSpec next_spec(const Subject& subject);
  void write(std::string_view name, std::string_view bytes) const;

  std::filesystem::path folder_;
  std::uint64_t seed_;
  std::vector<Planned> planned_{};
  std::array<int, 4> counts_{};
};

}  // namespace sample
