/* zstd with its own pool of threads: one text compressed by one thread and by four, decompressed by four of our own. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include "common/xxhash.h"
#include "zstd.h"

#define SIZE (3 << 20)
#define READERS 4

static char *text, *packed;
static size_t packed_size;
static pthread_mutex_t lock;
static unsigned finished;
static pthread_t readers[READERS];

/* Each thread has these: one that begins with a value, one that begins with zeros. */
static _Thread_local unsigned long long sum = 1000;
static _Thread_local unsigned char seen[256];

static void write_text(void) {
  static const char *const words[] = {"linker ", "object ", "thread ", "memory ", "symbol\n", "segment ", "table, ", "0123"};
  unsigned long long state = 88172645463325252ull;
  for (size_t at = 0; at < SIZE;) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    const char *word = words[state >> 40 & 7];
    for (; *word != 0 && at < SIZE; word++) text[at++] = *word + (state >> 60 == 0);
  }
}

static size_t compress(int workers, char *to, size_t room) {
  ZSTD_CCtx *context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  size_t set = ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, workers);
  if (ZSTD_isError(set)) printf("%d workers: %s\n", workers, ZSTD_getErrorName(set));
  if (workers > 0) ZSTD_CCtx_setParameter(context, ZSTD_c_jobSize, 512 << 10);
  size_t size = ZSTD_compress2(context, to, room, text, SIZE);
  if (ZSTD_isError(size)) printf("%d workers: %s\n", workers, ZSTD_getErrorName(size));
  ZSTD_freeCCtx(context);
  return size;
}

static void *read_back(void *number) {
  size_t id = (size_t)number;
  char *copy = malloc(SIZE);
  size_t size = ZSTD_decompress(copy, SIZE, packed, packed_size);
  errno = (int)id;
  for (size_t at = id; at < size; at += READERS) sum += copy[at], seen[(unsigned char)copy[at]] = 1;
  for (int byte = 0; byte < 256; byte++) sum += (unsigned long long)seen[byte] << 40;
  pthread_mutex_lock(&lock);
  finished++;
  pthread_mutex_unlock(&lock);
  unsigned long long *result = malloc(sizeof *result);
  int good = size == SIZE && memcmp(copy, text, SIZE) == 0 && errno == (int)id && pthread_self() == readers[id];
  *result = good ? sum : 0;
  free(copy);
  return result;
}

int main(void) {
  text = malloc(SIZE);
  size_t room = ZSTD_compressBound(SIZE);
  packed = malloc(room);
  write_text();
  for (int workers = 0; workers <= 4; workers += 4) {
    packed_size = compress(workers, packed, room);
    printf("%d workers: %zu bytes, %016llx\n", workers, packed_size, (unsigned long long)XXH64(packed, packed_size, 0));
  }
  for (size_t id = 0; id < READERS; id++) {
    if (pthread_create(&readers[id], NULL, read_back, (void *)id) != 0) printf("no thread %zu\n", id);
  }
  unsigned long long all = 0;
  for (size_t id = 0; id < READERS; id++) {
    void *result;
    pthread_join(readers[id], &result);
    printf("reader %zu: %llu\n", id, *(unsigned long long *)result);
    all += *(unsigned long long *)result;
  }
  printf("%u finished, %llu, here %llu\n", finished, all, sum);
  return finished == READERS && sum == 1000 ? 37 : 1;
}
