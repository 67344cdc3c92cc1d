#include <algorithm>
#include <span>

#include "conditional.hpp"
#include "http_error.hpp"
#include "json_body.hpp"
#include "multipart.hpp"
#include "parameters.hpp"
#include "preview_files.hpp"
#include "routes.hpp"

namespace server {
namespace {

using modelstore::ErrorCode;
using modelstore::Preview;
using modelstore::Sha256;

constexpr std::string_view kForever = "public, max-age=31536000, immutable";

/// "<sha256>", "<sha256>_<n>", either with ".webp".
struct ImageName {
  Sha256 model;
  std::int64_t position = 0;
};

ImageName image_name(std::string_view text) {
  constexpr std::string_view kEnding = ".webp";
  if (text.ends_with(kEnding)) text.remove_suffix(kEnding.size());
  const std::size_t underscore = std::min(text.find('_'), text.size());
  ImageName name{sha256_parameter(text.substr(0, underscore)), 0};
  if (underscore != text.size())
    name.position = number_parameter("the position", text.substr(underscore + 1), 0);
  return name;
}

/// By position in show order, not by the name of a file: what stands first changes, and so the URL says whether it may
/// be kept for ever.
Response show_image(Backend& backend, const Call& call) {
  const ImageName name = image_name(call.captures.front());
  const Query& parameters = call.request.target.query;
  const modelstore::Tier tier = tier_parameter(parameters.find("quality"));
  const Preview preview = backend.database.preview(name.model, name.position).preview;
  const modelstore::TierFile& file = preview.file(tier);
  auto body = backend.files.previews().open(file.name);
  if (!body) throw HttpError(404, "the picture was deleted meanwhile");
  const bool fixed = parameters.find("v") == file.sha256.hex();
  return content_response(call.request, std::move(*body), "image/webp", '"' + file.sha256.hex() + '"',
                          fixed ? kForever : "no-cache");
}

std::string_view sniffed_type(std::string_view head) noexcept {
  if (head.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return "image/gif";
  if (head.starts_with("RIFF") && head.substr(0, 12).ends_with("WEBP")) return "image/webp";
  return "application/octet-stream";
}

/// The original as it came. Only what browsers show as a picture, and nothing else, is not a download.
Response show_pending_image(Backend& backend, const Call& call) {
  const std::string& name = call.captures.front();
  Body body;
  std::string head;
  if (is_pending_file_name(name)) {
    auto found = backend.files.pending().open(name);
    if (!found) throw HttpError(404, "there is no such picture: " + excerpt(name));
    body = std::move(*found);
    head = body.text != nullptr ? body.text->substr(0, 16) : body.file->read(0, 16);
  } else {
    const auto bytes = backend.images.read_pending(number_parameter("id", name));
    Response whole;
    whole.set_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    body = std::move(whole.body);
    head = body.text->substr(0, 16);
  }
  const std::string_view type = sniffed_type(head);
  const std::string tag = '"' + name + "-" + std::to_string(body.size) + '"';
  Response response = content_response(call.request, std::move(body), type, tag, "private, no-cache");
  if (type == "application/octet-stream") response.set("Content-Disposition", "attachment");
  return response;
}

Response count_images(const Backend& backend, const Call& call) {
  const Sha256 model = sha256_parameter(required(call.request.target.query, "sha256"));
  JsonWriter json;
  json.begin_object().member("count", backend.images.previews(model).size()).end_object();
  return json_response(json.text());
}

const FormPart& only_part(const std::vector<FormPart>& parts, std::string_view name) {
  const FormPart* found = nullptr;
  for (const FormPart& part : parts) {
    if (part.name != name) continue;
    if (found != nullptr) throw HttpError(400, "the form has two parts called " + std::string(name));
    found = &part;
  }
  if (found == nullptr) throw HttpError(400, "the form has no part called " + std::string(name));
  return *found;
}

Response upload_image(Backend& backend, const Call& call) {
  const auto boundary = multipart_boundary(call.request.header("content-type"));
  if (!boundary) throw HttpError(400, "the form has no boundary");
  const auto parts = parse_multipart(call.request.body, *boundary);
  if (!parts) throw HttpError(400, "the form is malformed");
  const Sha256 model = sha256_parameter(only_part(*parts, "sha256").content);
  const FormPart& image = only_part(*parts, "image");
  const auto bytes = std::as_bytes(std::span(image.content.data(), image.content.size()));
  try {
    const std::int64_t id = backend.images.add(model, bytes, {});
    const std::int64_t position = backend.database.preview(id).preview.position;
    JsonWriter json;
    json.begin_object().member("status", "success");
    json.member("base_name", model.hex() + "_" + std::to_string(position)).member("id", id).end_object();
    return json_response(json.text());
  } catch (const modelstore::Error&) {
    return response_for_current_exception(model.hex());
  }
}

Response delete_image(Backend& backend, const Call& call) {
  const Query& parameters = call.request.target.query;
  const auto id = parameters.find("id");
  const modelstore::ModelPreview found =
      id ? backend.database.preview(number_parameter("id", *id))
         : backend.database.preview(sha256_parameter(required(parameters, "sha256")),
                                    number_parameter("seq", required(parameters, "seq"), 0));
  backend.images.remove(found.model, found.preview.id);
  return json_response(R"({"status":"success"})");
}

Response order_images(Backend& backend, const Call& call) {
  const JsonBody body(call.request.body);
  const Sha256 model = sha256_parameter(body.required_string("sha256"));
  try {
    backend.images.reorder(model, body.required_integers("order"));
  } catch (const modelstore::Error& error) {
    if (error.code() == ErrorCode::InvalidArgument)
      throw HttpError(400, "order has to name every picture of the model once");
    return response_for_current_exception(model.hex());
  }
  return json_response(R"({"status":"success"})");
}

}  // namespace

void add_image_routes(Router& router, Backend& backend) {
  Backend* const b = &backend;
  router.add(Method::Get, "/api/images/get_img_count",
             [b](const Call& call) { return count_images(*b, call); });
  router.add(
      Method::Post, "/api/images/upload", [b](const Call& call) { return upload_image(*b, call); },
      Lane::Pictures, BodyKind::Multipart);
  router.add(Method::Delete, "/api/images/delete", [b](const Call& call) { return delete_image(*b, call); });
  router.add(Method::Put, "/api/images/order", [b](const Call& call) { return order_images(*b, call); });
  router.add(Method::Get, "/api/images/pending/{}",
             [b](const Call& call) { return show_pending_image(*b, call); });
  router.add(Method::Get, "/api/images/{}", [b](const Call& call) { return show_image(*b, call); });
  router.add(Method::Get, "/files/{}",
             [b](const Call& call) { return b->files.answer(call.request, call.captures.front()); });
}

}  // namespace server
