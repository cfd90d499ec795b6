/* The second file of thread-locals.c. */
_Thread_local int other_counter = 1000;
_Thread_local short other_array[5] = {-1, -2, -3, -4, -5};

static _Thread_local int steps;

int *address_of_other_counter(void) { return &other_counter; }

int next_in_other(void) {
  steps += 3;
  other_counter += steps;
  return other_counter;
}
