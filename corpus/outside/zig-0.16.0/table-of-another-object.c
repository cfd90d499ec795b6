//! A table that another object defines is not found.
//! clang -mreference-types
//! zig 0.16.0: refused undefined table: t
//! zig 0.17.1: refused undefined table: t
//! f() = 7
__asm__(".tabletype t, funcref\n.globl h\n.type h,@function\nh:\n.functype h () -> (i32)\ntable.size t\nend_function\n");
int h(void);
int f(void) { return h() + 7; }
// --- second object
__asm__(".globl t\n.tabletype t, funcref\nt:\n");
