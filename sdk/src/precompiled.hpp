// What most of the library's files read.
#include "store/store.hpp"

#include <clinic/services/sync_service.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>
