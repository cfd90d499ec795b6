// For engines of 2017: the function table has no symbol.
extern int plus(int);
extern int minus(int);
int (*volatile operation)(int) = plus;
__attribute__((export_name("legacy"))) int legacy(void) {
  int x = operation(10);
  operation = minus;
  return x * 100 + operation(10);
}
