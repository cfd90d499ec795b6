// Exceptions through frames with destructors, virtual bases, streams, containers and text of libc++.
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

struct Trouble {
  virtual ~Trouble() = default;
  virtual std::string text() const { return "trouble"; }
};
struct Deep : virtual Trouble {
  int depth;
  explicit Deep(int d) : depth(d) {}
  std::string text() const override { return "deep " + std::to_string(depth); }
};
struct Guard {
  const char *name;
  ~Guard() { std::cout << "left " << name << '\n'; }
};

static int dig(int depth) {
  Guard guard{depth % 2 ? "odd" : "even"};
  if (depth == 5) throw Deep(depth);
  return dig(depth + 1) + 1;
}

int main() {
  std::map<std::string, std::vector<double>> words;
  std::istringstream input("one 1.5 two 2.25 one 3 three -4e3");
  std::string word;
  for (double value; input >> word >> value;) words[word].push_back(value);
  for (const auto &[name, values] : words) {
    std::cout << std::setw(6) << name << std::hex << std::showbase << ' ' << values.size() << std::dec;
    for (double value : values) std::cout << ' ' << std::fixed << std::setprecision(3) << value;
    std::cout << std::endl;
  }
  int caught = 0;
  try {
    dig(0);
  } catch (const Trouble &trouble) {
    std::cout << "caught " << trouble.text() << '\n';
    caught++;
  }
  try {
    try {
      throw std::string("again");
    } catch (...) {
      caught++;
      throw;
    }
  } catch (const std::string &text) {
    std::cout << "caught " << text << '\n';
    caught++;
  }
  return 40 + caught;
}
