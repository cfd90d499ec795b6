//! An object that throws a tag of another object breaks the linker.
//! clang -mexception-handling
//! zig 0.16.0: crash
//! zig 0.17.1: crash
//! f() = 7
__asm__(".tagtype t i32\n.globl g\n.type g,@function\ng:\n.functype g () -> ()\ni32.const 1\nthrow t\nend_function\n");
int f(void) { return 7; }
// --- second object
__asm__(".globl t\n.tagtype t i32\nt:\n");
