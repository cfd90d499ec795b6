// One section for each function and datum, most of them needed by nobody, with debug information for all.
static int chain3(int x) { return x + 1; }
int chain2(int x) { return chain3(x) * 2; }
int dead1(int x) { return chain2(x) + 5; }
int dead2 = 77;
int *dead3 = &dead2;
const char *dead4(void) { return "nobody reads this"; }
extern int elsewhere(const char *);
__attribute__((export_name("sections"))) int sections(void) { return elsewhere("abc") + chain2(4); }
