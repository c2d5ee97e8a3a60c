#pragma once

#include <string>

/// Makes room for the demo's database: removes what an earlier demo left there, and refuses (std::runtime_error) to
/// touch any other. A database on a server is left as it is; see refuse_filled().
void make_room(const std::string& storage);

/// The URL without what must not be on a screen: name and password.
std::string shown_url(const std::string& storage);
