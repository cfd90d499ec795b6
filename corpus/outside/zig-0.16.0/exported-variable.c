//! --export of a variable is ignored without a word.
//! exports f x
//! zig 0.16.0: missing x
//! zig 0.17.1: missing x
//! f() = 7
int x = 7;
int f(void) { return x; }
