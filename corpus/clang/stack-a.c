// Frames on the stack, structures by pointer, variable arguments, a switch with a jump table, long constants.
struct pair {
  int a, b;
  double c;
};
extern struct pair make(int, ...);
__attribute__((noinline)) static int pick(int n) {
  switch (n) {
  case 0: return 11;
  case 1: return 7;
  case 2: return 30;
  case 3: return 2;
  case 4: return 5;
  default: return -1;
  }
}
volatile int three = 3;
__attribute__((export_name("frames"))) int frames(void) {
  struct pair p = make(2, three, 4);
  char buffer[64];
  for (int i = 0; i < 64; i++) buffer[i] = (char)(i * three);
  return p.a * 100 + p.b * 10 + (int)p.c + pick(three) + buffer[three];
}
