// Heap sort of 4096 numbers of a linear congruence, n times: a sum that depends on their order.
static unsigned items[4096];

unsigned kernel(unsigned n) {
  unsigned i, x = 1, y, end, start, root, child;
  while (n != 0) {
    for (i = 0; i < 4096; i++) {
      x = x * 1664525 + 1013904223;
      items[i] = x;
    }
    start = 2048;
    end = 4096;
    while (end > 1) {
      if (start != 0) {
        start--;
      } else {
        end--;
        y = items[end];
        items[end] = items[0];
        items[0] = y;
      }
      root = start;
      child = root * 2 + 1;
      while (child < end) {
        if (child + 1 < end && items[child] < items[child + 1]) child++;
        if (items[root] < items[child]) {
          y = items[root];
          items[root] = items[child];
          items[child] = y;
          root = child;
          child = root * 2 + 1;
        } else {
          child = end;
        }
      }
    }
    n--;
  }
  y = 0;
  for (i = 0; i < 4096; i++) y = y * 31 + items[i];
  return y;
}
