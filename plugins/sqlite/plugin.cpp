/// \file
/// The storage plugin for SQLite: the shared code of plugins/odb, compiled with what is SQLite's own in this folder.

#include <storage_plugin.hpp>
