//! __tls_size is the address behind the thread-local variables in place of their size.
//! clang -matomics -mbulk-memory
//! link --shared-memory --max-memory=16777216
//! zig 0.16.0: wrong
//! zig 0.17.1: wrong
//! f() = 4
_Thread_local int t = 5;
int f(void) {
  t++;
  return __builtin_wasm_tls_size();
}
