/// \file
/// The storage plugin for PostgreSQL: the shared code of plugins/odb, compiled with what is its own in this folder.

#include <storage_plugin.hpp>
