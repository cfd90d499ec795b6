/*
 * An inflate decoder (RFC 1951): stored, fixed and dynamic blocks; checked by CRC-32 and against a text made here.
 * For a linker: constant byte arrays of odd sizes, tables filled at run time, 16-bit loads and stores.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const unsigned char stored[] = {
    1, 15, 0, 240, 255, 115, 116, 111, 114, 101, 100, 32, 97, 115, 32, 105, 116, 32, 105, 115};
static const unsigned char fixed_codes[] = {
    75, 203, 172, 72, 77, 81, 72, 206, 79, 73, 45, 214, 81, 72, 195, 193, 81, 72, 204, 75, 81, 72, 84, 200, 201, 44,
    41, 201, 73, 85, 200, 205, 47, 74, 85, 200, 79, 67, 86, 0, 0};
static const unsigned char dynamic_codes[] = {
    149, 86, 217, 106, 196, 48, 16, 123, 159, 175, 200, 175, 237, 26, 211, 134, 230, 128, 36, 20, 246, 239, 11, 107,
    59, 107, 105, 52, 134, 190, 196, 196, 199, 92, 146, 198, 190, 30, 207, 37, 79, 215, 251, 187, 230, 117, 63, 94,
    211, 153, 191, 214, 188, 93, 211, 153, 211, 53, 239, 91, 155, 118, 171, 101, 44, 211, 86, 44, 28, 121, 217, 211,
    227, 125, 234, 113, 164, 239, 249, 55, 223, 86, 186, 165, 101, 222, 126, 242, 49, 157, 175, 245, 185, 47, 232,
    187, 44, 89, 59, 84, 183, 180, 223, 122, 176, 238, 189, 186, 208, 85, 2, 38, 162, 169, 22, 186, 21, 206, 231,
    118, 93, 71, 202, 195, 48, 248, 58, 220, 155, 202, 175, 247, 130, 145, 67, 205, 208, 18, 101, 220, 12, 127, 162,
    40, 81, 114, 84, 96, 10, 1, 235, 162, 40, 187, 90, 6, 45, 225, 14, 6, 15, 35, 59, 28, 192, 138, 140, 0, 131, 13,
    24, 89, 45, 66, 151, 61, 244, 118, 106, 154, 55, 68, 24, 27, 240, 130, 112, 170, 148, 128, 58, 113, 78, 30, 54,
    193, 160, 22, 66, 177, 71, 57, 251, 146, 67, 125, 64, 79, 158, 120, 197, 36, 193, 211, 252, 70, 48, 114, 18, 62,
    100, 19, 24, 213, 195, 72, 203, 144, 182, 84, 112, 131, 26, 220, 35, 177, 203, 241, 67, 130, 103, 146, 147, 195,
    58, 98, 180, 96, 213, 2, 14, 145, 93, 169, 97, 36, 133, 121, 135, 49, 213, 125, 175, 16, 210, 34, 150, 81, 139,
    235, 249, 173, 186, 104, 175, 108, 67, 82, 79, 64, 106, 196, 134, 144, 234, 219, 19, 73, 83, 147, 147, 123, 5,
    238, 250, 4, 74, 189, 12, 188, 251, 74, 50, 60, 232, 197, 0, 217, 242, 253, 71, 251, 113, 238, 108, 112, 72,
    156, 103, 154, 38, 191, 106, 194, 18, 21, 78, 173, 36, 65, 223, 224, 90, 9, 46, 163, 160, 253, 3, 3, 72, 157,
    40, 113, 209, 37, 148, 156, 106, 225, 40, 242, 190, 88, 72, 182, 20, 33, 128, 234, 196, 18, 3, 101, 72, 184,
    216, 159, 32, 61, 18, 14, 157, 32, 193, 176, 34, 93, 139, 51, 199, 112, 170, 176, 244, 226, 212, 18, 231, 55,
    190, 18, 32, 121, 106, 35, 220, 204, 194, 23, 20, 254, 225, 93, 203, 23, 149, 195, 198, 245, 44, 30, 133, 164,
    109, 8, 19, 177, 129, 68, 14, 4, 139, 158, 55, 152, 131, 230, 6, 190, 30, 90, 79, 244, 220, 67, 0, 99, 197, 234,
    139, 93, 191, 59, 6, 189, 129, 91, 149, 122, 133, 142, 167, 92, 87, 236, 53, 222, 49, 87, 222, 13, 20, 4, 138,
    91, 171, 193, 254, 0};

struct huffman {
  uint16_t count[16]; /* codes of each length */
  uint16_t symbol[288];
};

struct stream {
  const unsigned char *in;
  size_t in_size, in_at;
  uint32_t bits;
  int bit_count;
  unsigned char *out;
  size_t out_size, out_at;
  const char *error;
};

static int fail(struct stream *s, const char *why) {
  if (!s->error) s->error = why;
  return 0;
}

static uint32_t take_bits(struct stream *s, int count) {
  while (s->bit_count < count) {
    if (s->in_at == s->in_size) return (uint32_t)fail(s, "input ends too early");
    s->bits |= (uint32_t)s->in[s->in_at++] << s->bit_count;
    s->bit_count += 8;
  }
  uint32_t value = s->bits & ((1u << count) - 1);
  s->bits >>= count;
  s->bit_count -= count;
  return value;
}

static bool build(struct huffman *h, const unsigned char *lengths, int n) {
  uint16_t offsets[16];
  memset(h->count, 0, sizeof h->count);
  for (int i = 0; i < n; i++) h->count[lengths[i]]++;
  int left = 1;
  for (int length = 1; length < 16; length++) {
    left = left * 2 - h->count[length];
    if (left < 0) return false; /* more codes than there is room for */
  }
  offsets[1] = 0;
  for (int length = 1; length < 15; length++) offsets[length + 1] = (uint16_t)(offsets[length] + h->count[length]);
  for (int i = 0; i < n; i++) {
    if (lengths[i]) h->symbol[offsets[lengths[i]]++] = (uint16_t)i;
  }
  return true;
}

static int decode(struct stream *s, const struct huffman *h) {
  int code = 0, first = 0, index = 0;
  for (int length = 1; length < 16; length++) {
    code |= (int)take_bits(s, 1);
    int count = h->count[length];
    if (code - count < first) return h->symbol[index + (code - first)];
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  fail(s, "bad code");
  return 256;
}

static void put(struct stream *s, unsigned char byte) {
  if (s->out_at == s->out_size) fail(s, "output is full");
  else s->out[s->out_at++] = byte;
}

static void codes_block(struct stream *s, const struct huffman *lengths, const struct huffman *distances) {
  static const uint16_t length_base[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                           31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static const uint16_t distance_base[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                             193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  static const uint8_t distance_extra[30] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                             6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
  while (!s->error) {
    int symbol = decode(s, lengths);
    if (symbol == 256) return;
    if (symbol < 256) {
      put(s, (unsigned char)symbol);
      continue;
    }
    symbol -= 257;
    if (symbol >= 29) {
      fail(s, "bad length symbol");
      return;
    }
    int length = length_base[symbol] + (int)take_bits(s, length_extra[symbol]);
    symbol = decode(s, distances);
    if (symbol >= 30) {
      fail(s, "bad distance symbol");
      return;
    }
    size_t distance = distance_base[symbol] + take_bits(s, distance_extra[symbol]);
    if (distance > s->out_at) {
      fail(s, "distance reaches before the output");
      return;
    }
    while (length-- > 0 && !s->error) put(s, s->out[s->out_at - distance]);
  }
}

static void stored_block(struct stream *s) {
  s->bits = 0;
  s->bit_count = 0;
  uint32_t length = take_bits(s, 16), check = take_bits(s, 16);
  if (length != (check ^ 0xffff)) fail(s, "bad length of a stored block");
  while (length-- > 0 && !s->error) put(s, (unsigned char)take_bits(s, 8));
}

static void fixed_block(struct stream *s) {
  static struct huffman lengths, distances;
  static bool built;
  if (!built) {
    unsigned char sizes[288];
    for (int i = 0; i < 288; i++) sizes[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    build(&lengths, sizes, 288);
    memset(sizes, 5, 30);
    build(&distances, sizes, 30);
    built = true;
  }
  codes_block(s, &lengths, &distances);
}

static void dynamic_block(struct stream *s) {
  static const unsigned char order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  struct huffman lengths, distances;
  unsigned char sizes[320] = {0};
  int nlen = (int)take_bits(s, 5) + 257, ndist = (int)take_bits(s, 5) + 1, ncode = (int)take_bits(s, 4) + 4;
  for (int i = 0; i < ncode; i++) sizes[order[i]] = (unsigned char)take_bits(s, 3);
  if (s->error || nlen > 286 || !build(&lengths, sizes, 19)) {
    fail(s, "bad code lengths");
    return;
  }
  int at = 0;
  while (at < nlen + ndist && !s->error) {
    int symbol = decode(s, &lengths);
    if (symbol < 16) {
      sizes[at++] = (unsigned char)symbol;
      continue;
    }
    unsigned char repeated = 0;
    int times = 0;
    if (symbol == 16) {
      if (at > 0) repeated = sizes[at - 1];
      times = 3 + (int)take_bits(s, 2);
    } else {
      times = symbol == 17 ? 3 + (int)take_bits(s, 3) : 11 + (int)take_bits(s, 7);
    }
    if (at + times > nlen + ndist) fail(s, "too many code lengths");
    else while (times-- > 0) sizes[at++] = repeated;
  }
  if (s->error) return;
  if (!build(&lengths, sizes, nlen) || !build(&distances, sizes + nlen, ndist)) fail(s, "over-subscribed codes");
  else codes_block(s, &lengths, &distances);
}

static const char *inflate(struct stream *s) {
  static void (*const blocks[3])(struct stream *) = {stored_block, fixed_block, dynamic_block};
  bool last = false;
  while (!last && !s->error) {
    last = take_bits(s, 1);
    uint32_t type = take_bits(s, 2);
    if (type == 3) fail(s, "unknown kind of block");
    else blocks[type](s);
  }
  return s->error;
}

static uint32_t crc32(const unsigned char *bytes, size_t size) {
  static uint32_t table[256];
  if (!table[1]) {
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t c = i;
      for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
      table[i] = c;
    }
  }
  uint32_t crc = 0xffffffffu;
  while (size-- > 0) crc = table[(crc ^ *bytes++) & 0xff] ^ crc >> 8;
  return ~crc;
}

static size_t make_text(char *out) {
  static const char *const words[8] = {"linker", "symbol", "segment", "relocation", "table", "memory", "archive", "section"};
  uint32_t state = 12345;
  char *at = out;
  for (int i = 0; i < 400; i++) {
    state = state * 1103515245u + 12345u;
    at += sprintf(at, "%s%c", words[state >> 16 & 7], i % 10 == 9 ? '\n' : ' ');
  }
  return (size_t)(at - out);
}

int main(void) {
  static unsigned char out[4096];
  static char text[4096];
  static const struct {
    const char *name;
    const unsigned char *bytes;
    size_t size;
  } inputs[] = {{"stored", stored, sizeof stored}, {"fixed", fixed_codes, sizeof fixed_codes}, {"dynamic", dynamic_codes, sizeof dynamic_codes}};
  int errors = 0;
  for (size_t i = 0; i < 3; i++) {
    struct stream s = {inputs[i].bytes, inputs[i].size, 0, 0, 0, out, sizeof out, 0, NULL};
    const char *error = inflate(&s);
    printf("%s: %zu -> %zu bytes, crc %08x, %s\n", inputs[i].name, inputs[i].size, s.out_at, (unsigned)crc32(out, s.out_at),
           error ? error : "ok");
    if (i < 2) printf("  '%.*s'\n", (int)s.out_at, out);
    errors += error != NULL;
    /* Every truncation must be noticed. */
    int noticed = 0;
    for (size_t size = 0; size < inputs[i].size; size++) {
      struct stream t = {inputs[i].bytes, size, 0, 0, 0, out, sizeof out, 0, NULL};
      noticed += inflate(&t) != NULL;
    }
    printf("  %d of %zu truncations noticed\n", noticed, inputs[i].size);
  }
  struct stream s = {dynamic_codes, sizeof dynamic_codes, 0, 0, 0, out, sizeof out, 0, NULL};
  inflate(&s);
  size_t size = make_text(text);
  int same = size == s.out_at && memcmp(text, out, size) == 0;
  printf("text %s\n", same ? "equal" : "DIFFERENT");
  struct stream small = {dynamic_codes, sizeof dynamic_codes, 0, 0, 0, out, 100, 0, NULL};
  printf("small output: %s\n", inflate(&small));
  return errors + !same;
}
