// Products of two matrices of 64 x 64 f64, n times: the sum of the last one.
static double a[4096], b[4096], c[4096];

unsigned kernel(unsigned n) {
  unsigned i, j, k;
  double sum;
  for (i = 0; i < 4096; i++) {
    a[i] = (double)(i % 7);
    b[i] = (double)(i % 5);
  }
  while (n != 0) {
    for (i = 0; i < 64; i++) {
      for (j = 0; j < 64; j++) {
        sum = 0.0;
        for (k = 0; k < 64; k++) sum = sum + a[i * 64 + k] * b[k * 64 + j];
        c[i * 64 + j] = sum;
      }
    }
    n--;
  }
  sum = 0.0;
  for (i = 0; i < 4096; i++) sum = sum + c[i];
  return (unsigned)sum;
}
