//! The same of the address of a variable of another object, which such an object reads out of a global (GOT.mem).
//! clang -fPIC
//! zig 0.16.0: refused undefined global: y
//! zig 0.17.1: refused undefined global: y
//! f() = 7
extern int y;
int f(void) { return y; }
// --- second object
int y = 7;
