#include "metadata_edit.hpp"

#include <algorithm>

#include "json_text.hpp"
#include "text.hpp"

namespace cli {
namespace {

using modelstore::Error;
using modelstore::ErrorCode;

struct Assignment {
  std::string key;
  std::string value;
};

Assignment parse(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Error(ErrorCode::InvalidArgument, "not of the form KEY=VALUE: " + printable(argument));
  Assignment assignment = {argument.substr(0, equals), argument.substr(equals + 1)};
  if (!is_utf8(assignment.key)) throw Error(ErrorCode::InvalidArgument, "a key that is not UTF-8");
  if (!is_utf8(assignment.value))
    throw Error(ErrorCode::InvalidArgument, "the value of " + assignment.key + " is not UTF-8");
  return assignment;
}

/// Sets or replaces a member, in its place.
void put(std::vector<JsonMember>& members, const std::string& name, const std::string& value) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const JsonMember& member) { return member.first == name; });
  if (found != members.end())
    found->second = value;
  else
    members.emplace_back(name, value);
}

std::string text_or_null(const std::string& text) {
  return text.empty() ? "null" : json_string(text);
}

std::string json_or_text(const std::string& value) {
  if (value.empty()) return "null";
  return is_json(value) ? value : json_string(value);
}

/// The prompts as they are after the assignments so far.
std::vector<JsonMember> prompts_of(const std::vector<JsonMember>& changed, const std::string& metadata) {
  for (const auto& [name, value] : changed)
    if (name == "prompts") return json_members(value);
  for (const auto& [name, value] : json_members(metadata))
    if (name == "prompts") return json_members(value);
  return {};
}

}  // namespace

modelstore::RecordEdit edit_of(const std::vector<std::string>& assignments, const std::string& metadata) {
  modelstore::RecordEdit edit;
  std::vector<JsonMember> changed;
  for (const auto& argument : assignments) {
    const auto [key, value] = parse(argument);
    if (key == "name") {
      edit.name = value;
    } else if (key == "type") {
      edit.type = value;
    } else if (key == "path") {
      edit.path = value;
    } else if (key == "description" || key == "community_links") {
      put(changed, key, text_or_null(value));
    } else if (key == "prompts.positive" || key == "prompts.negative") {
      std::vector<JsonMember> prompts = prompts_of(changed, metadata);
      const std::string prompt = key.substr(std::string_view("prompts.").size());
      put(prompts, prompt, json_string(value));
      if (value.empty())
        std::erase_if(prompts, [&](const JsonMember& member) { return member.first == prompt; });
      put(changed, "prompts", prompts.empty() ? "null" : json_object(prompts));
    } else {
      put(changed, key, json_or_text(value));
    }
  }
  if (!changed.empty()) edit.metadata = json_object(changed);
  return edit;
}

}  // namespace cli
