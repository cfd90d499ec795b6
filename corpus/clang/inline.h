struct Shape {
  virtual int area() const { return 0; }
};
struct Square : Shape {
  int side;
  explicit Square(int s) : side(s) {}
  int area() const override { return side * side; }
};
template <class T> __attribute__((noinline)) T twice(T x) { return x * 2; }
inline int shared = 40;
__attribute__((noinline)) inline int next() {
  static int count = 0;
  return ++count > 0;
}
inline const char *name() { return "inline"; }
