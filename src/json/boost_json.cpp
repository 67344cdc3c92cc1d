// The one place where Boost.JSON is compiled: the library is used as headers.
#include <boost/json/src.hpp>
