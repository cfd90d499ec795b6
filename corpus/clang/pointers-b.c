const char *const words[] = {"object", "linker", "sm", "wasm"};
int numbers[4] = {1, 2, 30, 4};
int twice(int x) { return 2 * x; }
int thrice(int x) { return 3 * x; }
int unused(int x) { return x ? unused(x - 1) + numbers[3] : (int)words[3][0]; }
