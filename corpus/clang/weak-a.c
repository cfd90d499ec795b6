// Weak definitions and references, hidden and used symbols, an alias.
int choose(void) __attribute__((weak));
int choose(void) { return 1; }
int absent(void) __attribute__((weak));
extern int missing __attribute__((weak));
__attribute__((visibility("hidden"))) extern int secret(int);
extern int other_name(int);
__attribute__((export_name("weakness"))) int weakness(void) {
  int x = choose();
  if (absent) x += absent();
  if (&missing) x += missing;
  return x + secret(7) * 10 + other_name(3) * 1000;
}
