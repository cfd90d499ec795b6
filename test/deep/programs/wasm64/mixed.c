/* The C half of a program whose other half is AIR: addresses and slots of functions go both ways, as 64-bit integers. */
typedef unsigned long usize;
#define EXPORT(name) __attribute__((export_name(#name))) name

extern unsigned long air_sum(usize first, usize count);
extern unsigned int air_apply(usize fn, unsigned int x);
extern usize air_adder(void);
extern unsigned int air_table[3];

static unsigned int numbers[5] = {1, 20, 300, 4000, 50000};
static unsigned int negate(unsigned int x) { return -x; }

__attribute__((visibility("default"))) unsigned int c_offset = 7;
usize c_tripler(void);
static unsigned int triple(unsigned int x) { return 3 * x; }
usize c_tripler(void) { return (usize)triple; }

unsigned long EXPORT(sum)(int from) { return air_sum((usize)&numbers[from], 5 - from); }
unsigned int EXPORT(apply)(unsigned int x) { return air_apply((usize)negate, x); }
unsigned int EXPORT(add)(unsigned int x) { return ((unsigned int (*)(unsigned int))air_adder())(x); }
unsigned int EXPORT(entry)(int n) { return air_table[n]; }
