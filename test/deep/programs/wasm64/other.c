/* The other unit of main.c: what is reached from another object. */
int other_data[4] = {10, 20, 30, 40};
static const char *const texts[] = {"alpha", "beta", "gamma"};

__attribute__((noinline)) int other_call(int (*fn)(int), int x) { return fn(x) + 1; }
__attribute__((noinline)) const char *other_text(int n) { return texts[n]; }
