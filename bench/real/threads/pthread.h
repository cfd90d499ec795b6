/* The part of POSIX threads that the threaded programs use, for a wasi-libc that has none (threads.c). */
#ifndef PTHREAD_H
#define PTHREAD_H
#include <stddef.h>

typedef struct pthread *pthread_t;
typedef struct {
  int unused;
} pthread_attr_t;
typedef struct {
  _Atomic int state; /* 0 free, 1 held, 2 held and waited for */
} pthread_mutex_t;
typedef struct {
  int unused;
} pthread_mutexattr_t;
typedef struct {
  _Atomic int turn;
} pthread_cond_t;
typedef struct {
  int unused;
} pthread_condattr_t;

int pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int pthread_join(pthread_t, void **);
pthread_t pthread_self(void);
int pthread_mutex_init(pthread_mutex_t *, const pthread_mutexattr_t *);
int pthread_mutex_destroy(pthread_mutex_t *);
int pthread_mutex_lock(pthread_mutex_t *);
int pthread_mutex_unlock(pthread_mutex_t *);
int pthread_cond_init(pthread_cond_t *, const pthread_condattr_t *);
int pthread_cond_destroy(pthread_cond_t *);
int pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *);
int pthread_cond_signal(pthread_cond_t *);
int pthread_cond_broadcast(pthread_cond_t *);
#endif
