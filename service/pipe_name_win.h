// Is somebody there already? Questions about a pipe name, asked before the service takes it and
// when it cannot.
#pragma once

#include <string>

namespace profile_broker::service {

// An instance of the name exists. Asks the pipe file system; connects to nobody.
bool pipe_name_is_taken(const std::wstring& name);

// The SID that owns the pipe; empty where it cannot be read.
std::string pipe_owner(const std::wstring& name);

}  // namespace profile_broker::service
