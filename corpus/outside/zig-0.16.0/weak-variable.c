//! A variable that is weak is not replaced by one of another object that is not.
//! zig 0.16.0: wrong
//! zig 0.17.1: wrong
//! f() = 7
__attribute__((weak)) int v = 1;
int f(void) { return v; }
// --- second object
int v = 7;
