// Thread-local variables, initialised and not, of two files.
extern _Thread_local int counter;
static _Thread_local int own[3] = {4, 5, 6};
_Thread_local int zeros[5];
volatile int index = 2;
__attribute__((export_name("threads"))) int threads(void) {
  zeros[index]++;
  return counter * 100 + own[index] * 10 + zeros[index] + zeros[index - 1];
}
