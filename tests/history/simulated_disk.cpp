// Failing, dying and damaging (simulated_disk.h).
#include "tests/history/simulated_disk.h"

#include <utility>
#include <vector>

namespace profile_broker::history {
namespace {

using service::FileTrouble;

std::vector<std::string> lines_of(std::string_view content) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < content.size();) {
    const auto end = std::min(content.find('\n', begin), content.size() - 1) + 1;
    lines.emplace_back(content.substr(begin, end - begin));
    begin = end;
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string content;
  for (const auto& line : lines) {
    content += line;
  }
  return content;
}

}  // namespace

void SimulatedDisk::die() {
  dead_ = true;
  throw ServiceDied{};
}

std::optional<FileTrouble> SimulatedDisk::append(std::string_view bytes) {
  require_alive();
  if (torn_) {
    return FileTrouble{"the last write was cut off"};
  }
  if (full) {
    return FileTrouble{"disk full"};
  }
  if (const auto after = std::exchange(next_write_fails, std::nullopt)) {
    torn_ = *after % 4 == 0;
    if (torn_) {
      content.append(bytes.substr(0, *after / 4 % bytes.size()));
    }
    return FileTrouble{"input/output error"};
  }
  if (const auto after = std::exchange(dies_in_write, std::nullopt)) {
    content.append(bytes.substr(0, *after % (bytes.size() + 1)));
    die();
  }
  content.append(bytes);
  return std::nullopt;
}

std::optional<FileTrouble> SimulatedDisk::begin_next() {
  require_alive();
  next_.clear();
  return std::nullopt;
}

std::optional<FileTrouble> SimulatedDisk::append_to_next(std::string_view bytes) {
  require_alive();
  if (full) {
    return FileTrouble{"disk full"};
  }
  if (next_write_fails && *next_write_fails % 2 == 0) {
    next_write_fails.reset();
    return FileTrouble{"input/output error"};
  }
  if (dies_in_write && *dies_in_write % 3 == 0) {  // else in put_next_in_place()
    dies_in_write.reset();
    die();
  }
  next_.append(bytes);
  return std::nullopt;
}

std::optional<FileTrouble> SimulatedDisk::put_next_in_place() {
  require_alive();
  if (not_replaceable) {
    return FileTrouble{"in use by another program"};
  }
  if (std::exchange(next_write_fails, std::nullopt)) {
    return FileTrouble{"cannot rename: input/output error"};
  }
  if (const auto moment = std::exchange(dies_in_write, std::nullopt)) {
    if (replaces_in_place) {
      content = next_.substr(0, next_.size() / 2);
    } else if (*moment % 2 == 0) {
      content = next_;
    }
    die();
  }
  content = std::exchange(next_, {});
  torn_ = false;
  ++replacements;
  return std::nullopt;
}

std::variant<std::string, FileTrouble> SimulatedDisk::keep_aside(std::string_view bytes,
                                                                 std::string_view) {
  require_alive();
  if (full) {
    return FileTrouble{"disk full"};
  }
  aside = bytes;
  return std::string("damaged.ndjson");
}

Damage SimulatedDisk::damage(std::uint32_t how, bool many_lines) {
  if (content.empty()) {
    return Damage::none;
  }
  const std::string before = content;
  std::size_t where = how / 8 * 7919 % content.size();
  if (!many_lines && content[where] == '\n' && where > 0) {
    --where;  // without its line feed a line takes the next one with it
  }
  auto lines = lines_of(content);
  const std::size_t line = where % lines.size();
  switch (how % 8) {
    case 0:
    case 1:
    case 2:
      content[where] = static_cast<char>(content[where] ^ (1 << (how / 8 % 8)));
      break;
    case 3:
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line));
      content = joined(lines);
      break;
    case 4:
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line), lines[where % lines.size()]);
      content = joined(lines);
      break;
    case 5:
      std::swap(lines[line], lines[line / 2]);
      content = joined(lines);
      break;
    case 6:
      content.insert(where, "\nnot ours\n");
      break;
    default:
      if (many_lines) {
        how % 16 < 8 ? content.resize(where)
                     : void(content.replace(where, 700, std::string(700, '\0')));
      }
  }
  if (content.empty()) {
    content = before;  // an empty journal cannot be told from one not begun
  }
  if (content == before) {
    return Damage::none;
  }
  // When all complete lines are the old ones, what is missing is at the end.
  const auto complete = content.rfind('\n') + 1;
  const bool end_missing = before.starts_with(std::string_view(content).substr(0, complete));
  return end_missing ? Damage::like_crash : Damage::visible;
}

void SimulatedDisk::process_gone() {
  dead_ = false;
  next_.clear();
  next_write_fails.reset();
  dies_in_write.reset();
  torn_ = false;
}

}  // namespace profile_broker::history
