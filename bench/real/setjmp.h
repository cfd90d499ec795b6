/* What setjmp of wasi-libc's libsetjmp needs; older releases of the headers have none. */
typedef struct { void *words[8]; } jmp_buf[1];
int setjmp(jmp_buf) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf, int);
