#include "migration/legacy_metadata.hpp"

#include <charconv>
#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/utf8.hpp"
#include "json/object_text.hpp"
#include "migration/picture_reference.hpp"

namespace modelstore::migration {
namespace {

using json::Kind;
using json::ObjectText;

/// Longer ones are no names of files but, for instance, pictures as `data:` URLs.
constexpr std::size_t kLongestReference = 4096;
/// More pictures than anyone gives a model: a row must not fill the catalogue.
constexpr std::size_t kMostReferences = 10'000;

constexpr const char* kExtra = "extra_json";
constexpr const char* kMeta = "meta_json";
constexpr const char* kImages = "images";

std::string text_of(const catalog::LegacyValue& value) {
  if (value.type == sqlite::ValueType::Integer) return std::to_string(value.integer);
  if (value.type == sqlite::ValueType::Real) {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, value.real).ptr;
    return {digits, end};
  }
  return value.bytes;
}

/// Collects the metadata of one row.
class MetadataBuilder {
 public:
  explicit MetadataBuilder(LegacyMetadata& result) : result_(result) {}

  void add_object(std::string_view text) {
    object_ = ObjectText::parse_checked(text);
    check_text("description");
    check_text("community_links");
    check_prompts();
    take_references();
    object_.erase(kImages);
    object_.erase("images_count");
  }

  void add_text(std::string_view key, std::string_view text) { (void)add_legacy(key, json::quote(text)); }

  /// Keeps a value that its own key cannot hold, and says so.
  void keep_aside(ObjectText& object, std::string_view key, std::string_view field, std::string value,
                  std::string reason) {
    std::string lost = json::string_content(value).value_or(value);
    const std::string kept_as = add_legacy(object, key, std::move(value));
    note(field, std::move(reason) + ", kept as " + kept_as, std::move(lost));
  }

  void note(std::string_view field, std::string reason, std::string lost) {
    result_.notes.push_back({std::string(field), std::move(reason), {}, std::move(lost)});
  }

  void keep_text_aside(std::string_view field, std::string_view text, std::string reason) {
    const std::string kept_as = add_legacy(field, json::quote(text));
    note(field, std::move(reason) + ", kept as " + kept_as, std::string(text));
  }

  void finish() {
    if (object_.empty()) return;
    result_.description = object_.string_or_empty("description");
    result_.text = object_.text();
  }

 private:
  std::string add_legacy(std::string_view key, std::string value) {
    return add_legacy(object_, key, std::move(value));
  }

  static std::string add_legacy(ObjectText& object, std::string_view key, std::string value) {
    std::string name = "legacy_" + std::string(key);
    for (int number = 2; object.find(name) != nullptr; ++number)
      name = "legacy_" + std::string(key) + "_" + std::to_string(number);
    object.set(name, std::move(value));
    return name;
  }

  void check_text(std::string_view key) {
    const std::string* value = object_.find(key);
    if (value == nullptr) return;
    const Kind kind = json::kind_of(*value);
    if (kind == Kind::String || kind == Kind::Null) return;
    std::string text = *value;
    object_.erase(key);
    keep_aside(object_, key, key, std::move(text), "not a text");
  }

  void check_prompts() {
    const std::string* value = object_.find("prompts");
    if (value == nullptr || json::kind_of(*value) == Kind::Null) return;
    if (json::kind_of(*value) != Kind::Object) {
      std::string text = *value;
      object_.erase("prompts");
      keep_aside(object_, "prompts", "prompts", std::move(text), "not an object");
      return;
    }
    ObjectText prompts = ObjectText::parse_checked(*value);
    bool changed = false;
    for (const std::string_view key : {"positive", "negative"}) {
      const std::string* part = prompts.find(key);
      if (part == nullptr) continue;
      const Kind kind = json::kind_of(*part);
      if (kind == Kind::String || kind == Kind::Null) continue;
      std::string text = *part;
      prompts.erase(key);
      keep_aside(prompts, key, "prompts." + std::string(key), std::move(text), "not a text");
      changed = true;
    }
    if (changed) object_.set("prompts", prompts.text());
  }

  void take_references() {
    const std::string* value = object_.find(kImages);
    if (value == nullptr || json::kind_of(*value) == Kind::Null) return;
    const std::string images = *value;
    bool understood = true;
    if (json::kind_of(images) == Kind::Array) {
      for (const std::string& element : json::array_elements(images))
        understood = take_reference(element) && understood;
    } else {
      understood = take_reference(images);
    }
    if (!understood) keep_aside(object_, kImages, kImages, images, "not only references to pictures");
  }

  /// False if the value cannot be one.
  bool take_reference(const std::string& value) {
    std::optional<std::string> reference = json::string_content(value);
    if (!reference && json::kind_of(value) == Kind::Object) {
      const ObjectText object = ObjectText::parse_checked(value);
      for (const char* key : {"url", "path", "name", "src", "file"}) {
        const std::string* member = object.find(key);
        if (member == nullptr || json::kind_of(*member) != Kind::String) continue;
        reference = json::string_content(*member);
        break;
      }
    }
    if (!reference || reference->size() > kLongestReference) return false;
    if (!names_.emplace(picture_name(*reference)).second) return true;
    if (result_.references.size() == kMostReferences) return false;
    result_.references.push_back(std::move(*reference));
    return true;
  }

  LegacyMetadata& result_;
  ObjectText object_;
  std::unordered_set<std::string> names_;
};

}  // namespace

std::optional<std::string> read_metadata(const catalog::LegacyValue& extra, const catalog::LegacyValue& meta,
                                         LegacyMetadata& metadata) {
  if (extra.is_null() && meta.is_null()) return std::nullopt;
  MetadataBuilder builder(metadata);
  if (!extra.is_null()) {
    const std::string text = text_of(extra);
    if (text.size() > json::kMaxBytes)
      return std::string(kExtra) + " has " + std::to_string(text.size()) + " bytes, more than " +
             std::to_string(json::kMaxBytes);
    if (!base::is_utf8(text)) return std::string(kExtra) + " is not UTF-8";
    const auto defect = base::trim(text).empty() ? std::nullopt : json::find_defect(text);
    if (defect && defect->limit) return std::string(kExtra) + ": " + defect->reason;
    if (defect) {
      builder.keep_text_aside(kExtra, text, defect->reason);
    } else if (!base::trim(text).empty()) {
      const Kind kind = json::kind_of(text);
      if (kind == Kind::Object)
        builder.add_object(text);
      else if (kind != Kind::Null && !(kind == Kind::Array && json::array_elements(text).empty()))
        builder.keep_text_aside(kExtra, text, "not a JSON object");
    }
  }
  if (!meta.is_null()) {
    const std::string text = text_of(meta);
    if (text.size() > json::kMaxBytes)
      return std::string(kMeta) + " has " + std::to_string(text.size()) + " bytes, more than " +
             std::to_string(json::kMaxBytes);
    if (base::is_utf8(text))
      builder.add_text(kMeta, text);
    else
      builder.note(kMeta, "not UTF-8", base::printable(text));
  }
  builder.finish();
  if (metadata.text.size() > json::kMaxBytes)
    return "its metadata would have " + std::to_string(metadata.text.size()) + " bytes, more than " +
           std::to_string(json::kMaxBytes);
  return std::nullopt;
}

}  // namespace modelstore::migration
