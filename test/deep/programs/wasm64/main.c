/*
 * A freestanding program with 64-bit addresses: data, bss, strings, pointers of every kind in data and in code, function
 * pointers, a stack in memory, constructors. Each export returns a number that does not depend on where a linker puts things.
 */
typedef unsigned long usize;
#define EXPORT(name) __attribute__((export_name(#name))) name

extern char __heap_base, __heap_end, __data_end, __global_base, __stack_low, __stack_high;
extern int other_data[4];
extern int other_call(int (*fn)(int), int x);
extern const char *other_text(int n);
__attribute__((weak)) extern int absent(int);
__attribute__((weak)) extern int absent_data;

struct node {
  struct node *next;
  const char *text;
  int (*call)(int);
  int value;
};

static int twice(int x) { return 2 * x; }
static int thrice(int x) { return 3 * x; }

int data[4] = {1, 2, 3, 4};
int bss[3000];
int *into_bss = &bss[17];
int *into_other = &other_data[2];
static struct node last = {0, &"last"[1], thrice, 5};
static struct node first = {&last, "first", twice, 7};
struct node *list = &first;
int (*const volatile calls[])(int) = {twice, thrice, twice};
static int order;

__attribute__((constructor(200))) static void second(void) { order = order * 10 + 2; }
__attribute__((constructor(100))) static void begin(void) { order = order * 10 + 1; }

__attribute__((noinline)) static usize descend(int depth, usize above) {
  volatile char frame[100];
  frame[depth % 100] = (char)depth;
  usize here = (usize)&frame;
  if (above != 0 && here >= above) return 0;
  return depth == 0 ? here : descend(depth - 1, here) + (frame[depth % 100] != (char)depth);
}

int EXPORT(sum_list)(void) {
  int sum = 0;
  for (struct node *n = list; n; n = n->next) sum += n->call(n->value) + n->text[0];
  return sum;
}
int EXPORT(indirect)(int which, int x) { return calls[which](x) + other_call(calls[1], x); }
__attribute__((noinline)) static int (*pick(int n))(int) { return n ? twice : thrice; }
int EXPORT(picked)(int n) { return pick(n)(5) + pick(!n)(5); }
int EXPORT(pointers)(void) {
  *into_bss = 40;
  return bss[17] + *into_other + data[3] + (into_bss - bss);
}
int EXPORT(element)(long at) { return other_data[at & 3] * 100 + data[at & 3]; }
int EXPORT(text)(int n, int at) { return other_text(n)[at]; }
int EXPORT(constructed)(void) { return order; }
int EXPORT(stack)(void) {
  usize lowest = descend(50, 0);
  return lowest != 0 && lowest >= (usize)&__stack_low && lowest < (usize)&__stack_high;
}
int EXPORT(borders)(void) {
  return (&__heap_base >= &__data_end) | (&__heap_end > &__heap_base) << 1 | (&__data_end > &__global_base) << 2 |
         ((usize)&__heap_base % 16 == 0) << 3 | ((char *)&bss[2999] < &__data_end) << 4;
}
int EXPORT(weak)(void) { return (absent ? absent(1) : 10) + (&absent_data ? 1 : 2); }
usize EXPORT(heap_base)(void) { return (usize)&__heap_base; }
long EXPORT(grow)(long pages) { return (long)__builtin_wasm_memory_grow(0, pages) * 65536 == (long)&__heap_end; }
int EXPORT(heap)(int x) {
  volatile int *p = (int *)&__heap_base;
  p[3] = x;
  return p[3] + (p[2] == 0);
}
