//! An archive without a table of long names, as `zig ar` makes it where all names are short, is refused.
//! zig 0.16.0: refused MissingTableName
//! zig 0.17.1: refused MissingTableName
//! f() = 7
int g(void);
int f(void) { return g(); }
// --- archive
int g(void) { return 7; }
