//! The symbol `__heap_base` breaks the linker.
//! zig 0.16.0: crash
//! f() = 7
extern char __heap_base;
int f(void) { return (int)&__heap_base > 0 ? 7 : 0; }
