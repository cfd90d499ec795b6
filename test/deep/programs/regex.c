/*
 * A regular expression matcher: compiles to a non-deterministic automaton, runs all states at once, finds leftmost-longest.
 * Knows . * + ? | ( ) [a-z] [^x] ^ $ and escapes \d \w \s. For a linker: jump tables, static tables, recursion.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum op { OP_CHAR, OP_ANY, OP_SET, OP_SPLIT, OP_JUMP, OP_BEGIN, OP_END, OP_MATCH };

struct inst {
  enum op op;
  int a, b; /* character or set; targets relative to the instruction */
};

enum { MAX_INSTS = 256, MAX_SETS = 16 };

struct program {
  struct inst insts[MAX_INSTS];
  int count;
  unsigned char sets[MAX_SETS][32];
  int set_count;
  const char *at;
  const char *error;
};

static void parse_alternatives(struct program *p, int depth);

static int emit(struct program *p, enum op op, int a, int b) {
  if (p->count == MAX_INSTS) {
    p->error = "pattern too long";
    return 0;
  }
  p->insts[p->count] = (struct inst){op, a, b};
  return p->count++;
}

/* Makes room for one instruction at `at`; jumps inside of the moved part are relative and stay right. */
static void insert(struct program *p, int at, enum op op, int a, int b) {
  emit(p, OP_JUMP, 0, 0);
  if (p->error) return;
  memmove(&p->insts[at + 1], &p->insts[at], (size_t)(p->count - 1 - at) * sizeof(struct inst));
  p->insts[at] = (struct inst){op, a, b};
}

static void set_add(unsigned char *set, int from, int to) {
  for (int c = from; c <= to; c++) set[c >> 3] |= (unsigned char)(1 << (c & 7));
}

static bool set_has(const unsigned char *set, int c) { return set[c >> 3] >> (c & 7) & 1; }

static bool class_of(unsigned char *set, char name) {
  switch (name) {
  case 'd': set_add(set, '0', '9'); return true;
  case 'w':
    set_add(set, '0', '9');
    set_add(set, 'a', 'z');
    set_add(set, 'A', 'Z');
    set_add(set, '_', '_');
    return true;
  case 's':
    set_add(set, ' ', ' ');
    set_add(set, '\t', '\r');
    return true;
  }
  return false;
}

static unsigned char *new_set(struct program *p) {
  if (p->set_count == MAX_SETS) {
    p->error = "too many sets";
    return p->sets[0];
  }
  emit(p, OP_SET, p->set_count, 0);
  return p->sets[p->set_count++];
}

static void parse_set(struct program *p) {
  unsigned char *set = new_set(p);
  bool negate = *p->at == '^';
  if (negate) p->at++;
  for (bool first = true; first || *p->at != ']'; first = false) {
    if (!*p->at) {
      p->error = "missing ]";
      return;
    }
    int from = (unsigned char)*p->at++;
    if (from == '\\' && *p->at) {
      from = (unsigned char)*p->at++;
      if (class_of(set, (char)from)) continue;
    }
    int to = from;
    if (*p->at == '-' && p->at[1] && p->at[1] != ']') {
      to = (unsigned char)p->at[1];
      p->at += 2;
    }
    if (to < from) p->error = "range out of order";
    set_add(set, from, to);
  }
  p->at++;
  if (negate) {
    for (int i = 0; i < 32; i++) set[i] = (unsigned char)~set[i];
  }
}

static void parse_atom(struct program *p, int depth) {
  char c = *p->at++;
  switch (c) {
  case '.': emit(p, OP_ANY, 0, 0); return;
  case '^': emit(p, OP_BEGIN, 0, 0); return;
  case '$': emit(p, OP_END, 0, 0); return;
  case '[': parse_set(p); return;
  case '(':
    parse_alternatives(p, depth + 1);
    if (*p->at == ')') p->at++;
    else if (!p->error) p->error = "missing )";
    return;
  case '*':
  case '+':
  case '?': p->error = "nothing to repeat"; return;
  case '\\':
    if (!*p->at) {
      p->error = "escape at the end";
      return;
    }
    c = *p->at++;
    if (strchr("dws", c)) {
      class_of(new_set(p), c);
      return;
    }
    break;
  }
  emit(p, OP_CHAR, (unsigned char)c, 0);
}

static void parse_repeat(struct program *p, int depth) {
  int start = p->count;
  parse_atom(p, depth);
  while (!p->error && *p->at && strchr("*+?", *p->at)) {
    int size = p->count - start;
    switch (*p->at++) {
    case '?': insert(p, start, OP_SPLIT, 1, size + 1); break;
    case '+': emit(p, OP_SPLIT, -size, 1); break;
    case '*':
      insert(p, start, OP_SPLIT, 1, size + 2);
      emit(p, OP_JUMP, -(size + 1), 0);
      break;
    }
  }
}

static void parse_alternatives(struct program *p, int depth) {
  if (depth > 20) {
    p->error = "nested too deeply";
    return;
  }
  int start = p->count;
  while (*p->at && *p->at != '|' && *p->at != ')' && !p->error) parse_repeat(p, depth);
  if (*p->at != '|' || p->error) return;
  p->at++;
  insert(p, start, OP_SPLIT, 1, p->count - start + 2);
  int jump = emit(p, OP_JUMP, 0, 0);
  parse_alternatives(p, depth);
  p->insts[jump].a = p->count - jump;
}

static const char *compile(struct program *p, const char *pattern) {
  memset(p, 0, sizeof *p);
  p->at = pattern;
  parse_alternatives(p, 0);
  if (!p->error && *p->at == ')') p->error = "unmatched )";
  emit(p, OP_MATCH, 0, 0);
  return p->error;
}

struct states {
  int list[MAX_INSTS];
  int count;
  bool has[MAX_INSTS];
};

static void add_state(const struct program *p, struct states *s, int at, bool begin, bool end) {
  if (s->has[at]) return;
  s->has[at] = true;
  const struct inst *inst = &p->insts[at];
  switch (inst->op) {
  case OP_JUMP: add_state(p, s, at + inst->a, begin, end); break;
  case OP_SPLIT:
    add_state(p, s, at + inst->a, begin, end);
    add_state(p, s, at + inst->b, begin, end);
    break;
  case OP_BEGIN:
    if (begin) add_state(p, s, at + 1, begin, end);
    break;
  case OP_END:
    if (end) add_state(p, s, at + 1, begin, end);
    break;
  default: s->list[s->count++] = at;
  }
}

/* Length of the longest match at `start`, or -1. */
static int match_at(const struct program *p, const char *text, const char *start) {
  static struct states sets[2];
  struct states *now = &sets[0], *next = &sets[1];
  memset(now, 0, sizeof *now);
  add_state(p, now, 0, start == text, *start == 0);
  int longest = -1;
  for (const char *c = start;; c++) {
    memset(next, 0, sizeof *next);
    for (int i = 0; i < now->count; i++) {
      const struct inst *inst = &p->insts[now->list[i]];
      int byte = (unsigned char)*c;
      if (inst->op == OP_MATCH) longest = (int)(c - start);
      else if (byte && (inst->op == OP_ANY || (inst->op == OP_CHAR && inst->a == byte) ||
                        (inst->op == OP_SET && set_has(p->sets[inst->a], byte)))) {
        add_state(p, next, now->list[i] + 1, false, c[1] == 0);
      }
    }
    if (!*c || next->count == 0) return longest;
    struct states *swap = now;
    now = next;
    next = swap;
  }
}

int main(void) {
  static const struct {
    const char *pattern, *text, *expected; /* expected: NULL for no match, "!" for an error */
  } cases[] = {
      {"abc", "xxabcxx", "abc"},         {"a*", "aaab", "aaa"},
      {"a*b", "aaab", "aaab"},           {"(ab)+", "xababab", "ababab"},
      {"a|bc|d", "xbc", "bc"},           {"^abc$", "abc", "abc"},
      {"^abc$", "abcd", NULL},           {"[a-c]+[^a-c]", "zzabcaz", "abcaz"},
      {"\\d+-\\d+", "tel 555-1234.", "555-1234"}, {"\\w+@\\w+\\.(com|org)", "write to me@site.org now", "me@site.org"},
      {"colou?r", "what color", "color"}, {".*x", "axbxc", "axbx"},
      {"(a|b)*c", "abbac", "abbac"},     {"(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", NULL},
      {"x*", "abc", ""},                 {"[]a]+", "b]a]", "]a]"},
      {"\\(\\)", "f()", "()"},           {"(a", "a", "!"},
      {"a)", "a", "!"},                  {"*a", "a", "!"},
      {"[b-a]", "a", "!"},               {"[abc", "a", "!"},
      {"(|a)b", "ab", "ab"},             {"a+b+c?$", "aabbb", "aabbb"},
  };
  static struct program program;
  int wrong = 0;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *error = compile(&program, cases[i].pattern);
    char found[64] = "";
    bool matched = false;
    if (!error) {
      for (const char *start = cases[i].text; !matched; start++) {
        int length = match_at(&program, cases[i].text, start);
        if (length >= 0) {
          matched = true;
          snprintf(found, sizeof found, "%.*s", length, start);
        }
        if (!*start) break;
      }
    }
    const char *shown = error ? "!" : matched ? found : NULL;
    bool right = shown && cases[i].expected ? strcmp(shown, cases[i].expected) == 0 : shown == cases[i].expected;
    printf("%-24s %-32s %s%s%s%s\n", cases[i].pattern, cases[i].text, matched ? "'" : "", error ? error : matched ? found : "no match",
           matched ? "'" : "", right ? "" : "  WRONG");
    wrong += !right;
  }
  return wrong;
}
