// n steps of five bodies that attract each other: how far the second one is, in millionths.
static double px[5] = {0.0, 4.84, 8.34, 12.89, 15.37};
static double py[5] = {0.0, -1.16, 4.12, -15.11, -25.9};
static double pz[5] = {0.0, -0.1, -0.4, -0.22, 0.18};
static double vx[5] = {0.0, 0.6, -1.01, 1.08, 0.98};
static double vy[5] = {0.0, 2.81, 1.82, 0.86, 0.59};
static double vz[5] = {0.0, -0.02, 0.008, -0.01, -0.03};
static double mass[5] = {39.47, 0.037, 0.011, 0.0017, 0.002};

unsigned kernel(unsigned n) {
  unsigned i, j;
  double dx, dy, dz, d2, mag;
  while (n != 0) {
    for (i = 0; i < 5; i++) {
      for (j = i + 1; j < 5; j++) {
        dx = px[i] - px[j];
        dy = py[i] - py[j];
        dz = pz[i] - pz[j];
        d2 = dx * dx + dy * dy + dz * dz;
        mag = 0.01 / (d2 * __builtin_sqrt(d2));
        vx[i] = vx[i] - dx * mass[j] * mag;
        vy[i] = vy[i] - dy * mass[j] * mag;
        vz[i] = vz[i] - dz * mass[j] * mag;
        vx[j] = vx[j] + dx * mass[i] * mag;
        vy[j] = vy[j] + dy * mass[i] * mag;
        vz[j] = vz[j] + dz * mass[i] * mag;
      }
    }
    for (i = 0; i < 5; i++) {
      px[i] = px[i] + vx[i] * 0.01;
      py[i] = py[i] + vy[i] * 0.01;
      pz[i] = pz[i] + vz[i] * 0.01;
    }
    n--;
  }
  d2 = px[1] * px[1] + py[1] * py[1] + pz[1] * pz[1];
  return (unsigned)(__builtin_sqrt(d2) * 1000000.0);
}
