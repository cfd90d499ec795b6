/*
 * A JSON parser and printer: recursive descent, values in one arena, a query by path, errors with their positions.
 * For a linker: many small functions that call each other, string constants, one large zero-initialised arena.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct value {
  enum kind kind;
  union {
    bool boolean;
    double number;
    const char *string;
    struct value *first; /* elements or members, linked by next */
  };
  const char *key; /* name of a member */
  struct value *next;
};

static char arena[1 << 16];
static size_t arena_used;

static void *allocate(size_t size) {
  size = (size + 7) & ~(size_t)7;
  if (arena_used + size > sizeof arena) {
    puts("arena exhausted");
    exit(3);
  }
  void *result = arena + arena_used;
  arena_used += size;
  return result;
}

struct parser {
  const char *start;
  const char *at;
  char error[96];
};

static struct value *parse_value(struct parser *p, int depth);

static void *fail(struct parser *p, const char *format, ...) {
  if (p->error[0]) return NULL;
  int used = snprintf(p->error, sizeof p->error, "at %td: ", p->at - p->start);
  va_list args;
  va_start(args, format);
  vsnprintf(p->error + used, sizeof p->error - used, format, args);
  va_end(args);
  return NULL;
}

static void skip_space(struct parser *p) {
  while (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r') p->at++;
}

static struct value *make(enum kind kind) {
  struct value *v = allocate(sizeof *v);
  memset(v, 0, sizeof *v);
  v->kind = kind;
  return v;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static char *put_utf8(char *out, unsigned code) {
  if (code < 0x80) {
    *out++ = (char)code;
  } else if (code < 0x800) {
    *out++ = (char)(0xc0 | code >> 6);
    *out++ = (char)(0x80 | (code & 0x3f));
  } else {
    *out++ = (char)(0xe0 | code >> 12);
    *out++ = (char)(0x80 | (code >> 6 & 0x3f));
    *out++ = (char)(0x80 | (code & 0x3f));
  }
  return out;
}

static const char *parse_text(struct parser *p) {
  static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
  p->at++;
  /* An escape never grows: the text up to the next plain quote is large enough. */
  size_t bound = 1;
  for (const char *c = p->at; *c && *c != '"'; c++) {
    if (*c == '\\' && c[1]) c++, bound++;
    bound++;
  }
  char *text = allocate(bound);
  char *out = text;
  while (*p->at != '"') {
    unsigned char c = (unsigned char)*p->at;
    if (c < 0x20) return fail(p, c ? "control character in a string" : "string without an end");
    if (c != '\\') {
      *out++ = (char)c;
      p->at++;
      continue;
    }
    char escape = *++p->at;
    if (escape == 'u') {
      unsigned code = 0;
      for (int i = 1; i <= 4; i++) {
        int digit = hex_digit(p->at[i]);
        if (digit < 0) return fail(p, "bad \\u escape");
        code = code << 4 | (unsigned)digit;
      }
      out = put_utf8(out, code);
      p->at += 5;
      continue;
    }
    const char *found = NULL;
    for (const char *e = escapes; *e; e += 2) {
      if (*e == escape) found = e + 1;
    }
    if (!found) return fail(p, "unknown escape '%c'", escape);
    *out++ = *found;
    p->at++;
  }
  p->at++;
  *out = 0;
  return text;
}

static struct value *parse_members(struct parser *p, int depth, enum kind kind, char close) {
  struct value *result = make(kind);
  struct value **tail = &result->first;
  p->at++;
  skip_space(p);
  if (*p->at == close) {
    p->at++;
    return result;
  }
  for (;;) {
    const char *key = NULL;
    skip_space(p);
    if (kind == JSON_OBJECT) {
      if (*p->at != '"') return fail(p, "expected a name");
      key = parse_text(p);
      if (!key) return NULL;
      skip_space(p);
      if (*p->at != ':') return fail(p, "expected ':'");
      p->at++;
    }
    struct value *member = parse_value(p, depth + 1);
    if (!member) return NULL;
    member->key = key;
    *tail = member;
    tail = &member->next;
    skip_space(p);
    if (*p->at == close) break;
    if (*p->at != ',') return fail(p, "expected ',' or '%c'", close);
    p->at++;
  }
  p->at++;
  return result;
}

static struct value *parse_word(struct parser *p) {
  static const struct {
    const char *word;
    enum kind kind;
    bool boolean;
  } words[] = {{"null", JSON_NULL, false}, {"true", JSON_BOOL, true}, {"false", JSON_BOOL, false}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t length = strlen(words[i].word);
    if (strncmp(p->at, words[i].word, length) != 0) continue;
    struct value *v = make(words[i].kind);
    v->boolean = words[i].boolean;
    p->at += length;
    return v;
  }
  return fail(p, *p->at ? "unexpected '%c'" : "unexpected end", *p->at);
}

static struct value *parse_value(struct parser *p, int depth) {
  if (depth > 64) return fail(p, "nested too deeply");
  skip_space(p);
  char c = *p->at;
  if (c == '{') return parse_members(p, depth, JSON_OBJECT, '}');
  if (c == '[') return parse_members(p, depth, JSON_ARRAY, ']');
  if (c == '"') {
    const char *text = parse_text(p);
    if (!text) return NULL;
    struct value *v = make(JSON_STRING);
    v->string = text;
    return v;
  }
  if (c == '-' || isdigit((unsigned char)c)) {
    char *end;
    struct value *v = make(JSON_NUMBER);
    v->number = strtod(p->at, &end);
    if (end == p->at) return fail(p, "bad number");
    p->at = end;
    return v;
  }
  return parse_word(p);
}

static void print_text(const char *s) {
  putchar('"');
  for (; *s; s++) {
    if (*s == '"' || *s == '\\') printf("\\%c", *s);
    else if ((unsigned char)*s < 0x20) printf("\\u%04x", *s);
    else putchar(*s);
  }
  putchar('"');
}

static void print_value(const struct value *v) {
  switch (v->kind) {
  case JSON_NULL: fputs("null", stdout); break;
  case JSON_BOOL: fputs(v->boolean ? "true" : "false", stdout); break;
  case JSON_NUMBER: printf("%.10g", v->number); break;
  case JSON_STRING: print_text(v->string); break;
  case JSON_ARRAY:
  case JSON_OBJECT:
    putchar(v->kind == JSON_ARRAY ? '[' : '{');
    for (const struct value *m = v->first; m; m = m->next) {
      if (m != v->first) putchar(',');
      if (m->key) print_text(m->key), putchar(':');
      print_value(m);
    }
    putchar(v->kind == JSON_ARRAY ? ']' : '}');
  }
}

/* Follows a path such as "a.2.b". */
static const struct value *query(const struct value *v, const char *path) {
  while (v && *path) {
    size_t length = strcspn(path, ".");
    const struct value *m = v->kind >= JSON_ARRAY ? v->first : NULL;
    if (v->kind == JSON_ARRAY) {
      for (long skip = strtol(path, NULL, 10); m && skip > 0; skip--) m = m->next;
    } else {
      while (m && (strlen(m->key) != length || strncmp(m->key, path, length) != 0)) m = m->next;
    }
    v = m;
    path += length + (path[length] == '.');
  }
  return v;
}

int main(void) {
  static const char document[] =
      "{ \"name\" : \"gr\\u00f6\\u00dfe \\\"q\\\"\", \"list\": [1, -2.5, 3e3, 1e-7, [], {}],\n"
      "  \"deep\": {\"a\": [{\"b\": null}, {\"b\": [true, false]}]}, \"tab\": \"a\\tb\\u20ac\" }";
  static const char *const broken[] = {"",      "[1,",  "{\"a\" 1}", "[1 2]",       "\"abc",  "tru",
                                       "{1:2}", "-x",   "[1] x",     "\"\\u12g4\"", "\"\\q\"", "[\"\n\"]"};
  struct parser p = {document, document, ""};
  const struct value *root = parse_value(&p, 0);
  if (!root) return printf("%s\n", p.error), 1;
  print_value(root);
  putchar('\n');
  static const char *const paths[] = {"name", "list.2", "deep.a.1.b", "deep.a.1.b.0", "deep.x", "list.17"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    const struct value *found = query(root, paths[i]);
    printf("%s = ", paths[i]);
    if (found) print_value(found);
    else fputs("(none)", stdout);
    putchar('\n');
  }
  int refused = 0;
  for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
    struct parser q = {broken[i], broken[i], ""};
    if (parse_value(&q, 0)) {
      skip_space(&q);
      if (*q.at) fail(&q, "more after the value");
    }
    if (q.error[0]) refused++;
    printf("%zu: %s\n", i, q.error[0] ? q.error : "accepted");
  }
  static char deep[200];
  memset(deep, '[', sizeof deep - 1);
  struct parser d = {deep, deep, ""};
  if (!parse_value(&d, 0)) printf("deep: %s\n", d.error);
  printf("%d refused, arena %s\n", refused, arena_used > 1000 && arena_used < sizeof arena ? "used" : "odd");
  return refused;
}
