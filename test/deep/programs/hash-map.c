/*
 * A hash map with open addressing, tombstones and growth; keys are strings, values count words. Compared with a slow map.
 * For a linker: malloc and free (heap symbols), a function pointer kept in data, a table of constants.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint32_t (*hash_function)(const char *key);

struct slot {
  char *key; /* NULL: never used; tombstone: was used */
  int value;
};

struct map {
  struct slot *slots;
  uint32_t capacity; /* a power of two */
  uint32_t used;     /* entries and tombstones */
  uint32_t count;
  hash_function hash;
};

static char tombstone[1];

static uint32_t fnv1a(const char *key) {
  uint32_t h = 2166136261u;
  for (; *key; key++) h = (h ^ (unsigned char)*key) * 16777619u;
  return h;
}

static uint32_t djb2(const char *key) {
  uint32_t h = 5381;
  for (; *key; key++) h = h * 33 + (unsigned char)*key;
  return h;
}

/* The worst function there is: everything is in one chain. */
static uint32_t constant(const char *key) {
  (void)key;
  return 7;
}

static const struct {
  const char *name;
  hash_function function;
} functions[] = {{"fnv1a", fnv1a}, {"djb2", djb2}, {"constant", constant}};

static void init(struct map *m, hash_function hash) {
  *m = (struct map){calloc(8, sizeof(struct slot)), 8, 0, 0, hash};
}

static struct slot *find(const struct map *m, const char *key, struct slot **free_slot) {
  uint32_t mask = m->capacity - 1;
  struct slot *reusable = NULL;
  for (uint32_t i = m->hash(key) & mask;; i = (i + 1) & mask) {
    struct slot *s = &m->slots[i];
    if (!s->key) {
      if (free_slot) *free_slot = reusable ? reusable : s;
      return NULL;
    }
    if (s->key == tombstone) {
      if (!reusable) reusable = s;
    } else if (strcmp(s->key, key) == 0) {
      return s;
    }
  }
}

static void grow(struct map *m) {
  struct map bigger = *m;
  /* Many tombstones and few entries: the same size does. */
  if (m->count * 2 > m->capacity) bigger.capacity *= 2;
  bigger.slots = calloc(bigger.capacity, sizeof(struct slot));
  bigger.used = bigger.count;
  for (uint32_t i = 0; i < m->capacity; i++) {
    struct slot *from = &m->slots[i], *to;
    if (!from->key || from->key == tombstone) continue;
    find(&bigger, from->key, &to);
    *to = *from;
  }
  free(m->slots);
  *m = bigger;
}

static int *at(struct map *m, const char *key) {
  struct slot *slot = NULL;
  struct slot *found = find(m, key, &slot);
  if (found) return &found->value;
  if ((m->used + 1) * 4 > m->capacity * 3) {
    grow(m);
    find(m, key, &slot);
  }
  if (!slot->key) m->used++;
  m->count++;
  size_t size = strlen(key) + 1;
  slot->key = memcpy(malloc(size), key, size);
  slot->value = 0;
  return &slot->value;
}

static int erase(struct map *m, const char *key) {
  struct slot *found = find(m, key, NULL);
  if (!found) return 0;
  free(found->key);
  found->key = tombstone;
  m->count--;
  return 1;
}

static void destroy(struct map *m) {
  for (uint32_t i = 0; i < m->capacity; i++) {
    if (m->slots[i].key != tombstone) free(m->slots[i].key);
  }
  free(m->slots);
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const struct slot *)a)->key, ((const struct slot *)b)->key);
}

static void print_sorted(const struct map *m) {
  struct slot *all = malloc(m->count * sizeof *all);
  uint32_t n = 0;
  for (uint32_t i = 0; i < m->capacity; i++) {
    if (m->slots[i].key && m->slots[i].key != tombstone) all[n++] = m->slots[i];
  }
  qsort(all, n, sizeof *all, by_key);
  for (uint32_t i = 0; i < n; i++) printf("%s:%d%c", all[i].key, all[i].value, i + 1 < n ? ' ' : '\n');
  free(all);
}

static uint32_t random_state;

static uint32_t random_below(uint32_t bound) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % bound;
}

/* Random operations on the map and on a plain array; returns the number of differences. */
static int compare_with_array(hash_function hash, uint32_t keys, int steps, uint32_t *capacity) {
  struct map m;
  init(&m, hash);
  int *expected = malloc(keys * sizeof *expected); /* -1: absent */
  memset(expected, 0xff, keys * sizeof *expected);
  int differences = 0;
  random_state = 1;
  for (int step = 0; step < steps; step++) {
    uint32_t k = random_below(keys);
    char key[16];
    snprintf(key, sizeof key, "key-%u", (unsigned)k);
    if (random_below(3) == 0) {
      differences += erase(&m, key) != (expected[k] >= 0);
      expected[k] = -1;
    } else {
      *at(&m, key) += step;
      expected[k] = expected[k] < 0 ? step : expected[k] + step;
      differences += *at(&m, key) != expected[k];
    }
  }
  uint32_t count = 0;
  for (uint32_t k = 0; k < keys; k++) {
    char key[16];
    snprintf(key, sizeof key, "key-%u", (unsigned)k);
    struct slot *found = find(&m, key, NULL);
    differences += found ? found->value != expected[k] : expected[k] >= 0;
    count += expected[k] >= 0;
  }
  differences += count != m.count;
  *capacity = m.capacity;
  destroy(&m);
  free(expected);
  return differences;
}

int main(void) {
  char text[] = "the quick brown fox jumps over the lazy dog and the dog does not mind the fox at all";
  struct map words;
  init(&words, fnv1a);
  for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) ++*at(&words, word);
  print_sorted(&words);
  printf("erase fox: %d, again: %d, the: %d, count %u\n", erase(&words, "fox"), erase(&words, "fox"), *at(&words, "the"),
         (unsigned)words.count);
  destroy(&words);

  int differences = 0;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    uint32_t capacity;
    int steps = functions[i].function == constant ? 2000 : 20000;
    int d = compare_with_array(functions[i].function, 300, steps, &capacity);
    printf("%s: %d differences, capacity %u, hash of \"wasm\" %08x\n", functions[i].name, d, (unsigned)capacity,
           (unsigned)functions[i].function("wasm"));
    differences += d;
  }
  return differences == 0 ? 0 : 1;
}
