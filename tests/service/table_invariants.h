// What must hold of every reference table, read from its outside, for tests that bring it into many
// states.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "service/journal_record.h"
#include "service/reference_table.h"
#include "tests/service/journal_line.h"

namespace profile_broker::service {

// The first invariant that does not hold, as a sentence; empty when all do.
inline std::string broken_invariant(const ReferenceTable& table) {
  std::size_t references = 0;
  std::size_t claims = 0;
  std::size_t profiles = 0;
  for (const auto& [id, hive] : table.hives()) {
    std::size_t in_hive = 0;
    std::size_t claims_in_hive = 0;
    if (hive.id != id) {
      return "a hive has another id than its key";
    }
    if (hive.profiles.empty() && hive.processes.empty()) {
      return "a hive of nobody is remembered: " + id;
    }
    std::string wrong;
    hive.profiles.for_each([&, &hive = hive](const Profile& profile) {
      const std::string shown(profile.shown());
      const Claim* claim = profile.claim();
      if (table.find_profile(hive.id, profile.name()) != &profile || profile.hive != &hive) {
        wrong = "a profile stands in the wrong place: " + shown;
      }
      if (profile.claim() && !profile.references().empty()) {
        wrong = "a claimed profile has a reference: " + shown;
      }
      if (claim && (table.find_claim(claim->id) != claim || claim->profile != &profile)) {
        wrong = "a claim is unknown to the table: " + shown;
      }
      if (!claim && profile.references().empty() && !profile.is_to_be_deleted()) {
        wrong = "a profile of nobody is remembered: " + shown;
      }
      for (const Reference& reference : profile.references()) {
        if (table.find_reference(reference.uuid) != &reference || reference.profile != &profile ||
            table.find_process(reference.process->holder.key) != reference.process ||
            reference.process->hive != &hive) {
          wrong = "a reference does not belong together: " + text_of(reference.uuid);
        }
      }
      in_hive += profile.references().size();
      claims_in_hive += claim ? 1 : 0;
    });
    if (!wrong.empty()) {
      return wrong;
    }
    if (hive.references != in_hive || hive.claims.size() != claims_in_hive) {
      return "a hive miscounts: " + id;
    }
    references += in_hive;
    claims += claims_in_hive;
    profiles += hive.profiles.size();
    std::size_t to_be_deleted = 0;
    hive.profiles.for_each([&](const Profile& one) { to_be_deleted += one.is_to_be_deleted(); });
    if (to_be_deleted != hive.to_be_deleted) {
      return "a hive miscounts what is to be deleted: " + id;
    }
  }
  std::size_t of_processes = 0;
  std::size_t claims_of_processes = 0;
  for (const auto& [key, process] : table.processes()) {
    of_processes += process.references.size();
    claims_of_processes += process.claims.size();
  }
  for (const auto& one : table.hives()) {
    const Hive* hive = &one.second;
    const auto processes = std::count_if(table.processes().begin(), table.processes().end(),
                                         [&](const auto& it) { return it.second.hive == hive; });
    if (hive->processes.size() != static_cast<std::size_t>(processes)) {
      return "a hive miscounts its processes: " + hive->id;
    }
  }
  if (references != table.reference_count() || references != of_processes ||
      claims != table.claim_count() || claims != claims_of_processes ||
      profiles != table.profile_count()) {
    return "the table miscounts";
  }
  return {};
}

// What the table says of itself, in an order of its own: equal for equal tables.
inline std::vector<std::string> description_of(const ReferenceTable& table) {
  std::vector<std::string> lines;
  table.describe([&](const Change& change) { lines.push_back(journal_line(1, change)); });
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace profile_broker::service
