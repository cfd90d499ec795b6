//! The symbol `__data_end` is unknown.
//! zig 0.16.0: refused undefined data: __data_end
//! zig 0.17.1: refused undefined data: __data_end
//! f() = 7
extern char __data_end;
int f(void) { return (int)&__data_end > 0 ? 7 : 0; }
