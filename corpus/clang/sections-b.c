struct node {
  struct node *next;
  int value;
};
struct node end = {0, 3};
struct node begin = {&end, 2};
int elsewhere(const char *text) {
  int sum = 0;
  for (struct node *n = &begin; n; n = n->next) sum += n->value;
  while (*text) sum += *text++;
  return sum;
}
int dead5(int x) { return elsewhere("x") * x; }
