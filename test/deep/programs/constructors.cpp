// Static constructors and destructors in two files: priorities, order inside a file, guards of local statics, constant
// initialisation, atexit, and an object whose constructor needs another file's. Second file: constructors-other.cpp.
// For a linker: init functions with priorities, `__wasm_call_ctors`, guards and COMDAT variables, inline variables that
// two files define.
#include "constructors.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>

// Filled before main by constructors of both files, in the order in which they run.
char trace[256];

void note(const char *what) {
  if (trace[0] != 0) std::strcat(trace, " ");
  std::strcat(trace, what);
}

Noted::Noted(const char *name) : name(name) { note(name); }
Noted::~Noted() { std::printf("~%s\n", name); }

namespace {

// Written in the reverse order of their priorities.
[[gnu::init_priority(3000)]] Noted late("late");
[[gnu::init_priority(200)]] Noted early("early");
Noted first("first");
Noted second("second");

[[gnu::constructor(150)]] void before_everything() { note("c-150"); }
[[gnu::constructor]] void with_default_priority() { note("c-default"); }
[[gnu::destructor]] void at_the_very_end() { std::printf("destructor function\n"); }

constexpr int square(int x) { return x * x; }
int constant = square(12); // needs no constructor
int computed = std::abs(-constant) + 1;

struct Table {
  Table() {
    for (int i = 0; i < 16; i++) values[i] = i * i + offset();
  }
  static int offset() {
    static int calls = 0;
    return ++calls == 1 ? 0 : calls - 1;
  }
  int values[16];
};
const Table table;

Noted &lazy() {
  static Noted object("lazy");
  return object;
}

template <class T> struct Registry {
  static int count;
  static Noted entry;
};
template <class T> int Registry<T>::count = 10 + static_cast<int>(sizeof(T));
template <class T> Noted Registry<T>::entry("registry");

void exit_handler() { std::printf("exit handler\n"); }

} // namespace

int main() {
  std::printf("before main: %s\n", trace);
  std::printf("constant %d, computed %d, other %d, %d\n", constant, computed, other_value(), other_reads_first());
  std::printf("table %d %d %d\n", table.values[0], table.values[5], table.values[15]);
  std::printf("shared %s %d\n", shared.name, shared_counter);
  trace[0] = 0;
  lazy();
  lazy();
  std::printf("in main: %s\n", trace);
  std::printf("registry %d %d %s\n", Registry<char>::count, Registry<double>::count, Registry<char>::entry.name);
  bool same = shared_address() == &shared;
  std::printf("inline variable is one object: %d\n", same);
  std::atexit(exit_handler);
  return same ? 7 : 1;
}
