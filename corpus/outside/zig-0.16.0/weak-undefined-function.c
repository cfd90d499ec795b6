/* Zig's linker takes a weak function that nobody defines for an error (0.16.0 and 0.17.1); LLD gives it the address 0, and f() is 7. */
extern int nowhere(void) __attribute__((weak));

__attribute__((export_name("f"))) int f(void) { return nowhere ? nowhere() : 7; }
