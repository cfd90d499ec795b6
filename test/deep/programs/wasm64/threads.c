/*
 * Shared 64-bit memory: passive data, thread-local variables, constructors. Two instances over one memory, one after the
 * other, each with a block and a stack of its own.
 */
typedef unsigned long usize;
#define EXPORT(name) __attribute__((export_name(#name))) name

void __wasm_call_ctors(void);

static int data[1000] = {[0] = 5, [999] = 7};
static int zeros[40000];
static int constructed;
static _Thread_local int own = 11;
static _Thread_local int own_zeros[8];
_Thread_local _Alignas(32) struct {
  char letter;
  int *data;
} own_record = {'x', &data[999]};

__attribute__((constructor)) static void construct(void) { constructed++; }

int EXPORT(construct_all)(void) { return __wasm_call_ctors(), constructed; }
int EXPORT(work)(int id) {
  own += id;
  own_zeros[3]++;
  zeros[39999] += id;
  return own;
}
int EXPORT(look)(int what) {
  switch (what) {
    case 0: return own;
    case 1: return own_zeros[3];
    case 2: return zeros[39999];
    case 3: return data[0] + *own_record.data;
    case 4: return ((usize)&own_record % 32) == 0;
    default: return own_record.letter;
  }
}
usize EXPORT(own_address)(void) { return (usize)&own; }
int EXPORT(add)(int n) { return __atomic_add_fetch(&data[2], n, __ATOMIC_SEQ_CST); }
