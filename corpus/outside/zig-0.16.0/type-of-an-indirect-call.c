//! A call through the table whose type is no function's in the module gets type 0: the linker writes the types of functions alone.
//! zig 0.16.0: invalid
//! zig 0.17.1: invalid
//! f() = 7
static long long g(long long a) { return a + 2; }
long long (*volatile p)(long long) = g;
double (*volatile q)(double);
int f(void) { return q ? (int)q(1) : (int)p(5); }
