//! An archive without a table of symbols breaks the linker.
//! zig 0.16.0: crash
//! zig 0.17.1: crash
//! f() = 7
int g(void);
int f(void) { return g(); }
// --- archive without an index
int g(void) { return 7; }
