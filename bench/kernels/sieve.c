// The primes below 65536, n times: how many there are.
static unsigned char marks[65536];

unsigned kernel(unsigned n) {
  unsigned i, j, count = 0;
  while (n != 0) {
    for (i = 0; i < 65536; i++) marks[i] = 1;
    count = 0;
    for (i = 2; i < 65536; i++) {
      if (marks[i] != 0) {
        count++;
        for (j = i + i; j < 65536; j += i) marks[j] = 0;
      }
    }
    n--;
  }
  return count;
}
