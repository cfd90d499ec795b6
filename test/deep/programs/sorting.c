/*
 * Sorting and searching: qsort and bsearch of the library with several comparison functions, beside a heap sort, a merge
 * sort of lists and a radix sort. For a linker: addresses of functions as arguments and in tables, indirect calls.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 500 };

struct person {
  char name[12];
  int age;
  double score;
};

static uint32_t state = 2463534242u;

static uint32_t next_random(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static int ascending(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

static int descending(const void *a, const void *b) { return ascending(b, a); }

static int by_digit_sum(const void *a, const void *b) {
  int sums[2] = {0, 0};
  for (int i = 0; i < 2; i++) {
    for (unsigned n = (unsigned)*(const int *)(i ? b : a); n > 0; n /= 10) sums[i] += (int)(n % 10);
  }
  return sums[0] != sums[1] ? sums[0] - sums[1] : ascending(a, b);
}

static int by_name(const void *a, const void *b) { return strcmp(((const struct person *)a)->name, ((const struct person *)b)->name); }

static int by_age_and_name(const void *a, const void *b) {
  int order = ((const struct person *)a)->age - ((const struct person *)b)->age;
  return order ? order : by_name(a, b);
}

static int by_score(const void *a, const void *b) {
  double x = ((const struct person *)a)->score, y = ((const struct person *)b)->score;
  return x < y ? 1 : x > y ? -1 : by_name(a, b);
}

static int by_length(const void *a, const void *b) {
  const char *const *x = a, *const *y = b;
  size_t m = strlen(*x), n = strlen(*y);
  return m != n ? (m < n ? -1 : 1) : strcmp(*x, *y);
}

typedef int (*compare)(const void *, const void *);

static void heap_sort(int *v, size_t n, compare order) {
  for (size_t end = n, start = n / 2; end > 1;) {
    if (start > 0) {
      start--;
    } else {
      end--;
      int t = v[0];
      v[0] = v[end];
      v[end] = t;
    }
    for (size_t root = start, child; (child = 2 * root + 1) < end; root = child) {
      if (child + 1 < end && order(&v[child], &v[child + 1]) < 0) child++;
      if (order(&v[root], &v[child]) >= 0) break;
      int t = v[root];
      v[root] = v[child];
      v[child] = t;
    }
  }
}

static void radix_sort(int *v, size_t n, compare order) {
  static int other[COUNT];
  (void)order; /* knows one order only */
  for (int shift = 0; shift < 32; shift += 8) {
    size_t starts[257] = {0};
    for (size_t i = 0; i < n; i++) starts[((uint32_t)v[i] >> shift & 0xff ^ (shift == 24 ? 0x80 : 0)) + 1]++;
    for (int i = 0; i < 256; i++) starts[i + 1] += starts[i];
    for (size_t i = 0; i < n; i++) other[starts[(uint32_t)v[i] >> shift & 0xff ^ (shift == 24 ? 0x80 : 0)]++] = v[i];
    memcpy(v, other, n * sizeof *v);
  }
}

struct node {
  int value;
  struct node *next;
};

static struct node *merge(struct node *a, struct node *b, compare order) {
  struct node head, *tail = &head;
  while (a && b) {
    struct node **from = order(&a->value, &b->value) <= 0 ? &a : &b;
    tail = tail->next = *from;
    *from = (*from)->next;
  }
  tail->next = a ? a : b;
  return head.next;
}

static void list_sort(int *v, size_t n, compare order) {
  static struct node nodes[COUNT];
  struct node *runs[16] = {0};
  for (size_t i = 0; i < n; i++) {
    nodes[i] = (struct node){v[i], NULL};
    struct node *run = &nodes[i];
    int level = 0;
    for (; runs[level]; level++) {
      run = merge(runs[level], run, order);
      runs[level] = NULL;
    }
    runs[level] = run;
  }
  struct node *all = NULL;
  for (int level = 0; level < 16; level++) all = runs[level] ? merge(runs[level], all, order) : all;
  for (size_t i = 0; i < n; i++, all = all->next) v[i] = all->value;
}

static void library_sort(int *v, size_t n, compare order) { qsort(v, n, sizeof *v, order); }

static const struct {
  const char *name;
  void (*sort)(int *, size_t, compare);
  bool any_order;
} sorts[] = {{"qsort", library_sort, true}, {"heap", heap_sort, true}, {"list", list_sort, true}, {"radix", radix_sort, false}};

static const struct {
  const char *name;
  compare function;
} orders[] = {{"ascending", ascending}, {"descending", descending}, {"digit sum", by_digit_sum}};

int main(void) {
  static int input[COUNT], expected[COUNT], work[COUNT];
  int failures = 0;
  for (int i = 0; i < COUNT; i++) input[i] = (int)(next_random() % 20001) - 10000;
  for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
    /* The slow way: insertion. */
    for (int i = 0; i < COUNT; i++) {
      int at = i;
      while (at > 0 && orders[o].function(&expected[at - 1], &input[i]) > 0) expected[at] = expected[at - 1], at--;
      expected[at] = input[i];
    }
    printf("%s: %d %d .. %d .. %d\n", orders[o].name, expected[0], expected[1], expected[COUNT / 2], expected[COUNT - 1]);
    for (size_t s = 0; s < sizeof sorts / sizeof *sorts; s++) {
      if (o > 0 && !sorts[s].any_order) continue;
      memcpy(work, input, sizeof work);
      sorts[s].sort(work, COUNT, orders[o].function);
      bool same = memcmp(work, expected, sizeof work) == 0;
      printf("  %s %s\n", sorts[s].name, same ? "ok" : "WRONG");
      failures += !same;
    }
  }

  qsort(work, COUNT, sizeof *work, ascending);
  int found = 0, distinct = 0;
  for (int key = -10000; key <= 10000; key++) found += bsearch(&key, work, COUNT, sizeof *work, ascending) != NULL;
  for (int i = 0; i < COUNT; i++) distinct += i == 0 || work[i] != work[i - 1];
  printf("bsearch finds %d of %d values\n", found, distinct);
  failures += found != distinct;

  struct person people[] = {{"Mira", 41, 7.25}, {"Otto", 19, 9.5},  {"Ada", 36, 9.75}, {"Zoe", 19, 3.0},
                            {"Ben", 41, 7.25},  {"Cleo", 27, -1.0}, {"Dan", 36, 0.0},  {"Eve", 19, 9.5}};
  static const compare person_orders[] = {by_name, by_age_and_name, by_score};
  for (size_t i = 0; i < 3; i++) {
    qsort(people, 8, sizeof *people, person_orders[i]);
    for (int k = 0; k < 8; k++) printf("%s/%d/%g%c", people[k].name, people[k].age, people[k].score, k < 7 ? ' ' : '\n');
  }
  const char *words[] = {"pear", "fig", "banana", "kiwi", "apple", "date", "cherry", "plum"};
  qsort(words, 8, sizeof *words, by_length);
  for (int k = 0; k < 8; k++) printf("%s%c", words[k], k < 7 ? ' ' : '\n');
  return failures;
}
