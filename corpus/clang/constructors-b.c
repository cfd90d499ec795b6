extern void note(int);
__attribute__((constructor(200))) static void middle(void) { note(2); }
