#pragma once

#include "summary.hpp"

/// Tells on standard output what the demo is about to do, and then what came of it.
void print_beginning(const Summary& summary);
void print_report(const Summary& summary);
