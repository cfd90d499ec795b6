//! A function with two names is exported under the last of them alone.
//! exports f g
//! zig 0.16.0: missing f
//! zig 0.17.1: missing f
//! f() = 7
int f(void) { return 7; }
int g(void) __attribute__((alias("f")));
