/*
 * A small virtual machine with an assembler: a stack, calls, memory, traps; handlers in a table of functions.
 * For a linker: a table of function pointers in constant data, jump tables of switches, mutual recursion across helpers.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STACK = 256, MEMORY = 64, CODE = 256, LABELS = 32 };

struct machine {
  int32_t stack[STACK];
  int sp;
  int32_t calls[64];
  int call_count;
  int32_t memory[MEMORY];
  int32_t code[CODE];
  int size;
  int pc;
  const char *trap;
  long steps;
};

typedef void (*handler)(struct machine *);

static int32_t pop(struct machine *m) {
  if (m->sp == 0) {
    m->trap = "stack underflow";
    return 0;
  }
  return m->stack[--m->sp];
}

static void push(struct machine *m, int32_t value) {
  if (m->sp == STACK) m->trap = "stack overflow";
  else m->stack[m->sp++] = value;
}

static int32_t operand(struct machine *m) { return m->code[m->pc++]; }

static void op_push(struct machine *m) { push(m, operand(m)); }
static void op_pop(struct machine *m) { pop(m); }
static void op_dup(struct machine *m) {
  int32_t a = pop(m);
  push(m, a);
  push(m, a);
}
static void op_swap(struct machine *m) {
  int32_t b = pop(m), a = pop(m);
  push(m, b);
  push(m, a);
}
static void op_over(struct machine *m) {
  int32_t b = pop(m), a = pop(m);
  push(m, a);
  push(m, b);
  push(m, a);
}

#define BINARY(name, expression)                                                                                       \
  static void op_##name(struct machine *m) {                                                                           \
    int32_t b = pop(m), a = pop(m);                                                                                    \
    push(m, (int32_t)(expression));                                                                                    \
  }
BINARY(add, (uint32_t)a + (uint32_t)b)
BINARY(sub, (uint32_t)a - (uint32_t)b)
BINARY(mul, (uint32_t)a *(uint32_t)b)
BINARY(lt, a < b)
BINARY(eq, a == b)
BINARY(and, a &b)
BINARY(xor, a ^ b)
BINARY(shl, (uint32_t)a << (b & 31))
BINARY(shr, (uint32_t)a >> (b & 31))

static void divide(struct machine *m, bool remainder) {
  int32_t b = pop(m), a = pop(m);
  if (b == 0) m->trap = "division by zero";
  else if (a == INT32_MIN && b == -1) m->trap = "division overflow";
  else push(m, remainder ? a % b : a / b);
}
static void op_div(struct machine *m) { divide(m, false); }
static void op_mod(struct machine *m) { divide(m, true); }

static int32_t *cell(struct machine *m) {
  int32_t address = pop(m);
  if (address >= 0 && address < MEMORY) return &m->memory[address];
  m->trap = "address out of range";
  return &m->memory[0];
}
static void op_load(struct machine *m) { push(m, *cell(m)); }
static void op_store(struct machine *m) {
  int32_t *to = cell(m);
  int32_t value = pop(m);
  if (!m->trap) *to = value;
}
static void op_jump(struct machine *m) { m->pc = operand(m); }
static void op_if(struct machine *m) {
  int32_t target = operand(m);
  if (pop(m)) m->pc = target;
}
static void op_call(struct machine *m) {
  int32_t target = operand(m);
  if (m->call_count == 64) m->trap = "calls nested too deeply";
  else m->calls[m->call_count++] = m->pc;
  m->pc = target;
}
static void op_ret(struct machine *m) {
  if (m->call_count == 0) m->trap = "return without a call";
  else m->pc = m->calls[--m->call_count];
}
static void op_print(struct machine *m) { printf("%d ", (int)pop(m)); }
static void op_emit(struct machine *m) { putchar(pop(m)); }
static void op_halt(struct machine *m) { m->trap = ""; }

static const struct {
  const char *name;
  handler run;
  bool has_operand;
} ops[] = {{"push", op_push, true}, {"pop", op_pop, false},   {"dup", op_dup, false},     {"swap", op_swap, false}, {"over", op_over, false},
           {"add", op_add, false},  {"sub", op_sub, false},   {"mul", op_mul, false},     {"div", op_div, false},   {"mod", op_mod, false},
           {"lt", op_lt, false},    {"eq", op_eq, false},     {"and", op_and, false},     {"xor", op_xor, false},   {"shl", op_shl, false},
           {"shr", op_shr, false},  {"load", op_load, false}, {"store", op_store, false}, {"jump", op_jump, true},  {"if", op_if, true},
           {"call", op_call, true}, {"ret", op_ret, false},   {"print", op_print, false}, {"emit", op_emit, false}, {"halt", op_halt, false}};
enum { OPS = sizeof ops / sizeof *ops };

struct label {
  char name[16];
  int at;
};

static int find_label(struct label *labels, int *count, const char *name) {
  for (int i = 0; i < *count; i++) {
    if (strcmp(labels[i].name, name) == 0) return i;
  }
  snprintf(labels[*count].name, sizeof labels->name, "%s", name);
  labels[*count].at = -1;
  return (*count)++;
}

/* Words separated by space; `name:` marks a place, operands are numbers or names of places. */
static const char *assemble(struct machine *m, const char *source) {
  struct label labels[LABELS];
  int label_count = 0, fixups[CODE], fixup_count = 0;
  bool wants_operand = false;
  memset(m, 0, sizeof *m);
  while (*source) {
    char word[16];
    int used = 0;
    while (isspace((unsigned char)*source)) source++;
    if (sscanf(source, "%15s%n", word, &used) != 1) break;
    source += used;
    size_t length = strlen(word);
    if (wants_operand) {
      wants_operand = false;
      if (isdigit((unsigned char)word[0]) || word[0] == '-') {
        m->code[m->size++] = (int32_t)strtol(word, NULL, 0);
      } else {
        fixups[fixup_count++] = m->size;
        m->code[m->size++] = find_label(labels, &label_count, word);
      }
    } else if (word[length - 1] == ':') {
      word[length - 1] = 0;
      labels[find_label(labels, &label_count, word)].at = m->size;
    } else {
      int op = 0;
      while (op < OPS && strcmp(ops[op].name, word) != 0) op++;
      if (op == OPS) return "unknown instruction";
      m->code[m->size++] = op;
      wants_operand = ops[op].has_operand;
    }
  }
  for (int i = 0; i < fixup_count; i++) {
    int at = labels[m->code[fixups[i]]].at;
    if (at < 0) return "unknown label";
    m->code[fixups[i]] = at;
  }
  return wants_operand ? "operand missing" : NULL;
}

static void run(struct machine *m, long limit) {
  while (!m->trap) {
    if (m->pc < 0 || m->pc >= m->size) m->trap = "left the program";
    else if (++m->steps > limit) m->trap = "out of steps";
    else ops[operand(m)].run(m);
  }
}

static const struct {
  const char *name, *source;
} programs[] = {
    {"primes", "push 2 push 0 store next: push 2 push 1 store try: push 1 load dup mul push 0 load swap lt if prime "
               "push 0 load push 1 load mod push 0 eq if skip push 1 load push 1 add push 1 store jump try "
               "prime: push 0 load print skip: push 0 load push 1 add dup push 0 store push 60 lt if next halt"},
    {"factorial", "push 10 call fact print halt fact: dup push 2 lt if one dup push 1 sub call fact mul ret one: pop push 1 ret"},
    {"collatz", "push 27 push 0 swap loop: dup push 1 eq if done swap push 1 add swap dup push 1 and if odd push 2 div jump loop "
                "odd: push 3 mul push 1 add jump loop done: pop print halt"},
    {"gcd", "push 1071 push 462 loop: dup push 0 eq if done swap over mod jump loop done: pop print halt"},
    {"fibonacci", "push 24 call fib print halt fib: dup push 2 lt if base dup push 1 sub call fib swap push 2 sub call fib add base: ret"},
    {"hash", "push -2128831035 push 0 loop: swap over push 255 and xor push 16777619 mul swap push 1 add dup push 1000 lt if loop pop print halt"},
    {"text", "push 10 push 33 push 105 push 72 a: emit emit emit emit halt"},
    {"zero", "push 1 push 0 div halt"},
    {"deep", "f: call f"},
    {"endless", "a: jump a"},
    {"underflow", "push 1 add"},
    {"address", "push 5 push 64 store halt"},
    {"overflow", "a: push 1 jump a"},
    {"fall off", "push 1"},
    {"minimum", "push 1 push 31 shl push -1 div"},
    {"bad word", "push 1 jmp 0"},
    {"bad label", "jump nowhere"},
    {"no operand", "push"},
};

int main(void) {
  static struct machine m;
  long total = 0;
  int trapped = 0;
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    printf("%s: ", programs[i].name);
    const char *error = assemble(&m, programs[i].source);
    if (error) {
      printf("%s\n", error);
      continue;
    }
    run(&m, 2000000);
    trapped += *m.trap != 0;
    total += m.steps;
    printf("%s(%ld steps, %d left)\n", *m.trap ? m.trap : "", m.steps, m.sp);
  }
  printf("%ld steps, %d traps\n", total, trapped);
  return trapped;
}
