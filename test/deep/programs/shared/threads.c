/*
 * Two instances of one module over one shared memory: data is initialised once, constructors run once, and each instance has
 * its own block of thread-local variables and its own stack. Freestanding: the C library of the sysroot is built for one thread.
 * For a linker: shared memory, passive segments, `__wasm_init_memory` with its flag, `__wasm_init_tls`, exported globals.
 */
typedef unsigned int u32;

void __wasm_call_ctors(void);

static int data[1000] = {[0] = 5, [999] = 7};
static int zeros[1000];
static const char text[] = "read-only text";
static int constructed;
static int arrived[4];

static _Thread_local int own = 11;
static _Thread_local int own_zeros[8];
static _Thread_local _Alignas(32) struct {
  char letter;
  const char *text;
  int *data;
} own_record = {'x', text + 5, &data[999]};

__attribute__((constructor)) static void construct(void) {
  __atomic_add_fetch(&constructed, 1, __ATOMIC_SEQ_CST);
  data[1] = data[0] + 4;
}

/* One instance calls this, before the others do anything. */
__attribute__((export_name("_initialize"))) void _initialize(void) { __wasm_call_ctors(); }

/* Waits until `count` instances have come to meeting `which`. */
__attribute__((export_name("meet"))) void meet(int which, int count) {
  if (__atomic_add_fetch(&arrived[which], 1, __ATOMIC_SEQ_CST) == count) {
    __builtin_wasm_memory_atomic_notify(&arrived[which], (u32)-1);
    return;
  }
  for (;;) {
    int seen = __atomic_load_n(&arrived[which], __ATOMIC_SEQ_CST);
    if (seen >= count) return;
    __builtin_wasm_memory_atomic_wait32(&arrived[which], seen, -1);
  }
}

/* Deep enough to need a stack in memory. */
__attribute__((noinline)) static int descend(int depth) {
  volatile int frame[16];
  for (int i = 0; i < 16; i++) frame[i] = depth + i;
  return depth == 0 ? frame[15] : descend(depth - 1) + (frame[depth & 15] == depth + (depth & 15));
}

/* Changes shared and own variables; returns the own sum. */
__attribute__((export_name("work"))) int work(int id, int rounds) {
  for (int i = 0; i < rounds; i++) {
    own += id;
    own_zeros[i & 7]++;
    __atomic_add_fetch(&data[2], 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&zeros[500], id, __ATOMIC_SEQ_CST);
    if (descend(20) != 35) return -1;
  }
  return own;
}

enum what { OWN, OWN_ZEROS, OWN_RECORD, OWN_ALIGNMENT, CONSTRUCTED, DATA_0, DATA_1, DATA_2, DATA_999, ZEROS };

/* The value of one variable, seen from the calling instance. */
__attribute__((export_name("look"))) int look(enum what what) {
  switch (what) {
  case OWN: return own;
  case OWN_ZEROS: return own_zeros[0] * 100 + own_zeros[7];
  case OWN_RECORD: return own_record.letter == 'x' && own_record.text[0] == 'o' && *own_record.data == 7;
  case OWN_ALIGNMENT: return (int)((__UINTPTR_TYPE__)&own_record % 32);
  case CONSTRUCTED: return constructed;
  case DATA_0: return data[0];
  case DATA_1: return data[1];
  case DATA_2: return __atomic_load_n(&data[2], __ATOMIC_SEQ_CST);
  case DATA_999: return data[999];
  case ZEROS: return __atomic_load_n(&zeros[500], __ATOMIC_SEQ_CST);
  }
  return -1;
}

__attribute__((export_name("own_address"))) __UINTPTR_TYPE__ own_address(void) { return (__UINTPTR_TYPE__)&own; }
