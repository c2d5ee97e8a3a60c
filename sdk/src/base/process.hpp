#pragma once

#include <sys/types.h>

namespace clinic {

/// getpid(2) without a system call each time. The id is kept in a page that the kernel wipes in a child of fork.
pid_t process_id() noexcept;

}  // namespace clinic
