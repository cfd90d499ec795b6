int plus(int x) { return x + 1; }
int minus(int x) { return x - 1; }
