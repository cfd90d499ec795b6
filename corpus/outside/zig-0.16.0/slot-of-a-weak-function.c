//! The address of a weak function whose place one of another object takes is that of a wrong function: f calls itself until the stack ends.
//! zig 0.16.0: wrong
//! zig 0.17.1: wrong
//! f() = 7
__attribute__((weak)) int g(void) { return 1; }
static int (*volatile p)(void) = g;
int f(void) { return p(); }
// --- second object
int g(void) { return 7; }
