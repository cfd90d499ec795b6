//! A global whose object says under which name the host has it is refused as undefined; a function of the host is not.
//! host gg = 7
//! zig 0.16.0: refused undefined global: gg
//! zig 0.17.1: refused undefined global: gg
//! f() = 7
__asm__(".globaltype gg, i32, immutable\n.import_module gg, host\n.import_name gg, gg\n"
        ".globl h\n.type h,@function\nh:\n.functype h () -> (i32)\nglobal.get gg\nend_function\n");
int h(void);
int f(void) { return h(); }
