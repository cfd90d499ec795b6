/* Threads by wasi-threads: the host starts wasi_thread_start (start.s) in an instance of its own over the same memory. */
#include "pthread.h"
#include <errno.h>
#include <stdlib.h>

#define STACK 262144

struct pthread {
  _Atomic int done;
  char *stack_top; /* start.s reads this and the next */
  char *tls;
  void *(*run)(void *);
  void *argument;
  void *result;
  char *block;
};

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int wasi_thread_spawn(struct pthread *);

/*
 * The program's entry calls the constructors by name. In one that does not, linkers wrap each export, the entry of
 * threads too, in constructors and destructors.
 */
void __wasm_call_ctors(void);
int __main_void(void);

__attribute__((export_name("_start"))) void _start(void) {
  __wasm_call_ctors();
  exit(__main_void());
}

static struct pthread first;
static _Thread_local struct pthread *self = &first;

static void wait_while(_Atomic int *at, int value) { __builtin_wasm_memory_atomic_wait32((int *)at, value, -1); }
static void wake(_Atomic int *at, unsigned count) { __builtin_wasm_memory_atomic_notify((int *)at, count); }

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  (void)attributes;
  size_t align = __builtin_wasm_tls_align() < 16 ? 16 : __builtin_wasm_tls_align();
  struct pthread *made = calloc(1, sizeof *made);
  if (made == NULL) return EAGAIN;
  made->block = malloc(__builtin_wasm_tls_size() + align + STACK + 16);
  if (made->block == NULL) return EAGAIN;
  made->tls = (char *)(((size_t)made->block + align - 1) & -align);
  made->stack_top = (char *)(((size_t)made->tls + __builtin_wasm_tls_size() + STACK + 15) & -(size_t)16);
  made->run = run;
  made->argument = argument;
  *thread = made;
  return wasi_thread_spawn(made) < 0 ? EAGAIN : 0;
}

/* Called by start.s once the stack and the thread-locals are there. */
void run_thread(int id, struct pthread *thread) {
  (void)id;
  self = thread;
  thread->result = thread->run(thread->argument);
  thread->done = 1;
  wake(&thread->done, ~0u);
}

int pthread_join(pthread_t thread, void **result) {
  while (!thread->done) wait_while(&thread->done, 0);
  if (result != NULL) *result = thread->result;
  /* The block stays: the thread may still be on its stack. */
  return 0;
}

pthread_t pthread_self(void) { return self; }

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
  (void)attributes;
  mutex->state = 0;
  return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex) { return mutex->state == 0 ? 0 : EBUSY; }

int pthread_mutex_lock(pthread_mutex_t *mutex) {
  int free = 0;
  if (__c11_atomic_compare_exchange_strong(&mutex->state, &free, 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return 0;
  while (__c11_atomic_exchange(&mutex->state, 2, __ATOMIC_SEQ_CST) != 0) wait_while(&mutex->state, 2);
  return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
  if (__c11_atomic_exchange(&mutex->state, 0, __ATOMIC_SEQ_CST) == 2) wake(&mutex->state, 1);
  return 0;
}

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
  (void)attributes;
  condition->turn = 0;
  return 0;
}

int pthread_cond_destroy(pthread_cond_t *condition) {
  (void)condition;
  return 0;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  int turn = condition->turn;
  pthread_mutex_unlock(mutex);
  wait_while(&condition->turn, turn);
  return pthread_mutex_lock(mutex);
}

int pthread_cond_signal(pthread_cond_t *condition) {
  condition->turn++;
  wake(&condition->turn, 1);
  return 0;
}

int pthread_cond_broadcast(pthread_cond_t *condition) {
  condition->turn++;
  wake(&condition->turn, ~0u);
  return 0;
}
