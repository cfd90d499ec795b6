/* What the two files of linkage.c share. */
#pragma once
#include <stddef.h>

struct entry {
  const char *name;
  int value;
};

/* The linker defines these two: the section's name is an identifier of C. */
extern const struct entry __start_entries[], __stop_entries[];

#define REGISTER(id, name, value)                                                                                      \
  __attribute__((used, section("entries"))) static const struct entry id = {name, value}

extern const char shared_text[];
extern int tentative[4];

int chosen(void);
int preferred(void);
int both_weak(void);
int aliased(void);
int other_local(void);
int other_calls_aliased(void);
int other_add(int a, int b);
int (*other_choose(int which))(int, int);
int other_sum_of_zeros(void);
int other_tentative(void);
int other_sum(int count, ...);
int other_check_large(void);
const char *other_divide(void);
