// Templates and containers without exceptions: the standard ones (vector, list, string, map, unordered_map, optional,
// unique_ptr, sort, heaps) and some of its own. For a linker: hundreds of COMDAT functions, operator new and delete, long
// mangled names, the largest library of the sysroot.
#include <algorithm>
#include <cstdio>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

// A cache that forgets what was used least recently.
template <class Key, class Value> class LruCache {
public:
  explicit LruCache(size_t capacity) : capacity(capacity) {}

  std::optional<Value> get(const Key &key) {
    auto found = index.find(key);
    if (found == index.end()) {
      ++misses;
      return std::nullopt;
    }
    entries.splice(entries.begin(), entries, found->second);
    return found->second->second;
  }

  void put(const Key &key, Value value) {
    if (auto found = index.find(key); found != index.end()) {
      found->second->second = std::move(value);
      entries.splice(entries.begin(), entries, found->second);
      return;
    }
    if (entries.size() == capacity) {
      index.erase(entries.back().first);
      entries.pop_back();
    }
    entries.emplace_front(key, std::move(value));
    index[key] = entries.begin();
  }

  int misses = 0;

private:
  using Entries = std::list<std::pair<Key, Value>>;
  size_t capacity;
  Entries entries;
  std::unordered_map<Key, typename Entries::iterator> index;
};

// A matrix whose size is part of its type.
template <class T, size_t N> struct Matrix {
  T cells[N][N] = {};

  static Matrix identity() {
    Matrix m;
    for (size_t i = 0; i < N; i++) m.cells[i][i] = T(1);
    return m;
  }
  friend Matrix operator*(const Matrix &a, const Matrix &b) {
    Matrix result;
    for (size_t i = 0; i < N; i++)
      for (size_t j = 0; j < N; j++)
        for (size_t k = 0; k < N; k++) result.cells[i][j] += a.cells[i][k] * b.cells[k][j];
    return result;
  }
};

template <class M> M power(M base, unsigned exponent) {
  M result = M::identity();
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = result * base;
    base = base * base;
  }
  return result;
}

template <class... Parts> int sum_of(Parts... parts) { return (0 + ... + parts); }

// Any callable of one int, behind a virtual call.
class Visitor {
public:
  template <class F> Visitor(F f) : callable(std::make_unique<Holder<F>>(std::move(f))) {}
  void operator()(int value) const { callable->call(value); }

private:
  struct Callable {
    virtual ~Callable() = default;
    virtual void call(int value) = 0;
  };
  template <class F> struct Holder final : Callable {
    explicit Holder(F f) : f(std::move(f)) {}
    void call(int value) override { f(value); }
    F f;
  };
  std::unique_ptr<Callable> callable;
};

struct Node {
  int value;
  std::unique_ptr<Node> left, right;
};

void insert(std::unique_ptr<Node> &at, int value) {
  if (!at) at = std::make_unique<Node>(Node{value, nullptr, nullptr});
  else insert(value < at->value ? at->left : at->right, value);
}

int depth(const std::unique_ptr<Node> &at) { return at ? 1 + std::max(depth(at->left), depth(at->right)) : 0; }

void walk(const std::unique_ptr<Node> &at, const Visitor &visit) {
  if (!at) return;
  walk(at->left, visit);
  visit(at->value);
  walk(at->right, visit);
}

// Shortest ways in a small graph.
std::vector<int> distances(const std::vector<std::vector<std::pair<int, int>>> &edges, int from) {
  std::vector<int> best(edges.size(), -1);
  std::vector<std::pair<int, int>> open{{0, from}}; // a heap, the nearest on top
  while (!open.empty()) {
    auto [cost, node] = open.front();
    std::pop_heap(open.begin(), open.end(), std::greater<>());
    open.pop_back();
    if (best[static_cast<size_t>(node)] >= 0) continue;
    best[static_cast<size_t>(node)] = cost;
    for (auto [next, weight] : edges[static_cast<size_t>(node)]) {
      open.push_back({cost + weight, next});
      std::push_heap(open.begin(), open.end(), std::greater<>());
    }
  }
  return best;
}

} // namespace

int main() {
  std::vector<int> numbers;
  for (int i = 1; i <= 20; i++) numbers.push_back(i);
  std::rotate(numbers.begin(), numbers.begin() + 7, numbers.end());
  auto middle = std::stable_partition(numbers.begin(), numbers.end(), [](int n) { return n % 3 == 0; });
  std::sort(middle, numbers.end(), std::greater<>());
  for (int n : numbers) std::printf("%d ", n);
  std::printf("| greatest %d\n", *std::max_element(numbers.begin(), numbers.end()));

  std::map<std::string, std::vector<std::string>> by_letters;
  for (const char *word : {"listen", "silent", "enlist", "google", "elgoog", "a much longer phrase than fits into the object", "tinsel"}) {
    std::string key = word;
    std::sort(key.begin(), key.end());
    by_letters[key].push_back(word);
  }
  for (const auto &[key, words] : by_letters) {
    std::string line;
    for (const std::string &word : words) line += (line.empty() ? "" : ", ") + word;
    std::printf("%zu: %s\n", words.size(), line.c_str());
  }

  LruCache<std::string, int> cache(3);
  int hits = 0;
  for (const char *key : {"a", "b", "a", "c", "d", "b", "a", "a", "e", "d"}) {
    if (cache.get(key)) ++hits;
    else cache.put(key, hits);
  }
  std::printf("cache: %d hits, %d misses\n", hits, cache.misses);

  auto fibonacci = power(Matrix<unsigned long long, 2>{{{1, 1}, {1, 0}}}, 90);
  std::printf("fibonacci(90) = %llu\n", fibonacci.cells[0][1]);
  std::printf("variadic %d\n", sum_of(1, 2, 3, 4));

  std::unique_ptr<Node> tree;
  unsigned state = 1;
  for (int i = 0; i < 200; i++) {
    state = state * 1664525u + 1013904223u;
    insert(tree, static_cast<int>(state >> 22));
  }
  int count = 0, previous = -1;
  bool ordered = true;
  walk(tree, [&](int value) {
    ordered = ordered && previous <= value;
    previous = value;
    ++count;
  });
  std::printf("tree: %d values, depth %d, %s, greatest %d\n", count, depth(tree), ordered ? "in order" : "OUT OF ORDER", previous);

  std::vector<std::vector<std::pair<int, int>>> graph = {{{1, 7}, {2, 9}, {5, 14}}, {{0, 7}, {2, 10}, {3, 15}}, {{0, 9}, {1, 10}, {3, 11}, {5, 2}},
                                                        {{1, 15}, {2, 11}, {4, 6}}, {{3, 6}, {5, 9}}, {{0, 14}, {2, 2}, {4, 9}}, {}};
  for (int d : distances(graph, 0)) std::printf("%d ", d);
  std::printf("\n");

  std::string text = "to be or not to be";
  std::unordered_map<char, int> letters;
  for (char c : text) ++letters[c];
  std::vector<std::pair<char, int>> sorted(letters.begin(), letters.end());
  std::sort(sorted.begin(), sorted.end(), [](auto a, auto b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  for (auto [letter, times] : sorted) std::printf("%c%d", letter, times);
  std::printf(" %zu\n", text.find("not"));
  return ordered && count == 200 ? 0 : 1;
}
