#include "platform/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "platform/errors.hpp"

namespace modelstore::platform {

TemporaryFolder::TemporaryFolder() {
  std::error_code error;
  std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  // A database is not opened through links.
  if (!error) parent = std::filesystem::canonical(parent, error);
  if (error) throw_errno(error.value(), Intent::Write, "find", "the folder for temporary files");
  std::string name = (parent / "modelstore-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw_errno(errno, Intent::Write, "make the folder", name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace modelstore::platform
