/*
 * Thread-local variables, run in one thread: initialised and zero ones, alignment, arrays, pointers to them, function-local
 * ones, some from a second file. Second file: thread-locals-other.c. Compiled with atomics and bulk memory, or clang would make
 * plain variables of them. For a linker: TLS segments and symbols, `__tls_base`, TLS-relative relocations with addends.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

_Thread_local int counter = 40;
_Thread_local int zeros[16];
static _Thread_local char text[] = "thread-local text";
static _Thread_local double ratio = 0.75;
static _Alignas(64) _Thread_local unsigned char block[64] = {1, 2, 3, [63] = 255};
static _Thread_local struct {
  int8_t small;
  int64_t large;
  const char *name; /* an address inside of TLS data */
  int (*function)(int);
} record = {-7, INT64_MIN + 1, "record", NULL};

extern _Thread_local int other_counter;
extern _Thread_local short other_array[5];
int *address_of_other_counter(void);
int next_in_other(void);

/* Not thread-local, between the others. */
static int plain = 3;
static int *const pointer_to_plain = &plain;

static int twice(int x) { return 2 * x; }

static int next_local(void) {
  static _Thread_local int calls = 10;
  return ++calls;
}

static unsigned sum(const unsigned char *bytes, size_t size) {
  unsigned result = 0;
  while (size-- > 0) result += *bytes++;
  return result;
}

/* Kept apart so that the address itself is passed. */
__attribute__((noinline)) static void add(int *to, int value) { *to += value; }

int main(void) {
  int failures = 0;
  counter += 2;
  printf("counter %d, zeros %d %d\n", counter, zeros[0], zeros[15]);
  add(&counter, 100);
  add(&zeros[15], 5);
  for (int i = 0; i < 16; i++) add(&zeros[i], i * i);
  printf("counter %d, zeros %d %d %d\n", counter, zeros[0], zeros[7], zeros[15]);

  printf("%s, %zu bytes, ratio %g\n", text, sizeof text, ratio);
  text[0] = 'T';
  memcpy(text + 7, "LOCAL", 5);
  ratio *= 4;
  printf("%s, ratio %g\n", text, ratio);

  printf("block %u, aligned %d\n", sum(block, sizeof block), (int)((uintptr_t)block % 64));
  failures += (uintptr_t)block % 64 != 0;

  record.function = twice;
  record.large += record.small;
  printf("%s %d %lld %d\n", record.name, record.small, (long long)record.large, record.function(21));

  printf("local %d", next_local());
  printf(" %d", next_local());
  printf(" %d\n", next_local());

  printf("other %d, array %d %d\n", other_counter, other_array[0], other_array[4]);
  other_counter += 5;
  other_array[4] = -1;
  printf("other %d %d, same address %d\n", next_in_other(), other_counter, address_of_other_counter() == &other_counter);
  failures += address_of_other_counter() != &other_counter;

  /* Everything lies in one block, and nothing overlaps. */
  const struct {
    uintptr_t at;
    size_t size;
  } parts[] = {{(uintptr_t)&counter, sizeof counter},
               {(uintptr_t)zeros, sizeof zeros},
               {(uintptr_t)text, sizeof text},
               {(uintptr_t)&ratio, sizeof ratio},
               {(uintptr_t)block, sizeof block},
               {(uintptr_t)&record, sizeof record},
               {(uintptr_t)&other_counter, sizeof other_counter},
               {(uintptr_t)other_array, sizeof other_array}};
  uintptr_t low = UINTPTR_MAX, high = 0;
  int overlaps = 0;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (parts[i].at < low) low = parts[i].at;
    if (parts[i].at + parts[i].size > high) high = parts[i].at + parts[i].size;
    for (size_t j = 0; j < i; j++) {
      overlaps += parts[i].at < parts[j].at + parts[j].size && parts[j].at < parts[i].at + parts[i].size;
    }
  }
  uintptr_t base = (uintptr_t)__builtin_wasm_tls_base();
  printf("overlaps %d, above the base %d, aligned base %d\n", overlaps, low >= base, (int)(base % 64));
  printf("size of the block %s, plain outside %d\n", high - low >= 196 && high - low < 512 ? "plausible" : "odd",
         (uintptr_t)pointer_to_plain < low || (uintptr_t)pointer_to_plain >= high);
  failures += overlaps + (low < base);
  return failures == 0 ? counter - 142 + 9 : 1;
}
