_Thread_local int counter = 7;
_Alignas(64) _Thread_local char wide = 1;
__attribute__((export_name("aligned"))) int aligned(void) { return ((int)&wide & 63) + wide; }
