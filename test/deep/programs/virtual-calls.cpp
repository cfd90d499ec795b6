// Virtual calls: abstract bases, multiple and virtual inheritance, thunks, covariant results, dynamic_cast, typeid,
// pointers to member functions. For a linker: vtables and type information full of function slots and addresses,
// COMDAT groups, weak symbols, relocations with addends into vtables.
#include <cstdio>
#include <cstring>
#include <typeinfo>

namespace {

int alive = 0;

struct Shape {
  Shape() { ++alive; }
  Shape(const Shape &) { ++alive; }
  virtual ~Shape() { --alive; }
  virtual double area() const = 0;
  virtual const char *name() const { return "shape"; }
  virtual Shape *clone() const = 0;
};

struct Printable {
  virtual ~Printable() = default;
  virtual void print(int indent) const = 0;
  int order = 0;
};

struct Circle : Shape {
  explicit Circle(double r) : radius(r) {}
  double area() const override { return 3.25 * radius * radius; } // exact in binary, on purpose
  const char *name() const override { return "circle"; }
  Circle *clone() const override { return new Circle(*this); }
  double radius;
};

struct Rectangle : Shape, Printable {
  Rectangle(double w, double h) : width(w), height(h) { order = 7; }
  double area() const override { return width * height; }
  const char *name() const override { return "rectangle"; }
  Rectangle *clone() const override { return new Rectangle(*this); }
  // Called through Printable: needs an adjusted `this`.
  void print(int indent) const override { std::printf("%*s%g x %g (order %d)\n", indent, "", width, height, order); }
  double width, height;
};

struct Square final : Rectangle {
  explicit Square(double side) : Rectangle(side, side) {}
  const char *name() const override { return "square"; }
  Square *clone() const override { return new Square(*this); }
};

// A diamond with a virtual base.
struct Device {
  explicit Device(int id) : id(id) { std::printf("device %d\n", id); }
  virtual ~Device() { std::printf("~device %d\n", id); }
  virtual int cost() const { return 1; }
  int id;
};
struct Reader : virtual Device {
  Reader() : Device(100) {}
  int cost() const override { return Device::cost() + 10; }
  virtual const char *read() const { return "reads"; }
};
struct Writer : virtual Device {
  Writer() : Device(200) {}
  virtual const char *write() const { return "writes"; }
};
struct Modem : Reader, Writer {
  Modem() : Device(300) {}
  int cost() const override { return Reader::cost() * 2; }
  const char *write() const override { return "sends"; }
};

// A virtual call from a constructor reaches the class under construction.
struct Base {
  Base() { std::printf("in Base: %s\n", who()); }
  virtual ~Base() { std::printf("leaving Base: %s\n", who()); }
  virtual const char *who() const { return "Base"; }
};
struct Derived : Base {
  Derived() { std::printf("in Derived: %s\n", who()); }
  ~Derived() override { std::printf("leaving Derived: %s\n", who()); }
  const char *who() const override { return "Derived"; }
};

class Counter {
public:
  virtual int step(int by) { return value += by; }
  int reset(int to) { return value = to; }
  virtual ~Counter() = default;

protected:
  int value = 0;
};
class Doubling : public Counter {
public:
  int step(int by) override { return value += 2 * by; }
};

template <class T> struct Visitor {
  virtual ~Visitor() = default;
  virtual void visit(const T &value) { total += static_cast<double>(value); }
  double total = 0;
};
struct Squares : Visitor<int> {
  void visit(const int &value) override { Visitor<int>::visit(value * value); }
};

double total_area(Shape *const *shapes, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++) sum += shapes[i]->area();
  return sum;
}

} // namespace

int main() {
  Shape *shapes[] = {new Circle(2), new Rectangle(3, 4), new Square(1.5), nullptr};
  shapes[3] = shapes[2]->clone();
  int printed = 0;
  for (Shape *shape : shapes) {
    std::printf("%s %g\n", shape->name(), shape->area());
    if (auto *printable = dynamic_cast<Printable *>(shape)) {
      printable->print(2);
      ++printed;
      // And back across the hierarchy.
      if (dynamic_cast<Shape *>(printable) != shape) std::printf("cross cast went astray\n");
    }
  }
  std::printf("total %g, printable %d, alive %d\n", total_area(shapes, 4), printed, alive);
  std::printf("same type: %d %d\n", typeid(*shapes[2]) == typeid(*shapes[3]), typeid(*shapes[1]) == typeid(*shapes[2]));
  std::printf("circle is a square: %d\n", dynamic_cast<Square *>(shapes[0]) != nullptr);
  std::printf("name has 'Circle': %d\n", std::strstr(typeid(*shapes[0]).name(), "Circle") != nullptr);
  for (Shape *shape : shapes) delete shape;
  std::printf("alive %d\n", alive);

  {
    Modem modem;
    Device &device = modem;
    Writer &writer = modem;
    std::printf("cost %d, id %d, %s, %s\n", device.cost(), writer.id, modem.read(), writer.write());
    std::printf("one base: %d\n", static_cast<Device *>(static_cast<Reader *>(&modem)) == &device);
  }
  { Derived derived; }

  Counter *counters[] = {new Counter, new Doubling};
  int (Counter::*const steps[])(int) = {&Counter::step, &Counter::reset, &Counter::step};
  int sum = 0;
  for (Counter *counter : counters) {
    for (auto step : steps) sum = sum * 10 + (counter->*step)(3);
    delete counter;
  }
  std::printf("members %d\n", sum);

  Squares squares;
  Visitor<int> &visitor = squares;
  for (int i = 1; i <= 5; i++) visitor.visit(i);
  std::printf("squares %g\n", squares.total);
  return alive == 0 && printed == 3 ? 42 : 1;
}
