/*
 * Arithmetic on numbers of any length: sums, products, long division, powers, roots, primality, digits of pi.
 * For a linker: 64-bit multiplication and division, calls of the compiler's runtime library (128-bit products).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMBS = 160 };

struct big {
  int size;
  uint32_t limbs[LIMBS]; /* least significant first; limbs[size - 1] != 0 */
};

static struct big small(uint32_t value) {
  struct big b = {value != 0, {value}};
  return b;
}

static void trim(struct big *a) {
  while (a->size > 0 && a->limbs[a->size - 1] == 0) a->size--;
}

static int compare(const struct big *a, const struct big *b) {
  if (a->size != b->size) return a->size < b->size ? -1 : 1;
  for (int i = a->size - 1; i >= 0; i--) {
    if (a->limbs[i] != b->limbs[i]) return a->limbs[i] < b->limbs[i] ? -1 : 1;
  }
  return 0;
}

static void push(struct big *a, uint32_t limb) {
  if (a->size == LIMBS) {
    puts("number too long");
    exit(9);
  }
  a->limbs[a->size++] = limb;
}

static struct big add(const struct big *a, const struct big *b) {
  struct big sum = {0, {0}};
  uint64_t carry = 0;
  for (int i = 0; i < a->size || i < b->size || carry; i++) {
    carry += (i < a->size ? a->limbs[i] : 0) + (uint64_t)(i < b->size ? b->limbs[i] : 0);
    push(&sum, (uint32_t)carry);
    carry >>= 32;
  }
  return sum;
}

/* a - b, where a >= b. */
static struct big subtract(const struct big *a, const struct big *b) {
  struct big difference = *a;
  int64_t borrow = 0;
  for (int i = 0; i < a->size; i++) {
    borrow += (int64_t)a->limbs[i] - (i < b->size ? b->limbs[i] : 0);
    difference.limbs[i] = (uint32_t)borrow;
    borrow >>= 32;
  }
  trim(&difference);
  return difference;
}

static struct big multiply(const struct big *a, const struct big *b) {
  struct big product = {a->size + b->size, {0}};
  if (product.size > LIMBS) {
    puts("product too long");
    exit(9);
  }
  for (int i = 0; i < a->size; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < b->size; j++) {
      carry += (uint64_t)a->limbs[i] * b->limbs[j] + product.limbs[i + j];
      product.limbs[i + j] = (uint32_t)carry;
      carry >>= 32;
    }
    product.limbs[i + b->size] = (uint32_t)carry;
  }
  trim(&product);
  return product;
}

static uint32_t divide_small(struct big *a, uint32_t by) {
  uint64_t rest = 0;
  for (int i = a->size - 1; i >= 0; i--) {
    rest = rest << 32 | a->limbs[i];
    a->limbs[i] = (uint32_t)(rest / by);
    rest %= by;
  }
  trim(a);
  return (uint32_t)rest;
}

/* Bit by bit: slow and hard to get wrong. */
static struct big divide(const struct big *a, const struct big *b, struct big *rest) {
  struct big quotient = {a->size, {0}};
  *rest = small(0);
  for (int bit = a->size * 32 - 1; bit >= 0; bit--) {
    *rest = add(rest, rest);
    if (a->limbs[bit / 32] >> (bit % 32) & 1) {
      struct big one = small(1);
      *rest = add(rest, &one);
    }
    if (compare(rest, b) >= 0) {
      *rest = subtract(rest, b);
      quotient.limbs[bit / 32] |= 1u << (bit % 32);
    }
  }
  trim(&quotient);
  return quotient;
}

static struct big power(uint32_t base, int exponent) {
  struct big result = small(1), factor = small(base);
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = multiply(&result, &factor);
    if (exponent > 1) factor = multiply(&factor, &factor);
  }
  return result;
}

static const char *decimal(struct big a) {
  static char text[LIMBS * 10 + 1];
  char *at = text + sizeof text - 1;
  *at = 0;
  do {
    uint32_t part = divide_small(&a, 1000000000);
    for (int i = 0; i < 9 && (a.size > 0 || part > 0); i++, part /= 10) *--at = (char)('0' + part % 10);
  } while (a.size > 0);
  return *at ? at : "0";
}

static struct big parse(const char *text) {
  struct big result = small(0), ten = small(10);
  for (; *text; text++) {
    struct big digit = small((uint32_t)(*text - '0'));
    result = multiply(&result, &ten);
    result = add(&result, &digit);
  }
  return result;
}

static struct big square_root(const struct big *a) {
  struct big x = power(2, (a->size * 32 + 1) / 2), rest;
  for (;;) {
    struct big next = divide(a, &x, &rest);
    next = add(&next, &x);
    divide_small(&next, 2);
    if (compare(&next, &x) >= 0) return x;
    x = next;
  }
}

/* Products of 128 bits: the compiler calls its runtime library for the remainder. */
static uint64_t multiply_mod(uint64_t a, uint64_t b, uint64_t m) { return (uint64_t)((unsigned __int128)a * b % m); }

static int is_prime(uint64_t n) {
  static const uint64_t witnesses[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  for (int i = 0; i < 12; i++) {
    if (n % witnesses[i] == 0) return n == witnesses[i];
  }
  int twos = __builtin_ctzll(n - 1);
  for (int i = 0; i < 12; i++) {
    uint64_t x = 1, factor = witnesses[i];
    for (uint64_t e = (n - 1) >> twos; e > 0; e >>= 1) {
      if (e & 1) x = multiply_mod(x, factor, n);
      factor = multiply_mod(factor, factor, n);
    }
    int composite = x != 1 && x != n - 1;
    for (int k = 1; k < twos && composite; k++) {
      x = multiply_mod(x, x, n);
      composite = x != n - 1;
    }
    if (composite) return 0;
  }
  return 1;
}

/* scale * arctan(1 / x), by its series. */
static struct big arctan(uint32_t x, const struct big *scale) {
  struct big power_of_x = *scale, positive = small(0), negative = small(0);
  divide_small(&power_of_x, x);
  for (uint32_t k = 1; power_of_x.size > 0; k += 2) {
    struct big term = power_of_x, *sum = k % 4 == 1 ? &positive : &negative;
    divide_small(&term, k);
    *sum = add(sum, &term);
    divide_small(&power_of_x, x * x);
  }
  return subtract(&positive, &negative);
}

/* Machin's formula; ten digits more than are shown take the errors of rounding. */
static struct big digits_of_pi(int count) {
  struct big scale = power(10, count + 10), sixteen = small(16), four = small(4);
  struct big a = arctan(5, &scale), b = arctan(239, &scale);
  a = multiply(&a, &sixteen);
  b = multiply(&b, &four);
  a = subtract(&a, &b);
  divide_small(&a, 1000000000);
  divide_small(&a, 10);
  return a;
}

int main(void) {
  struct big factorial = small(1), a = small(0), b = small(1), rest;
  for (uint32_t i = 2; i <= 100; i++) {
    struct big factor = small(i);
    factorial = multiply(&factorial, &factor);
  }
  printf("100! = %s\n", decimal(factorial));
  for (int i = 0; i < 500; i++) {
    struct big next = add(&a, &b);
    a = b;
    b = next;
  }
  printf("fibonacci(500) = %s\n", decimal(a));
  struct big p = power(2, 521), one = small(1);
  p = subtract(&p, &one);
  printf("2^521 - 1 = %s\n", decimal(p));
  struct big quotient = divide(&factorial, &p, &rest);
  struct big back = multiply(&quotient, &p);
  back = add(&back, &rest);
  printf("100! / (2^521 - 1) = %s, back %s\n", decimal(quotient), compare(&back, &factorial) == 0 ? "equal" : "DIFFERENT");
  struct big two = parse("20000000000000000000000000000000000000000000000000000000000000000000000000000000000");
  printf("root = %s\n", decimal(square_root(&two)));
  printf("zero %s, one %s\n", decimal(small(0)), decimal(subtract(&factorial, &factorial).size == 0 ? small(1) : small(0)));
  int primes = 0;
  for (uint64_t n = 18446744073709551615u; primes < 3; n -= 2) {
    if (!is_prime(n)) continue;
    printf("prime %llu\n", (unsigned long long)n);
    primes++;
  }
  printf("pi %s\n", decimal(digits_of_pi(100)));
  return compare(&back, &factorial) == 0 ? 0 : 1;
}
