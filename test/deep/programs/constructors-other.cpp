// The second file of constructors.cpp.
#include "constructors.h"
#include <cstring>

namespace {

[[gnu::init_priority(1000)]] Noted middle("middle");
Noted other("other");

// By now the constructors of higher priority in the first file have run.
struct Witness {
  Witness() : both(std::strstr(trace, "early") != nullptr && std::strstr(trace, "late") != nullptr) {}
  bool both;
};
[[gnu::init_priority(4000)]] Witness witness;

int length_of_trace() { return static_cast<int>(std::strlen(trace)); }
int value = length_of_trace() > 0 ? 5 : -5;

} // namespace

int other_value() { return value; }
int other_reads_first() { return witness.both; }
const Noted *shared_address() { return &shared; }
