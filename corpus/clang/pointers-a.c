// Pointers in data to strings, data and functions of another file; a table of functions.
extern int twice(int);
extern int thrice(int);
extern const char *const words[];
extern int numbers[4];
static int (*const table[2])(int) = {twice, thrice};
int *const third = &numbers[2];
volatile int one = 1;
__attribute__((export_name("pointers"))) int pointers(void) {
  return table[one](5) * 1000 + words[one][1] + *third + words[one + 1][0];
}
