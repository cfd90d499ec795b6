/*
 * SHA-256, HMAC and PBKDF2 over it, with test vectors, and a 64-bit mixer.
 * For a linker: large constant tables, rotations and shifts, structures passed by address.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const uint32_t k256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

struct sha256 {
  uint32_t state[8];
  uint64_t length;
  unsigned char block[64];
  unsigned used;
};

static uint32_t rotate(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void compress(struct sha256 *s) {
  uint32_t w[64], v[8];
  for (int i = 0; i < 16; i++) {
    const unsigned char *b = s->block + 4 * i;
    w[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
  }
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  memcpy(v, s->state, sizeof v);
  for (int i = 0; i < 64; i++) {
    uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
    uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k256[i] + w[i];
    uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
    uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof *v);
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) s->state[i] += v[i];
}

static void sha256_init(struct sha256 *s) {
  static const struct sha256 fresh = {{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
                                      0, {0}, 0};
  *s = fresh;
}

static void sha256_update(struct sha256 *s, const void *data, size_t size) {
  const unsigned char *bytes = data;
  s->length += size;
  while (size > 0) {
    size_t part = 64 - s->used < size ? 64 - s->used : size;
    memcpy(s->block + s->used, bytes, part);
    s->used += part;
    bytes += part;
    size -= part;
    if (s->used == 64) {
      compress(s);
      s->used = 0;
    }
  }
}

static void sha256_final(struct sha256 *s, unsigned char out[32]) {
  uint64_t bits = s->length * 8;
  unsigned char pad = 0x80;
  do {
    sha256_update(s, &pad, 1);
    pad = 0;
  } while (s->used != 56);
  unsigned char tail[8];
  for (int i = 0; i < 8; i++) tail[i] = (unsigned char)(bits >> (56 - 8 * i));
  sha256_update(s, tail, 8);
  for (int i = 0; i < 32; i++) out[i] = (unsigned char)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

static void hmac(const void *key, size_t key_size, const void *data, size_t size, unsigned char out[32]) {
  unsigned char block[64] = {0};
  struct sha256 s;
  if (key_size > 64) {
    sha256_init(&s);
    sha256_update(&s, key, key_size);
    sha256_final(&s, block);
  } else {
    memcpy(block, key, key_size);
  }
  for (int pass = 0; pass < 2; pass++) {
    unsigned char padded[64];
    for (int i = 0; i < 64; i++) padded[i] = block[i] ^ (pass ? 0x5c : 0x36);
    sha256_init(&s);
    sha256_update(&s, padded, 64);
    sha256_update(&s, pass ? out : data, pass ? 32 : size);
    sha256_final(&s, out);
  }
}

static void pbkdf2(const char *password, const char *salt, int rounds, unsigned char out[32]) {
  unsigned char u[32], first[64];
  size_t length = strlen(salt);
  memcpy(first, salt, length);
  memcpy(first + length, "\0\0\0\1", 4);
  hmac(password, strlen(password), first, length + 4, u);
  memcpy(out, u, 32);
  for (int i = 1; i < rounds; i++) {
    hmac(password, strlen(password), u, 32, u);
    for (int j = 0; j < 32; j++) out[j] ^= u[j];
  }
}

static int failures;

static void check(const char *what, const unsigned char digest[32], const char *expected) {
  char hex[65];
  for (int i = 0; i < 32; i++) sprintf(hex + 2 * i, "%02x", digest[i]);
  int same = strcmp(hex, expected) == 0;
  printf("%-12s %s %s\n", what, hex, same ? "ok" : "WRONG");
  failures += !same;
}

/* A 64-bit mixer (splitmix64 and rotations), for wide multiplications and shifts. */
static uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return (x ^ x >> 31) << 17 | (x ^ x >> 31) >> 47;
}

int main(void) {
  struct sha256 s;
  unsigned char digest[32];
  static const struct {
    const char *what, *text, *expected;
  } vectors[] = {
      {"empty", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
  };
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
    sha256_init(&s);
    sha256_update(&s, vectors[i].text, strlen(vectors[i].text));
    sha256_final(&s, digest);
    check(vectors[i].what, digest, vectors[i].expected);
  }
  sha256_init(&s);
  char line[97];
  memset(line, 'a', sizeof line);
  for (int left = 100000; left > 0; left -= 97) sha256_update(&s, line, left < 97 ? (size_t)left : 97);
  sha256_final(&s, digest);
  check("100000 x a", digest, "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee");
  hmac("Jefe", 4, "what do ya want for nothing?", 28, digest);
  check("hmac", digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  memset(line, 0xaa, sizeof line);
  hmac(line, 97, "a long key", 10, digest);
  check("hmac long", digest, "095348c39c7889bcb0b391740ba77c7e685a0b251fd1cf87697e66b95f98bb4a");
  pbkdf2("password", "salt", 2, digest);
  check("pbkdf2", digest, "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43");
  uint64_t x = 1, sum = 0;
  for (int i = 0; i < 1000; i++) sum += (x = mix(x)) % 1000003;
  printf("mix %016llx sum %llu\n", (unsigned long long)x, (unsigned long long)sum);
  return failures;
}
