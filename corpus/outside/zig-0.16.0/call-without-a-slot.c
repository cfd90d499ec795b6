//! An object without reference types calls through the table, and no function is in it: the module has no table.
//! clang -mcpu=mvp -mbulk-memory
//! zig 0.16.0: invalid
//! zig 0.17.1: invalid
//! f() = 7
static int (*volatile p)(void);
int f(void) { return p ? p() : 7; }
