//! A function that no object defines becomes an import of the host, though nothing asks for that (--import-symbols).
//! zig 0.16.0: linked
//! zig 0.17.1: linked
//! f() is refused undefined symbol: g
int g(void);
int f(void) { return g(); }
