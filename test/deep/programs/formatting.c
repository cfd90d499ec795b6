/*
 * printf and its relatives with every conversion, scanf, strtol, strtod, qualifiers and corner values; a report of a ledger.
 * For a linker: variadic calls, the largest part of the C library with its tables, 128-bit floats of the runtime library.
 */
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int lines;

__attribute__((format(printf, 2, 3))) static void line(const char *what, const char *format, ...) {
  char text[200];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  printf("%-10s |%s| %d\n", what, text, length);
  lines++;
}

static void integers(void) {
  line("d", "%d %i %5d|%-5d|%05d %+d % d", 0, -1, 42, 42, 42, 42, 42);
  line("limits", "%d %d %u", INT_MAX, INT_MIN, UINT_MAX);
  line("64", "%lld %lld %llu", LLONG_MAX, LLONG_MIN, ULLONG_MAX);
  line("sizes", "%hhd %hd %ld %zu %td %jd", (signed char)300, (short)70000, 5L, (size_t)6, (ptrdiff_t)-7, (intmax_t)8);
  line("hex", "%x %X %#x %#010x %o %#o", 0xbeefu, 0xbeefu, 0xbeefu, 0xbeefu, 8u, 8u);
  line("precision", "%.5d %8.3d %-8.3d| %.0d|", 42, 42, 42, 0);
  line("star", "%*d|%-*d|%.*d", 6, 7, 6, 7, 4, 7);
  line("inttypes", "%" PRId64 " %" PRIx32 " %" PRIu8, INT64_C(-9000000000), UINT32_C(0xffffffff), (uint8_t)200);
  line("binary", "%c%c%c %%", 'a', 98, '\x63');
}

static void strings(void) {
  line("s", "%s %10s|%-10s|%.3s|%10.2s|", "text", "right", "left", "cutoff", "abc");
  static const char no_end[3] = {'x', 'y', 'z'};
  line("no end", "%.3s", no_end);
  line("null ptr", "%d", printf("%s", "") == 0);
  line("n$", "%2$s %1$s", "world", "hello");
}

static void floats(void) {
  line("f", "%f %.2f %10.3f|%-10.1f|%+.0f %#.0f", 3.14159265, 2.675, -1.5, 0.25, 2.5, 3.0);
  line("e", "%e %.3E %g %G %g %g", 12345.678, 0.00012345, 100000.0, 1e-10, 1e6, 0.0001);
  line("a", "%a %A %.2a", 1.0, 0.1, 255.75);
  line("special", "%f %f %F %g", INFINITY, -INFINITY, INFINITY, -0.0);
  line("extreme", "%g %g %g %g", DBL_MAX, DBL_MIN, DBL_EPSILON, 4.9406564584124654e-324);
  line("exact", "%.20f %.17g %.17g", 0.1, 0.1, 1.0 / 3);
  line("large", "%.0f", 1e22);
  line("float", "%.9g %.9g", (double)FLT_MAX, (double)0.1f);
}

static void reading(void) {
  int a, b, count;
  unsigned hex;
  double x;
  char word[16], set[16], c;
  count = sscanf("12 -34 0xff 2.5e3 hello, [abc] z", "%d %d %x %lf %15[^,], [%15[a-c]] %c", &a, &b, &hex, &x, word, set, &c);
  line("sscanf", "%d: %d %d %u %g %s %s %c", count, a, b, hex, x, word, set, c);
  count = sscanf("7 apples", "%d %d", &a, &b);
  line("partial", "%d: %d", count, a);
  char *end;
  line("strtol", "%ld %ld %ld", strtol("0x7fz", &end, 0), strtol("-0777", NULL, 8), strtol("zz", NULL, 36));
  errno = 0;
  long long big = strtoll("99999999999999999999", &end, 10);
  line("overflow", "%lld %s", big, errno == ERANGE ? "ERANGE" : "no error");
  line("strtod", "%g %g %g %g", strtod("1e400", NULL), strtod("0x1.8p3", NULL), strtod("-inf", NULL), strtod("12abc", &end));
  line("rest", "%s", end);
  line("atof", "%.15g %d", atof("3.141592653589793238462643"), atoi("  -42xyz"));
}

static void buffers(void) {
  char small[8];
  int needed = snprintf(small, sizeof small, "%s-%d", "truncated", 12345);
  line("snprintf", "%s %d", small, needed);
  line("counting", "%d", snprintf(NULL, 0, "%0*d", 50, 1));
  char text[64] = "a,b;;c d";
  char *save, *part = strtok_r(text, ",; ", &save);
  for (; part; part = strtok_r(NULL, ",; ", &save)) line("token", "%s", part);
  line("strerror", "%s", strerror(ENOENT));
}

static void ledger(void) {
  static const struct {
    const char *item;
    int count;
    long cents;
  } rows[] = {{"Bolts", 1200, 4}, {"Hinge, brass", 12, 1999}, {"Door", 1, 12500}, {"Refund", 1, -2550}};
  long long total = 0;
  printf("%-14s %6s %10s %12s\n", "item", "count", "each", "sum");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    long long sum = (long long)rows[i].count * rows[i].cents;
    total += sum;
    printf("%-14.14s %6d %7ld.%02ld %12.2f\n", rows[i].item, rows[i].count, rows[i].cents / 100, labs(rows[i].cents) % 100, (double)sum / 100);
  }
  printf("%s%0*lld.%02lld\n", "total ", 30, total / 100, total % 100);
}

static void dates(void) {
  char text[64];
  static const time_t times[] = {0, 951782400, 1700000000, -1};
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    struct tm *tm = gmtime(&times[i]);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a day %j", tm);
    line("date", "%s", text);
  }
}

static void floor_functions(void) {
  line("math", "%g %g %g %g", floor(-2.5), ceil(-2.5), trunc(-2.5), rint(2.5));
  line("pow", "%.12g %.12g %.12g", pow(2, 0.5), exp(1), log(10));
  line("fmod", "%g %g %.12g", fmod(10, 3), fmod(-10, 3), sin(1) * sin(1) + cos(1) * cos(1));
  volatile long double third = 1.0L / 3, large = 1e300L;
  line("long", "%.15g %d %g", (double)(third * 3 - 1), large * large > 1e308L, (double)(large * 1e-290L));
}

int main(void) {
  integers();
  strings();
  floats();
  reading();
  buffers();
  ledger();
  dates();
  floor_functions();
  fprintf(stderr, "%d lines\n", lines);
  fflush(NULL);
  exit(lines);
}
