// The one place of this program where Boost.JSON is compiled: the library is used as headers.
#include <boost/json/src.hpp>
