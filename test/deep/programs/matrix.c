/*
 * Numbers with fractions: LU decomposition, inverse, QR and Jacobi eigenvalues, Fourier transform, Runge-Kutta, float and
 * double. For a linker: constants of both widths in data, calls of the math library.
 */
#include <complex.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { N = 5 };

typedef double matrix[N][N];

static const matrix hilbert_like = {{4, 1, 0.5, 0.25, 0.125},
                                    {1, 5, 1, 0.5, 0.25},
                                    {0.5, 1, 6, 1, 0.5},
                                    {0.25, 0.5, 1, 7, 1},
                                    {0.125, 0.25, 0.5, 1, 8}};

static void print_matrix(const char *name, const matrix m) {
  printf("%s\n", name);
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) printf(" %9.5f", m[i][j] + 0.0);
    putchar('\n');
  }
}

static void multiply(const matrix a, const matrix b, matrix out) {
  matrix result;
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) sum += a[i][k] * b[k][j];
      result[i][j] = sum;
    }
  }
  memcpy(out, result, sizeof result);
}

/* In place, with pivots; returns the sign of the permutation, or 0. */
static int decompose(matrix m, int *rows) {
  int sign = 1;
  for (int i = 0; i < N; i++) rows[i] = i;
  for (int k = 0; k < N; k++) {
    int pivot = k;
    for (int i = k + 1; i < N; i++) {
      if (fabs(m[i][k]) > fabs(m[pivot][k])) pivot = i;
    }
    if (m[pivot][k] == 0) return 0;
    if (pivot != k) {
      double row[N];
      memcpy(row, m[k], sizeof row);
      memcpy(m[k], m[pivot], sizeof row);
      memcpy(m[pivot], row, sizeof row);
      int r = rows[k];
      rows[k] = rows[pivot];
      rows[pivot] = r;
      sign = -sign;
    }
    for (int i = k + 1; i < N; i++) {
      m[i][k] /= m[k][k];
      for (int j = k + 1; j < N; j++) m[i][j] -= m[i][k] * m[k][j];
    }
  }
  return sign;
}

static void solve(const matrix lu, const int *rows, const double *b, double *x) {
  for (int i = 0; i < N; i++) {
    x[i] = b[rows[i]];
    for (int j = 0; j < i; j++) x[i] -= lu[i][j] * x[j];
  }
  for (int i = N - 1; i >= 0; i--) {
    for (int j = i + 1; j < N; j++) x[i] -= lu[i][j] * x[j];
    x[i] /= lu[i][i];
  }
}

static int eigenvalues(matrix m, double *values) {
  int rotations = 0;
  for (int sweep = 0; sweep < 30; sweep++) {
    double off = 0;
    for (int p = 0; p < N; p++) {
      for (int q = p + 1; q < N; q++) off += m[p][q] * m[p][q];
    }
    if (off < 1e-24) break;
    for (int p = 0; p < N; p++) {
      for (int q = p + 1; q < N; q++) {
        if (fabs(m[p][q]) < 1e-300) continue;
        double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
        double t = copysign(1, theta) / (fabs(theta) + sqrt(theta * theta + 1));
        double c = 1 / sqrt(t * t + 1), s = t * c;
        for (int k = 0; k < N; k++) {
          double a = m[k][p], b = m[k][q];
          m[k][p] = c * a - s * b;
          m[k][q] = s * a + c * b;
        }
        for (int k = 0; k < N; k++) {
          double a = m[p][k], b = m[q][k];
          m[p][k] = c * a - s * b;
          m[q][k] = s * a + c * b;
        }
        rotations++;
      }
    }
  }
  for (int i = 0; i < N; i++) {
    int at = i;
    for (; at > 0 && values[at - 1] > m[i][i]; at--) values[at] = values[at - 1];
    values[at] = m[i][i];
  }
  return rotations;
}

static void fourier(double complex *v, int n, int sign) {
  for (int i = 1, j = 0; i < n; i++) {
    int bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      double complex t = v[i];
      v[i] = v[j];
      v[j] = t;
    }
  }
  for (int size = 2; size <= n; size *= 2) {
    double angle = sign * 2 * 3.14159265358979323846 / size;
    for (int k = 0; k < n; k += size) {
      for (int j = 0; j < size / 2; j++) {
        double complex w = cos(angle * j) + I * sin(angle * j);
        double complex even = v[k + j], odd = v[k + j + size / 2] * w;
        v[k + j] = even + odd;
        v[k + j + size / 2] = even - odd;
      }
    }
  }
}

/* A swinging pendulum; returns its energy. */
static double pendulum(double angle, double step, int count, double *final) {
  double y[2] = {angle, 0};
  for (int i = 0; i < count; i++) {
    double k[4][2];
    for (int stage = 0; stage < 4; stage++) {
      double h = stage == 0 ? 0 : stage == 3 ? step : step / 2;
      double a = y[0] + (stage ? h * k[stage - 1][0] : 0), v = y[1] + (stage ? h * k[stage - 1][1] : 0);
      k[stage][0] = v;
      k[stage][1] = -sin(a);
    }
    for (int j = 0; j < 2; j++) y[j] += step / 6 * (k[0][j] + 2 * k[1][j] + 2 * k[2][j] + k[3][j]);
  }
  *final = y[0];
  return y[1] * y[1] / 2 - cos(y[0]);
}

static float single_precision(void) {
  float sum = 0, correction = 0;
  for (int i = 1; i <= 10000; i++) { /* Kahan's summation */
    float term = 1.0f / (float)i - correction;
    volatile float next = sum + term;
    correction = (next - sum) - term;
    sum = next;
  }
  return sum;
}

static uint64_t bits(double x) {
  uint64_t b;
  memcpy(&b, &x, sizeof b);
  return b;
}

int main(void) {
  matrix lu, inverse, product;
  int rows[N], failures = 0;
  memcpy(lu, hilbert_like, sizeof lu);
  int sign = decompose(lu, rows);
  double determinant = sign;
  for (int i = 0; i < N; i++) determinant *= lu[i][i];
  for (int j = 0; j < N; j++) {
    double unit[N] = {0}, column[N];
    unit[j] = 1;
    solve(lu, rows, unit, column);
    for (int i = 0; i < N; i++) inverse[i][j] = column[i];
  }
  print_matrix("inverse", inverse);
  multiply(hilbert_like, inverse, product);
  double worst = 0;
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) worst = fmax(worst, fabs(product[i][j] - (i == j)));
  }
  printf("determinant %.6f, product with the inverse is %s\n", determinant, worst < 1e-12 ? "one" : "WRONG");
  failures += worst >= 1e-12;

  matrix symmetric;
  double values[N], trace = 0, sum = 0, expected = 1;
  memcpy(symmetric, hilbert_like, sizeof symmetric);
  int rotations = eigenvalues(symmetric, values);
  printf("eigenvalues");
  for (int i = 0; i < N; i++) {
    printf(" %.6f", values[i]);
    trace += hilbert_like[i][i];
    sum += values[i];
    expected *= values[i];
  }
  printf("\nrotations %s, trace %s, determinant %s\n", rotations > 10 && rotations < 100 ? "plausible" : "odd",
         fabs(trace - sum) < 1e-9 ? "agrees" : "DIFFERS", fabs(expected - determinant) < 1e-6 ? "agrees" : "DIFFERS");

  matrix singular = {{1, 2}, {2, 4}};
  printf("singular: %d\n", decompose(singular, rows));

  double complex signal[64], copy[64];
  for (int i = 0; i < 64; i++) signal[i] = copy[i] = sin(2 * 3.14159265358979323846 * 5 * i / 64) + 0.5 * cos(2 * 3.14159265358979323846 * 12 * i / 64);
  fourier(signal, 64, -1);
  for (int i = 0; i < 32; i++) {
    if (cabs(signal[i]) > 1e-9) printf("frequency %d: %.4f\n", i, cabs(signal[i]) / 32);
  }
  fourier(signal, 64, 1);
  double error = 0;
  for (int i = 0; i < 64; i++) error = fmax(error, cabs(signal[i] / 64 - copy[i]));
  printf("back: %s\n", error < 1e-12 ? "equal" : "DIFFERENT");
  failures += error >= 1e-12;

  double final, energy = pendulum(1, 0.01, 1000, &final);
  printf("pendulum %.8f, energy %s\n", final, fabs(energy + cos(1)) < 1e-9 ? "kept" : "LOST");
  printf("harmonic sum %.4f\n", (double)single_precision());
  printf("bits %016llx %016llx %016llx\n", (unsigned long long)bits(1.0 / 3), (unsigned long long)bits(-0.0), (unsigned long long)bits(sqrt(2)));
  printf("round %ld %ld %g, hypot %g, minimum %d, next %.17g\n", lrint(2.5), lround(2.5), nearbyint(-0.5), hypot(3, 4),
         isnormal(DBL_MIN) && !isnormal(DBL_MIN / 2), nextafter(1, 2));
  printf("casts %d %u %lld\n", (int)-2.9, (unsigned)3e9, (long long)-1e18);
  return failures;
}
