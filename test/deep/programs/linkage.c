/*
 * What a linker decides: weak against strong, weak and undefined, aliases, hidden and static names, common data, start and
 * end of a section, retained data, constructors, addresses with addends, functions known by address only.
 * Second file: linkage-other.c.
 */
#include "linkage.h"
#include <stdio.h>
#include <string.h>

/* Weak here, strong in the other file; and the other way round. */
__attribute__((weak)) int chosen(void) { return 1; }
int preferred(void) { return 2; }
__attribute__((weak)) const char *chosen_text = "weak here";

/* Weak in both files: the first one wins. */
__attribute__((weak)) int both_weak(void) { return 11; }

/* Weak and defined nowhere. */
__attribute__((weak)) int missing_function(int);
extern __attribute__((weak)) int missing_data;

/* One function and one variable with two names each. */
static int counted(void) {
  static int calls;
  return ++calls;
}
int aliased(void) __attribute__((alias("counted")));
int original[3] = {10, 20, 30};
extern int renamed[3] __attribute__((alias("original")));

/* Known to both files by the same name, and not the same. */
static int local_value = 100;
static int local_function(void) { return local_value; }

/* Entries of a section that several files add to. */
REGISTER(main_entry, "main", 5);
REGISTER(second_entry, "second", 7);

/* Nothing refers to it, and it must stay. */
__attribute__((used, retain, section("kept_data"))) static const char kept[] = "kept";

/* Addresses with addends, forwards, backwards and into another file. */
int *const past_start = &original[2];
char *const before_text = (char *)shared_text - 4;
const char *const inside_text = shared_text + 7;
static int (*const functions[])(void) = {chosen, preferred, both_weak, local_function, aliased, other_local};

/* A function that is only ever called through a pointer of another type than its own would be an error; this one agrees. */
static int apply(int (*f)(int, int), int a, int b) { return f(a, b); }

static volatile int constructed; /* volatile, or the optimiser would run the constructors itself */
__attribute__((constructor(300))) static void construct_late(void) { constructed = constructed * 10 + 3; }
__attribute__((constructor(250))) static void construct_early(void) { constructed = constructed * 10 + 1; }

int main(void) {
  int failures = 0;
  printf("chosen %d, preferred %d, text %s, both weak %d\n", chosen(), preferred(), chosen_text, both_weak());
  printf("missing function %d, missing data %d\n", missing_function != NULL, &missing_data != NULL);
  if (missing_function) printf("called %d\n", missing_function(1));

  int first = aliased(), second = aliased(), third = other_calls_aliased();
  printf("aliased %d %d %d\n", first, second, third);
  renamed[1] = 25;
  int *volatile other_name = renamed; /* or the compiler would know the answer */
  printf("renamed %d, same address %d\n", original[1], other_name == original);

  printf("local %d %d\n", local_function(), other_local());
  local_value++;
  printf("local %d %d\n", local_function(), other_local());

  int count = 0, sum = 0;
  for (const struct entry *e = __start_entries; e < __stop_entries; e++) {
    count++;
    sum += e->value;
  }
  printf("entries %d, sum %d, first %s\n", count, sum, __start_entries->name);
  failures += count != 4;

  printf("%d %s %d\n", *past_start, inside_text, before_text + 4 == shared_text);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) printf("%d ", functions[i]());
  printf("\n%d %d\n", apply(other_add, 3, 4), apply(other_choose(1), 3, 4));
  printf("same function from both files: %d\n", other_choose(0) == other_add);

  tentative[3] = 9;
  printf("zero data %d, tentative %d %d\n", other_sum_of_zeros(), tentative[0], other_tentative());
  printf("constructed %d\n", constructed);
  printf("vararg %d\n", other_sum(4, 1, 2, 3, 4));
  printf("large %s\n", other_check_large() ? "ok" : "WRONG");
  printf("128 bits %s\n", other_divide());
  return failures ? 1 : chosen() + both_weak();
}
