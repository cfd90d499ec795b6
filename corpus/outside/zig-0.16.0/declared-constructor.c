//! A constructor that its object declares and another one defines is refused.
//! zig 0.16.0: refused init_func symbol 'init' not a function
//! zig 0.17.1: refused init_func symbol 'init' not a function
//! f() = 7
void init(void);
__attribute__((section(".init_array"), used)) static void (*const p)(void) = init;
int f(void) { return 7; }
// --- second object
void init(void) {}
