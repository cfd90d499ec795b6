//! An object without a section `target_features` is refused.
//! without target_features
//! zig 0.16.0: refused MissingFeatures
//! zig 0.17.1: refused MissingFeatures
//! f() = 7
int f(void) { return 7; }
