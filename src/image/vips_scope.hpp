/// What every use of libvips in this library stands in, and small owners for its objects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <vips/vips.h>

namespace modelstore::image {

/// Lets the calling thread use libvips for as long as it lives. libvips is initialised once per process and
/// never shut down; what it keeps for a thread is released when that thread ends. While a scope lives,
/// libvips's warnings from its thread and from libvips's own threads are dropped, so that nothing reaches
/// stderr; those of the program's other threads are not. Any number of threads may each have scopes at once.
class VipsScope {
 public:
  /// Errors: Internal where libvips does not start.
  VipsScope();
  VipsScope(const VipsScope&) = delete;
  VipsScope& operator=(const VipsScope&) = delete;
  ~VipsScope();

 private:
  bool error_buffer_was_empty_;
};

struct VipsUnref {
  void operator()(void* object) const noexcept { g_object_unref(object); }
};

/// Owns one reference to an object of glib or libvips.
template <typename T>
using ObjectPtr = std::unique_ptr<T, VipsUnref>;

using ImagePtr = ObjectPtr<VipsImage>;

/// Belongs to the thread that made it.
using RegionPtr = ObjectPtr<VipsRegion>;

struct GFree {
  void operator()(void* memory) const noexcept { g_free(memory); }
};

/// Owns memory that glib or libvips allocated.
template <typename T>
using GPtr = std::unique_ptr<T, GFree>;

}  // namespace modelstore::image
