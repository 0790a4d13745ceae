// What a program could use without any server: objects of the kernel that have a name. Nobody can
// list their holders, and nothing is deferred; what they cost is the least that "in use" can cost.
#pragma once

#include <string>
#include <vector>

namespace profile_broker::bench {

struct ObjectFigures {
  std::string name;
  double pair_us = 0;  // to make and to end one, median
};

// folder: where lock files are made, on a disk as a profile's files would be.
std::vector<ObjectFigures> measure_objects(const std::string& folder, double seconds);

}  // namespace profile_broker::bench
