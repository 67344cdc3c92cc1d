/// Something that a legacy row says and that could not be taken over as it is.
#pragma once

#include <string>

namespace modelstore::migration {

/// As ImportConflict, before it is known what the row became.
struct RowNote {
  std::string field;
  std::string reason;
  std::string kept;
  std::string lost;
};

}  // namespace modelstore::migration
