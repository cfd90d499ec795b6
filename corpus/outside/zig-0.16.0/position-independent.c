//! Objects of -fPIC are refused: the linker does not know __memory_base, which is 0 in a program that is linked statically.
//! clang -fPIC
//! zig 0.16.0: refused undefined global: __memory_base
//! zig 0.17.1: refused undefined global: __memory_base
//! f() = 7
static int x = 7;
int f(void) {
  int *p = &x;
  __asm__("" : "+r"(p));
  return *p;
}
