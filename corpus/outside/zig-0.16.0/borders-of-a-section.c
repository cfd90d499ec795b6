//! `__start_NAME` and `__stop_NAME` are unknown.
//! zig 0.16.0: refused undefined data: __start_my_section
//! zig 0.17.1: refused undefined data: __start_my_section
//! f() = 7
__attribute__((section("my_section"), used)) int q = 7;
extern int __start_my_section[], __stop_my_section[];
int f(void) { return __stop_my_section - __start_my_section == 1 ? *__start_my_section : 0; }
