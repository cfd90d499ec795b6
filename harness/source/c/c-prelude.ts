/**
 * What a file of C begins with: functions for what C and clang have no operator and no freestanding builtin for.
 *
 * Each is exact: `fmod` by long division of the significands, `round` half away from zero, `min` and `max` as docs/air.md says.
 */

const forFloats = (bits: 32 | 64): string => {
  const [type, word, suffix] = bits === 32 ? ['float', 'unsigned', 'f'] : ['double', 'unsigned long long', ''];
  return `static inline ${word} air_bits${bits}(${type} x) { ${word} r; __builtin_memcpy(&r, &x, sizeof r); return r; }
static inline ${type} air_float${bits}(${word} x) { ${type} r; __builtin_memcpy(&r, &x, sizeof r); return r; }
static inline ${type} air_min${bits}(${type} a, ${type} b) {
    if (a != a) return b;
    if (b != b) return a;
    if (a == b) return __builtin_signbit(a) ? a : b;
    return a < b ? a : b;
}
static inline ${type} air_max${bits}(${type} a, ${type} b) {
    if (a != a) return b;
    if (b != b) return a;
    if (a == b) return __builtin_signbit(a) ? b : a;
    return a > b ? a : b;
}
static inline ${type} air_round${bits}(${type} x) {
    ${type} t = __builtin_elementwise_trunc(x);
    ${type} d = __builtin_fabs${suffix}(x - t);
    return d >= 0.5${suffix} ? t + __builtin_copysign${suffix}(1.0${suffix}, x) : t;
}
static inline ${type} air_fmod${bits}(${type} x, ${type} y) { return (${type})air_fmod(x, y); }
static inline ${type} air_mod${bits}(${type} x, ${type} y) {
    ${type} r = air_fmod${bits}(x, y);
    return r == 0 || !__builtin_signbit(r) == !__builtin_signbit(y) ? r : r + y;
}
`;
};

/** Ends with a line break. */
export const C_PRELUDE = `#pragma STDC FP_CONTRACT OFF
static double air_fmod(double x, double y) {
    unsigned long long sign = 1ull << 63, hidden = 1ull << 52, a, b;
    __builtin_memcpy(&a, &x, 8);
    __builtin_memcpy(&b, &y, 8);
    unsigned long long s = a & sign, r;
    a &= ~sign;
    b &= ~sign;
    if (b == 0 || x - x != 0 || y != y) return __builtin_nan("");
    if (a < b) return x;
    int ea = (int)(a >> 52), eb = (int)(b >> 52);
    a &= hidden - 1;
    b &= hidden - 1;
    if (ea == 0) ea = 1; else a |= hidden;
    if (eb == 0) eb = 1; else b |= hidden;
    for (; a < hidden; ea--) a <<= 1;
    for (; b < hidden; eb--) b <<= 1;
    for (; ea > eb; ea--) {
        if (a >= b) a -= b;
        a <<= 1;
    }
    if (a >= b) a -= b;
    if (a != 0) {
        for (; a < hidden; ea--) a <<= 1;
        a = ea > 0 ? (a - hidden) | (unsigned long long)ea << 52 : a >> (1 - ea);
    }
    r = a | s;
    __builtin_memcpy(&x, &r, 8);
    return x;
}
${forFloats(32)}${forFloats(64)}static inline unsigned __int128 air_bswap128(unsigned __int128 x) {
    return (unsigned __int128)__builtin_bswap64((unsigned long long)x) << 64 | __builtin_bswap64((unsigned long long)(x >> 64));
}
static inline unsigned __int128 air_bitreverse128(unsigned __int128 x) {
    return (unsigned __int128)__builtin_bitreverse64((unsigned long long)x) << 64 | __builtin_bitreverse64((unsigned long long)(x >> 64));
}
`;
