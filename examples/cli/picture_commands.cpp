// add-image, delete-image, order-images: the pictures of a record.

#include <memory>

#include "program.hpp"
#include "record_output.hpp"

namespace cli {
namespace {

constexpr const char* kIdHelp =
    "A SHA-256, its beginning (4 digits or more) if only one model has it, or pending:N";

/// The numbers of a record's pictures in show order.
std::vector<std::int64_t> picture_ids(const modelstore::ImageProcessor& images,
                                      const modelstore::RecordId& id) {
  std::vector<std::int64_t> ids;
  if (id.is_model())
    for (const auto& preview : images.previews(id.sha256())) ids.push_back(preview.id);
  else
    for (const auto& picture : images.pending_pictures(id.number())) ids.push_back(picture.id);
  return ids;
}

void write_images(JsonWriter& json, const modelstore::RecordId& id,
                  const std::vector<std::int64_t>& pictures) {
  json.member("record", id.to_string()).member("images_count", pictures.size()).key("images").begin_array();
  for (const std::int64_t picture : pictures) json.value(picture);
  json.end_array();
}

Exit add_image(Session& session, const std::string& id_text, const std::string& file) {
  const modelstore::Store store = session.open(Access::Write);
  const modelstore::RecordId id = modelstore::Database(store).resolve(id_text);
  modelstore::ImageProcessor images(store);
  const std::int64_t picture = session.wait(images.add_async(id, file), "Adding", "no picture was added");
  JsonWriter json;
  json.begin_object().member("id", picture);
  write_images(json, id, picture_ids(images, id));
  json.end_object();
  session.print_result(
      json, [&] { return "Added image " + std::to_string(picture) + " to " + short_id(id) + "\n"; });
  return Exit::Done;
}

Exit delete_image(Session& session, const std::string& id_text, std::int64_t picture) {
  const modelstore::Store store = session.open(Access::Write);
  const modelstore::RecordId id = modelstore::Database(store).resolve(id_text);
  modelstore::ImageProcessor images(store);
  if (id.is_model())
    images.remove(id.sha256(), picture);
  else
    images.remove_pending(id.number(), picture);
  JsonWriter json;
  json.begin_object().member("deleted", picture);
  write_images(json, id, picture_ids(images, id));
  json.end_object();
  session.print_result(
      json, [&] { return "Deleted image " + std::to_string(picture) + " of " + short_id(id) + "\n"; });
  return Exit::Done;
}

Exit order_images(Session& session, const std::string& id_text, const std::vector<std::int64_t>& order) {
  const modelstore::Store store = session.open(Access::Write);
  const modelstore::RecordId id = modelstore::Database(store).resolve(id_text);
  modelstore::ImageProcessor images(store);
  images.reorder(id, order);
  JsonWriter json;
  json.begin_object();
  write_images(json, id, picture_ids(images, id));
  json.end_object();
  session.print_result(json, [&] { return "The images of " + short_id(id) + " are in the new order\n"; });
  return Exit::Done;
}

struct Arguments {
  std::string id;
  std::string file;
  std::int64_t picture = 0;
  std::vector<std::int64_t> order;
};

}  // namespace

void add_picture_commands(Program& program) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App& add = program.add("add-image", "Add a picture to a record", [arguments](Session& session) {
    return add_image(session, arguments->id, arguments->file);
  });
  add.add_option("ID", arguments->id, kIdHelp)->required();
  add.add_option("FILE", arguments->file,
                 "PNG, JPEG, WebP or GIF; recognised by its content, not by its name")
      ->required();
  program.add_picture_options(add);
  add.footer(
      "A model's picture is stored in three sizes. A pending record's is kept as it is until the record "
      "becomes a\n"
      "model. The picture is shown behind those that are there.");

  CLI::App& remove = program.add(
      "delete-image", "Delete a picture of a record",
      [arguments](Session& session) { return delete_image(session, arguments->id, arguments->picture); });
  remove.add_option("ID", arguments->id, kIdHelp)->required();
  remove.add_option("IMAGE", arguments->picture, "The picture's number, which 'show' lists")->required();

  CLI::App& order = program.add(
      "order-images", "Show the pictures of a record in another order",
      [arguments](Session& session) { return order_images(session, arguments->id, arguments->order); });
  order.add_option("ID", arguments->id, kIdHelp)->required();
  order.add_option("IMAGE", arguments->order, "The numbers of all its pictures, in the new order")
      ->required();
}

}  // namespace cli
