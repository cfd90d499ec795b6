//! A weak function that nobody defines is taken for an error; LLD gives it the address 0.
//! zig 0.16.0: refused undefined function: nowhere
//! zig 0.17.1: refused undefined function: nowhere
//! f() = 7
extern int nowhere(void) __attribute__((weak));
int f(void) { return nowhere ? nowhere() : 7; }
