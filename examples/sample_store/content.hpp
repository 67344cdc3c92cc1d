// What the sound models of the sample are called and what their owner wrote about them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "random.hpp"

namespace sample {

enum class State {
  Hashed,       ///< hashed, and the file is there
  HashedUpper,  ///< the same, with the hash in upper case
  HashedGone,   ///< hashed long ago; the file is not there any more
  Unhashed,     ///< the file is there
  UnhashedGone
};

struct Entry {
  std::string folder{};  ///< below the models folder
  std::string file{};
  State state = State::Unhashed;
  std::string description{};
  std::string positive{};  ///< prompt
  std::string negative{};
  std::vector<std::string> tags{};
  int pictures = 0;
  std::string further{};  ///< more members for extra_json, as they are to stand there
};

struct TagColor {
  const char* name;
  const char* color;  ///< nullptr: none
};

/// Tags that the owner made, with their colours.
[[nodiscard]] const std::vector<TagColor>& coloured_tags();

/// Thirty models, always the same.
[[nodiscard]] const std::vector<Entry>& regular_entries();

/// One more. `number` makes its name unique.
[[nodiscard]] Entry made_up_entry(Random& random, std::uint64_t number);

}  // namespace sample
