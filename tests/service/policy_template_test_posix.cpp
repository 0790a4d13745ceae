// The settings as four readers have them: the programs (service/setting_table.h, and for the MAPI
// client routing_names_win.h), the Group Policy template, its texts in two languages, and the pages
// for administrators. What is not the same everywhere fails here. What a Group Policy editor makes
// of the template is not shown.
#include <algorithm>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "client-lib/mapi/routing_names_win.h"
#include "service/setting_table.h"
#include "tests/support/catch.h"

namespace profile_broker::service {
namespace {

using Tree = boost::property_tree::ptree;

const std::string kSources = PROFILE_BROKER_SOURCES;
const std::string kPolicyFolder = kSources + "/installer/policy/";

Tree read_xml_file(const std::string& path) {
  Tree tree;
  boost::property_tree::read_xml(path, tree);
  return tree;
}

std::string read_page(const std::string& path) {
  std::ifstream file(kSources + "/" + path);
  REQUIRE(file);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string attribute(const Tree& tree, const std::string& name) {
  return tree.get<std::string>("<xmlattr>." + name);
}

std::string default_of(const Setting& setting) {
  return std::to_string(setting.get({}));
}

// What the MAPI client reads of Group Policy.
struct ClientSetting {
  const wchar_t* name;
  const char* bitness;  // as the page has it
};
constexpr ClientSetting kClientSettings[] = {{client::mapi::kProviderPath, "64-bit"},
                                             {client::mapi::kProviderPathX86, "32-bit"}};

std::string narrow(const std::wstring& ascii) {
  return {ascii.begin(), ascii.end()};
}

// The children of that name, by one of their attributes.
std::map<std::string, Tree> children(const Tree& parent, const std::string& name,
                                     const std::string& key) {
  std::map<std::string, Tree> found;
  for (const auto& [child_name, child] : parent) {
    if (child_name == name) {
      CHECK(found.emplace(attribute(child, key), child).second);
    }
  }
  return found;
}

}  // namespace

TEST_CASE("the policy template has every setting with its key, type and range, and no other") {
  const auto template_tree = read_xml_file(kPolicyFolder + "MapiProfileBroker.admx");
  const auto policies =
      children(template_tree.get_child("policyDefinitions.policies"), "policy", "name");
  CHECK(policies.size() == kSettings.size() + std::size(kClientSettings));
  for (const auto& setting : kSettings) {
    const std::string name = setting.name;
    INFO(name);
    REQUIRE(policies.count(name) == 1);
    const auto& policy = policies.at(name);
    CHECK(attribute(policy, "class") == "Machine");
    CHECK(attribute(policy, "key") == "SOFTWARE\\Policies\\MAPI Profile Broker");
    CHECK(attribute(policy, "displayName") == "$(string." + name + ")");
    CHECK(attribute(policy, "explainText") == "$(string." + name + "_Help)");
    CHECK(attribute(policy, "presentation") == "$(presentation." + name + ")");
    const auto numbers = children(policy.get_child("elements"), "decimal", "id");
    REQUIRE(numbers.count(name) == 1);
    const auto& number = numbers.at(name);
    CHECK(attribute(number, "valueName") == name);
    CHECK(attribute(number, "minValue") == std::to_string(setting.least));
    CHECK(attribute(number, "maxValue") == std::to_string(setting.most));
    CHECK_FALSE(number.get_optional<std::string>("<xmlattr>.storeAsText"));  // a DWORD
  }
}

TEST_CASE("the policy template has the MAPI client's paths, as expandable texts of its own key") {
  const auto template_tree = read_xml_file(kPolicyFolder + "MapiProfileBroker.admx");
  const auto policies =
      children(template_tree.get_child("policyDefinitions.policies"), "policy", "name");
  for (const auto& setting : kClientSettings) {
    const auto name = narrow(setting.name);
    INFO(name);
    REQUIRE(policies.count(name) == 1);
    const auto& policy = policies.at(name);
    CHECK(attribute(policy, "class") == "Machine");
    CHECK(boost::algorithm::iequals(attribute(policy, "key"), narrow(client::mapi::kPolicies)));
    CHECK(attribute(policy, "displayName") == "$(string." + name + ")");
    CHECK(attribute(policy, "explainText") == "$(string." + name + "_Help)");
    CHECK(attribute(policy, "presentation") == "$(presentation." + name + ")");
    const auto texts = children(policy.get_child("elements"), "text", "id");
    REQUIRE(texts.count(name) == 1);
    CHECK(attribute(texts.at(name), "valueName") == name);
    CHECK(attribute(texts.at(name), "expandable") == "true");
    for (const char* folder : {"en-US", "de-DE"}) {
      INFO(folder);
      const auto resources = read_xml_file(kPolicyFolder + folder + "/MapiProfileBroker.adml")
                                 .get_child("policyDefinitionResources.resources");
      CHECK(children(resources.get_child("stringTable"), "string", "id").count(name + "_Help") ==
            1);
      const auto presentations =
          children(resources.get_child("presentationTable"), "presentation", "id");
      REQUIRE(presentations.count(name) == 1);
      CHECK(attribute(presentations.at(name).get_child("textBox"), "refId") == name);
    }
    CHECK(read_page("docs/administration.md")
              .find("| `" + name + "` | " + setting.bitness + " programs |") != std::string::npos);
  }
}

TEST_CASE("the policy's texts exist in each language and say range and default") {
  struct Language {
    const char* folder;
    const char* range;  // with %a, %b and %d for the numbers
  };
  std::set<std::string> ids;
  for (const auto& language : {Language{"en-US", "Range: %a to %b. Default: %d."},
                               Language{"de-DE", "Bereich: %a bis %b. Vorgabe: %d."}}) {
    INFO(language.folder);
    const auto tree = read_xml_file(kPolicyFolder + language.folder + "/MapiProfileBroker.adml");
    const auto& resources = tree.get_child("policyDefinitionResources.resources");
    const auto strings = children(resources.get_child("stringTable"), "string", "id");
    const auto presentations =
        children(resources.get_child("presentationTable"), "presentation", "id");
    CHECK(presentations.size() == kSettings.size() + std::size(kClientSettings));
    for (const auto& setting : kSettings) {
      const std::string name = setting.name;
      INFO(name);
      REQUIRE(strings.count(name) == 1);
      REQUIRE(strings.count(name + "_Help") == 1);
      auto range = std::regex_replace(std::string(language.range), std::regex("%a"),
                                      std::to_string(setting.least));
      range = std::regex_replace(range, std::regex("%b"), std::to_string(setting.most));
      range = std::regex_replace(range, std::regex("%d"), default_of(setting));
      CHECK(strings.at(name + "_Help").data().find(range) != std::string::npos);
      REQUIRE(presentations.count(name) == 1);
      const auto& box = presentations.at(name).get_child("decimalTextBox");
      CHECK(attribute(box, "refId") == name);
      CHECK(attribute(box, "defaultValue") == default_of(setting));
    }
    std::set<std::string> found;
    for (const auto& [id, text] : strings) {
      found.insert(id);
      CHECK_FALSE(text.data().empty());
    }
    CHECK((ids.empty() || ids == found));
    ids = found;
  }
  const auto admx = read_page("installer/policy/MapiProfileBroker.admx");
  const std::regex use(R"(\$\(string\.(\w+)\))");
  std::set<std::string> used;
  for (std::sregex_iterator it(admx.begin(), admx.end(), use), end; it != end; ++it) {
    used.insert((*it)[1]);
  }
  CHECK(used == ids);
}

TEST_CASE("the administrator's page has a row and a command for every setting, and no other") {
  const auto page = read_page("docs/administration.md");
  const std::regex row(R"(\| `(\w+)` \| REG_DWORD \| (\d+) \| (\d+) to (\d+) \| [^|\n]{20,} \|)");
  std::size_t rows = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), row), end; it != end; ++it, ++rows) {
    const auto setting =
        std::find_if(kSettings.begin(), kSettings.end(),
                     [&](const Setting& candidate) { return candidate.name == (*it)[1]; });
    INFO((*it)[0]);
    REQUIRE(setting != kSettings.end());
    CHECK((*it)[2] == default_of(*setting));
    CHECK((*it)[3] == std::to_string(setting->least));
    CHECK((*it)[4] == std::to_string(setting->most));
  }
  CHECK(rows == kSettings.size());
  for (const auto& setting : kSettings) {
    INFO(setting.name);
    const std::regex command(
        std::string(R"(    reg\.exe add "HKLM\\SOFTWARE\\MAPI Profile Broker" /v )") +
        setting.name + R"( /t REG_DWORD /d (\d+) /f /reg:64\n)");
    std::smatch found;
    REQUIRE(std::regex_search(page, found, command));
    const auto value = std::stoull(found[1]);
    CHECK(value >= setting.least);
    CHECK(value <= setting.most);
  }
}

TEST_CASE("the page about running the service has every setting's option with its default") {
  const auto page = read_page("docs/service.md");
  for (const auto& setting : kSettings) {
    INFO(setting.option);
    CHECK(page.find(std::string("| `") + setting.option + " N` | " + default_of(setting) + " |") !=
          std::string::npos);
  }
}

}  // namespace profile_broker::service
