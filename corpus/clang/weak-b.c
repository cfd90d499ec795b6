int choose(void) { return 2; }
__attribute__((visibility("hidden"))) int secret(int x) { return x - 1; }
static int own(int x) { return x * 3; }
extern int other_name(int) __attribute__((alias("own")));
__attribute__((used)) int kept(void) { return 99; }
__attribute__((retain, used, section("keep"))) int kept_datum = 5;
