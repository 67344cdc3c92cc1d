#include "json/metadata.hpp"

#include <array>

#include "json/object_text.hpp"
#include "modelstore/error.hpp"

namespace modelstore::json {
namespace {

constexpr std::string_view kPrompts = "prompts";

bool is_reserved(std::string_view key) noexcept {
  return key == "images" || key == "images_count";
}

void require(Kind found, Kind needed, std::string_view key, std::string_view name) {
  if (found != needed && found != Kind::Null)
    throw Error(ErrorCode::InvalidArgument,
                "metadata: " + std::string(key) + " must be " + std::string(name));
}

void check_known_key(std::string_view key, std::string_view value) {
  if (key == "description" || key == "community_links")
    require(kind_of(value), Kind::String, key, "a string");
  if (key != kPrompts) return;
  require(kind_of(value), Kind::Object, key, "an object");
  const ObjectText prompts = ObjectText::parse_checked(value);
  for (const char* part : {"positive", "negative"})
    if (const std::string* text = prompts.find(part))
      require(kind_of(*text), Kind::String, "prompts." + std::string(part), "a string");
}

bool value_says_something(std::string_view value) {
  switch (kind_of(value)) {
    case Kind::Null:
      return false;
    case Kind::String:
      return !string_content(value)->empty();
    case Kind::Array:
      for (const std::string& element : array_elements(value))
        if (value_says_something(element)) return true;
      return false;
    case Kind::Object:
      return says_something(value);
    case Kind::Bool:
    case Kind::Number:
      return true;
  }
  return true;
}

std::string readable(std::string_view value) {
  return string_content(value).value_or(std::string(value));
}

}  // namespace

std::string patch_metadata(std::string_view metadata, std::string_view patch) {
  ObjectText result = ObjectText::parse_checked(metadata);
  const ObjectText changes = ObjectText::parse(patch, "metadata");
  for (const auto& [key, value] : changes.members()) {
    if (is_reserved(key)) continue;
    check_known_key(key, value);
    if (kind_of(value) == Kind::Null)
      result.erase(key);
    else
      result.set(key, value);
  }
  std::string text = result.text();
  if (text.size() > kMaxBytes)
    throw Error(ErrorCode::LimitExceeded, "metadata: " + std::to_string(text.size()) + " bytes, more than " +
                                              std::to_string(kMaxBytes));
  return text;
}

std::string fill_metadata(
    std::string_view metadata, std::string_view other,
    const std::function<void(std::string_view key, const std::string& kept, const std::string& lost)>& lost) {
  ObjectText result = ObjectText::parse_checked(metadata);
  const ObjectText filling = ObjectText::parse_checked(other);
  for (const auto& [key, value] : filling.members()) {
    const std::string* standing = result.find(key);
    if (standing == nullptr || !value_says_something(*standing)) {
      result.set(key, value);
    } else if (key == kPrompts && kind_of(*standing) == Kind::Object && kind_of(value) == Kind::Object) {
      const auto lost_prompt = [&](std::string_view part, const std::string& kept, const std::string& gone) {
        if (lost) lost(std::string(kPrompts) + "." + std::string(part), kept, gone);
      };
      result.set(key, fill_metadata(*standing, value, lost_prompt));
    } else if (*standing != value && value_says_something(value) && lost) {
      lost(key, readable(*standing), readable(value));
    }
  }
  return result.text();
}

std::string description_of(std::string_view metadata) {
  return ObjectText::parse_checked(metadata).string_or_empty("description");
}

bool says_something(std::string_view metadata) {
  const ObjectText object = ObjectText::parse_checked(metadata);
  for (const auto& [key, value] : object.members())
    if (value_says_something(value)) return true;
  return false;
}

}  // namespace modelstore::json
