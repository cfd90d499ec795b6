// Inline functions, inline variables, templates and a class with virtual functions in two files: COMDAT groups.
#include "inline.h"
extern int fromOther(Shape &);
extern "C" __attribute__((export_name("inlined"))) int inlined() {
  Square square(3);
  return fromOther(square) * 100 + twice<long>(2) + shared++ + next();
}
