//! A variable that must be kept (`used`, `retain`: its symbol is not to be stripped) is dropped where nothing refers to it.
//! zig 0.16.0: wrong
//! zig 0.17.1: wrong
//! f() = 7
__attribute__((used, retain)) static const unsigned kept[2] = { 0x5eed0001u, 0x0ddf00d5u };
int f(void) {
  const unsigned *end = (const unsigned *)(__builtin_wasm_memory_size(0) * 65536u - 8);
  for (const unsigned *p = (const unsigned *)64; p < end; p++)
    if (p[0] == 0x5eed0001u && p[1] == 0x0ddf00d5u) return 7;
  return 0;
}
