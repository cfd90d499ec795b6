#include "inline.h"
int fromOther(Shape &shape) {
  Square other(2);
  return shape.area() + other.area() + (int)twice<long>(1) + next() + (name()[0] == 'i');
}
int notNeeded() { return Square(9).area() + twice<int>(4); }
