//! An archive whose index has an odd size, with the byte that fills it up behind it, as members have it, is refused.
//! zig 0.16.0: refused MissingTableName
//! zig 0.17.1: refused MissingTableName
//! f() = 7
int g(void);
int f(void) { return g(); }
// --- archive with an index of odd size
int g(void) { return 7; }
int gg(void) { return 8; }
