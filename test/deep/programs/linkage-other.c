/* The second file of linkage.c. */
#include "linkage.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int chosen(void) { return 21; }
__attribute__((weak)) int preferred(void) { return 22; }
__attribute__((weak)) int both_weak(void) { return 23; }
const char *chosen_text = "strong there";

static int local_value = 200;
static int local_function(void) { return local_value++; }
int other_local(void) { return local_function(); }

int other_calls_aliased(void) { return aliased(); }

REGISTER(other_entry, "other", 11);
REGISTER(last_entry, "last", 13);

const char shared_text[] = "shared text of two files";
int tentative[4];

static char zeros[5000];
int other_sum_of_zeros(void) {
  int sum = 0;
  for (size_t i = 0; i < sizeof zeros; i++) sum += zeros[i];
  zeros[4999] = 1;
  return sum;
}

int other_tentative(void) { return tentative[3]; }

int other_add(int a, int b) { return a + b; }
static int other_multiply(int a, int b) { return a * b; }
int (*other_choose(int which))(int, int) { return which ? other_multiply : other_add; }

int other_sum(int count, ...) {
  va_list args;
  int sum = 0;
  va_start(args, count);
  while (count-- > 0) sum += va_arg(args, int);
  va_end(args);
  return sum;
}

/* Data large enough that addresses need more than two bytes of LEB128, with pointers into itself. */
static int large[20000] = {[0] = 1, [19999] = 2};
static int *const corners[] = {&large[0], &large[10000], &large[19999], large + 20000};
int other_check_large(void) {
  *corners[1] = 5;
  return *corners[0] + *corners[2] == 3 && large[10000] == 5 && corners[3] - corners[0] == 20000;
}

/* The runtime library has the division of 128-bit numbers. */
const char *other_divide(void) {
  static char text[64];
  unsigned __int128 value = (unsigned __int128)0x123456789abcdef0u << 64 | 0xfedcba9876543210u;
  snprintf(text, sizeof text, "%llu %llu", (unsigned long long)(value / 1000000000000000003u), (unsigned long long)(value % 1000000000000000003u));
  return text;
}
