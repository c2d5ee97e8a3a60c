#pragma once

#include <optional>
#include <string_view>

namespace clinic::cli {

/// The socket that a service manager opened for this process (sd_listen_fds(3)); nothing: there is none. Throws
/// Error(configuration_invalid) where there are several.
std::optional<int> socket_of_service_manager();

/// Tells the service manager the state of this process, `READY=1` (sd_notify(3)). Where there is none, nothing happens.
/// False: it could not be told.
bool tell_service_manager(std::string_view state);

}  // namespace clinic::cli
