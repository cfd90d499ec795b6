struct pair {
  int a, b;
  double c;
};
struct pair make(int count, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, count);
  struct pair p = {0, 0, 0.5};
  p.a = __builtin_va_arg(list, int);
  p.b = __builtin_va_arg(list, int);
  __builtin_va_end(list);
  p.c += (double)p.b;
  return p;
}
float unusedFloat(float x) { return __builtin_sqrtf(x) * 1.5f; }
