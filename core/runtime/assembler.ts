/**
 * Routines of the runtime library as AIR text, from expressions, variables and structured control.
 *
 * Owns the numbering of instructions and the ends of bodies; knows no routine. A variable is a slot of the frame. Arithmetic is
 * modulo 2^64.
 */

/** An operand as it stands in the text, and its type. */
export interface Operand {
  readonly text: string;
  readonly type: string;
}

/** A variable of one type. */
export interface Variable {
  readonly get: () => Operand;
  readonly set: (value: Operand) => void;
}

/** An amount of bits: a constant, or an operand of an unsigned type. */
type Amount = number | Operand;

/** A u64 constant. */
export function u64(value: number | bigint): Operand {
  return { text: `u64 ${value}`, type: 'u64' };
}

/** An i64 constant. */
export function i64(value: number): Operand {
  return { text: `i64 ${value}`, type: 'i64' };
}

/** A u32 constant. */
export function u32(value: number): Operand {
  return { text: `u32 ${value}`, type: 'u32' };
}

/** Text that is made when it is asked for: most programs need none of it. */
export type Source = () => string;

/** Function `name`; `body` must end it. */
export function routine(
  name: string,
  params: readonly string[],
  result: string,
  body: (r: Routine, args: readonly Operand[]) => void,
): Source {
  return () => {
    const r = new Routine();
    body(
      r,
      params.map((type, n) => r.emit(`arg ${type} ${n}`, type)),
    );
    return `fn @${name}(${params.join(', ')}) ${result} {\n${r.text()}}\n`;
  };
}

/** The texts of `sources`, one behind the other. */
export function sourceOf(sources: readonly Source[]): string {
  return sources.map((source) => source()).join('');
}

/** One routine in work. */
export class Routine {
  readonly #lines: string[] = [];
  #next = 0;
  /** The body that is open has ended: nothing may follow in it. */
  #ended = false;

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  /** An instruction with a result of `type`. */
  emit(instruction: string, type: string): Operand {
    const text = `%${this.#next++}`;
    this.#lines.push(`${text} = ${instruction}`);
    return { text, type };
  }

  #line(text: string): void {
    this.#lines.push(text);
  }

  #binary(tag: string, a: Operand, b: Operand): Operand {
    return this.emit(`${tag} ${a.text}, ${b.text}`, a.type);
  }

  #compare(tag: string, a: Operand, b: Operand): Operand {
    return this.emit(`${tag} ${a.text}, ${b.text}`, 'bool');
  }

  // --- arithmetic ---

  add(a: Operand, b: Operand): Operand {
    return this.#binary('add_wrap', a, b);
  }

  sub(a: Operand, b: Operand): Operand {
    return this.#binary('sub_wrap', a, b);
  }

  mul(a: Operand, b: Operand): Operand {
    return this.#binary('mul_wrap', a, b);
  }

  div(a: Operand, b: Operand): Operand {
    return this.#binary('div_trunc', a, b);
  }

  rem(a: Operand, b: Operand): Operand {
    return this.#binary('rem', a, b);
  }

  and(a: Operand, b: Operand): Operand {
    return this.#binary(a.type === 'bool' ? 'bool_and' : 'bit_and', a, b);
  }

  or(a: Operand, ...others: readonly Operand[]): Operand {
    return others.reduce((x, y) => this.#binary(x.type === 'bool' ? 'bool_or' : 'bit_or', x, y), a);
  }

  xor(a: Operand, b: Operand): Operand {
    return this.#binary('xor', a, b);
  }

  not(a: Operand): Operand {
    return this.emit(`not ${a.type} ${a.text}`, a.type);
  }

  shl(a: Operand, amount: Amount): Operand {
    return this.emit(`shl ${a.text}, ${amountText(amount)}`, a.type);
  }

  shr(a: Operand, amount: Amount): Operand {
    return this.emit(`shr ${a.text}, ${amountText(amount)}`, a.type);
  }

  clz(a: Operand): Operand {
    return this.emit(`clz u64 ${a.text}`, 'u64');
  }

  min(a: Operand, b: Operand): Operand {
    return this.#binary('min', a, b);
  }

  max(a: Operand, b: Operand): Operand {
    return this.#binary('max', a, b);
  }

  eq(a: Operand, b: Operand): Operand {
    return this.#compare('cmp_eq', a, b);
  }

  ne(a: Operand, b: Operand): Operand {
    return this.#compare('cmp_neq', a, b);
  }

  lt(a: Operand, b: Operand): Operand {
    return this.#compare('cmp_lt', a, b);
  }

  gt(a: Operand, b: Operand): Operand {
    return this.#compare('cmp_gt', a, b);
  }

  ge(a: Operand, b: Operand): Operand {
    return this.#compare('cmp_gte', a, b);
  }

  /** The same bits in another type of the same size. */
  bitcast(type: string, a: Operand): Operand {
    return a.type === type ? a : this.emit(`bitcast ${type} ${a.text}`, type);
  }

  /** The low bits in a narrower unsigned type, or the same number in a wider one. */
  resize(type: string, a: Operand): Operand {
    const isWider = Number(type.slice(1)) > Number(a.type.slice(1));
    return this.emit(`${isWider ? 'intcast' : 'trunc'} ${type} ${a.text}`, type);
  }

  /** A bool as a u64. */
  flag(a: Operand): Operand {
    return this.resize('u64', this.emit(`bitcast u1 ${a.text}`, 'u1'));
  }

  // --- memory ---

  /** Room for `count` words in the frame. */
  words(count: number): Operand {
    return this.emit(`alloc *[${count}]u64`, `*[${count}]u64`);
  }

  /** Word `n` behind a pointer to an array of words. */
  load(pointer: Operand, n: number | Operand): Operand {
    return this.emit(`load u64 ${this.#place(pointer, n).text}`, 'u64');
  }

  store(pointer: Operand, n: number | Operand, value: Operand): void {
    const place = this.#place(pointer, n);
    this.#line(`store ${place.text}, ${this.bitcast('u64', value).text}`);
  }

  /** Word `n` as an i64. */
  loadSigned(pointer: Operand, n: number): Operand {
    return this.bitcast('i64', this.load(pointer, n));
  }

  #place(pointer: Operand, n: number | Operand, type = '*u64'): Operand {
    const index = typeof n === 'number' ? `usize ${n}` : this.emit(`intcast usize ${n.text}`, 'usize').text;
    return this.emit(`ptr_elem_ptr ${type} ${pointer.text}, ${index}`, type);
  }

  /** Room for `count` digits of 32 bits in the frame, and a pointer to them. */
  digits(count: number): Operand {
    return this.emit(`alloc *[${count}]u32`, `*[${count}]u32`);
  }

  /** Digit `n` behind a pointer to an array of digits, as a u64. */
  digit(pointer: Operand, n: number | Operand): Operand {
    return this.resize('u64', this.take(this.#place(pointer, n, '*const u32')));
  }

  /** Stores the low 32 bits of a u64 as digit `n`. */
  setDigit(pointer: Operand, n: number | Operand, value: Operand): void {
    this.put(this.#place(pointer, n, '*u32'), this.resize('u32', value));
  }

  /** What a pointer to one points to. */
  take(pointer: Operand): Operand {
    const type = pointer.type.replace(/^\*(const )?/, '');
    return this.emit(`load ${type} ${pointer.text}`, type);
  }

  put(pointer: Operand, value: Operand): void {
    this.#line(`store ${pointer.text}, ${value.text}`);
  }

  /** A variable of the type of `initial`. */
  variable(initial: Operand): Variable {
    const { type } = initial;
    const slot = this.emit(`alloc *${type}`, `*${type}`);
    this.put(slot, initial);
    return {
      get: () => this.take(slot),
      set: (value) => {
        this.put(slot, value);
      },
    };
  }

  // --- control ---

  /** A call without result. */
  call(name: string, ...args: readonly Operand[]): void {
    this.#line(`call @${name}(${args.map(({ text }) => text).join(', ')})`);
  }

  /** A call with a result of `type`. */
  callFor(type: string, name: string, ...args: readonly Operand[]): Operand {
    return this.emit(`call @${name}(${args.map(({ text }) => text).join(', ')})`, type);
  }

  /** Returns `value`, or nothing. */
  ret(value?: Operand): void {
    this.#line(`ret ${value?.text ?? 'void {}'}`);
    this.#ended = true;
  }

  /** Runs one of two pieces of code; goes on behind it unless both have returned. */
  when(condition: Operand, then: () => void, otherwise: () => void = () => undefined): void {
    const self = `%${this.#next++}`;
    this.#line(`${self} = block void {`);
    this.#line(`cond_br ${condition.text} {`);
    this.#arm(then, `br ${self}`);
    this.#line('} else {');
    this.#arm(otherwise, `br ${self}`);
    this.#line('}');
    this.#line('}');
  }

  /** `a` or `b`; both are there already. */
  choose(condition: Operand, a: Operand, b: Operand): Operand {
    const self = `%${this.#next++}`;
    this.#line(`${self} = block ${a.type} {`);
    this.#line(`cond_br ${condition.text} {`);
    this.#line(`br ${self} ${a.text}`);
    this.#line('} else {');
    this.#line(`br ${self} ${b.text}`);
    this.#line('}');
    this.#line('}');
    return { text: self, type: a.type };
  }

  /** Repeats `body` as long as `condition` holds in front of it. */
  loop(condition: () => Operand, body: () => void): void {
    const outer = `%${this.#next++}`;
    const inner = `%${this.#next++}`;
    this.#line(`${outer} = block void {`);
    this.#line(`${inner} = loop noreturn {`);
    this.#line(`cond_br ${condition().text} {`);
    this.#arm(body, `repeat ${inner}`);
    this.#line('} else {');
    this.#line(`br ${outer}`);
    this.#line('}');
    this.#line('}');
    this.#line('}');
  }

  /** Runs `body` for n = 0 .. count - 1, given as a u64. */
  count(count: Operand, body: (n: Operand) => void): void {
    const n = this.variable(u64(0));
    this.loop(
      () => this.lt(n.get(), count),
      () => {
        body(n.get());
        n.set(this.add(n.get(), u64(1)));
      },
    );
  }

  #arm(code: () => void, end: string): void {
    this.#ended = false;
    code();
    if (!this.#ended) this.#line(end);
    this.#ended = false;
  }
}

function amountText(amount: Amount): string {
  return typeof amount === 'number' ? `u8 ${amount}` : amount.text;
}
