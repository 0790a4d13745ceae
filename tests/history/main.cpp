// The generated-history test as a program: plays histories until there are enough operations, says
// what happened in them, and makes a failure small and replayable. CONTRIBUTING.md tells how to
// work with what it prints. Exit code 1: a history failed.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "tests/history/run.h"

using namespace profile_broker::history;

namespace {

void print(const Figures& figures) {
  std::cout << figures.operations << " operations, " << figures.calls
            << " calls answered as the model says, " << figures.references << " references, "
            << figures.removals << " removals\n"
            << figures.starts << " starts of the service, after " << figures.crashes
            << " crashes between writes, " << figures.crashes_in_write << " inside a write, "
            << figures.damages << " damaged journals; " << figures.cuts
            << " journals cut or flipped in their last record\n"
            << "references lost 0 (" << figures.references_regained
            << " destroyed with damaged lines and registered again in time), profiles leaked 0\n";
}

int report(const Shrunk& shrunk, const std::string& file, const std::string& program) {
  std::ofstream(file) << text_of(shrunk.play);
  std::cout << "\nshrunk to " << shrunk.play.operations.size() << " operations in " << shrunk.runs
            << " runs:\n"
            << text_of(shrunk.play) << shrunk.failure.what << "\n\nreplay it with\n  " << program
            << " --replay " << file << "\n";
  return 1;
}

int replay(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  const auto play = play_from_text(text.str());
  if (!in || !play) {
    std::cerr << file << " cannot be read, or is no history\n";
    return 2;
  }
  Figures figures;
  const auto failure = run(*play, figures);
  if (!failure) {
    std::cout << "all is well in this history\n";
    return 0;
  }
  std::cout << "step " << failure->step + 1 << " of " << play->operations.size() << ": "
            << (failure->step < play->operations.size() ? text_of(play->operations[failure->step])
                                                        : "everybody leaves")
            << "\n"
            << failure->what << "\n";
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  Campaign campaign;
  campaign.first_seed = std::random_device{}() % 1'000'000'000;
  std::string file;
  CLI::App program(
      "Plays generated histories against the service's dispatcher, table and journal.");
  program.add_option("--seed", campaign.first_seed, "of the first history; the next have the next");
  program.add_option("--operations", campaign.operations, "how many at least")
      ->capture_default_str();
  program.add_option("--replay", file, "play the history in this file instead");
  CLI11_PARSE(program, count, arguments);
  if (!file.empty()) {
    return replay(file);
  }
  std::cout << "seed " << campaign.first_seed << std::endl;
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = run(campaign);
  if (outcome.failure) {
    std::cout << "the history of seed " << outcome.failed_seed << " fails at step "
              << outcome.failure->step + 1 << ":\n"
              << outcome.failure->what << std::endl;
    return report(shrink(play_of(outcome.failed_seed, campaign.mutation), *outcome.failure),
                  "history-" + std::to_string(outcome.failed_seed) + ".txt", arguments[0]);
  }
  std::cout << outcome.histories << " histories in "
            << std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                                begin)
                   .count()
            << " s: ";
  print(outcome.figures);
  return 0;
}
