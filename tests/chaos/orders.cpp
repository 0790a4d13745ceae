// Reading behind orders.h.
#include "tests/chaos/orders.h"

#include <fstream>

namespace profile_broker::chaos {

Order read_order(const std::string& file) {
  std::ifstream input(file);
  std::string word;
  Order order;
  input >> word >> order.number;
  if (!input) {
    return {};
  }
  order.what = word == "pause"  ? Order::What::pause
               : word == "quit" ? Order::What::quit
                                : Order::What::go;
  return order;
}

}  // namespace profile_broker::chaos
