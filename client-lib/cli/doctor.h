// What can be wrong with the product on this machine, looked at from this process: findings with
// what each means and what to do. What is asked of the service is here (doctor.cpp); what is looked
// for in the machine has a file per platform. Changes nothing that outlives the call.
#pragma once

#include <string>
#include <vector>

#include "client-lib/cli/ink.h"
#include "client-lib/endpoint.h"
#include "proto/json_reader.h"

namespace profile_broker::client::cli {

enum class Verdict { ok, warning, problem };

struct Finding {
  std::string check;  // a stable phrase, one of docs/cli.md
  Verdict verdict = Verdict::ok;
  std::string found;               // a sentence without its full stop
  std::string advice;              // what to do; empty when nothing
  std::vector<std::string> notes;  // what one should know besides
};

std::vector<Finding> examine(const Endpoint& endpoint);

// The installation and what listens at the endpoint, without a word to the service. On Windows also
// service, DLLs, event source, MAPI and routed programs.
std::vector<Finding> examine_machine(const Endpoint& endpoint);

bool is_healthy(const std::vector<Finding>& findings);  // warnings do no harm yet

// columns: of the terminal, where long sentences are wrapped; 0 for lines of any length.
std::string findings_text(const std::vector<Finding>& findings, std::size_t columns,
                          const Paint& paint);
OrderedJson findings_json(const std::vector<Finding>& findings, const Endpoint& endpoint);

}  // namespace profile_broker::client::cli
