// What the two files of constructors.cpp share.
#pragma once

extern char trace[256];
void note(const char *what);

struct Noted {
  explicit Noted(const char *name);
  ~Noted();
  const char *name;
};

// Inline variables: both files define them, the program has one of each, and they are constructed once.
inline int shared_counter = 0;
inline Noted shared((++shared_counter, "shared"));

int other_value();
int other_reads_first();
const Noted *shared_address();
