#include "image/vips_scope.hpp"

#include <mutex>

#include "modelstore/error.hpp"

namespace modelstore::image {

namespace {

constexpr const char* kLogDomain = "VIPS";

thread_local int scopes_of_this_thread = 0;

// libvips warns through glib's log, whose default is stderr. A handler for its domain stands only while one
// of our calls runs, on top of whatever the program has set, and is taken away with the last of them.
std::mutex filter_mutex;
int filter_users = 0;
guint filter_id = 0;

void filter(const gchar* domain, GLogLevelFlags level, const gchar* message, gpointer) {
  // libvips's own threads cannot be told apart by whom they work for: those of our calls are silenced with
  // any others that work at the same time.
  if (scopes_of_this_thread == 0 && vips_thread_isvips() == 0) {
    g_log_default_handler(domain, level, message, nullptr);
  }
}

void add_filter_user() {
  const std::scoped_lock lock(filter_mutex);
  if (filter_users++ == 0) {
    filter_id = g_log_set_handler(kLogDomain, G_LOG_LEVEL_WARNING, filter, nullptr);
  }
}

void remove_filter_user() {
  const std::scoped_lock lock(filter_mutex);
  if (--filter_users == 0) g_log_remove_handler(kLogDomain, filter_id);
}

// vips_shutdown is never called: the program around us may use libvips too.
bool vips_is_ready() {
  static const bool ready = vips_init("modelstore") == 0;
  return ready;
}

struct ThreadGuard {
  ThreadGuard() = default;
  ThreadGuard(const ThreadGuard&) = delete;
  ThreadGuard& operator=(const ThreadGuard&) = delete;
  ~ThreadGuard() { vips_thread_shutdown(); }
};

}  // namespace

VipsScope::VipsScope() {
  add_filter_user();
  ++scopes_of_this_thread;
  if (!vips_is_ready()) {
    --scopes_of_this_thread;
    remove_filter_user();
    throw Error(ErrorCode::Internal, "libvips cannot be initialised");
  }
  thread_local const ThreadGuard guard;
  static_cast<void>(guard);
  error_buffer_was_empty_ = *vips_error_buffer() == '\0';
}

VipsScope::~VipsScope() {
  // A text that stood there before is the program's own.
  if (error_buffer_was_empty_) vips_error_clear();
  --scopes_of_this_thread;
  remove_filter_user();
}

}  // namespace modelstore::image
