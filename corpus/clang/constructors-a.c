// Constructors with and without a priority.
volatile int record;
void note(int id) { record = record * 7 + id; }
__attribute__((constructor)) static void last(void) { note(3); }
__attribute__((constructor(101))) static void early(void) { note(1); }
__attribute__((export_name("constructed"))) int constructed(void) { return record; }
