/**
 * Signatures of C functions, drawn by a number: the same types as AIR and as C, values of them, and both sides of a call in either direction.
 *
 * For each signature the AIR has `air_N`, which keeps its arguments in variables and returns a constant, and `call_N`, which calls `c_N` of the C
 * side; that has `check_N`, whose result has a bit for each thing that did not arrive as it was sent.
 */
import { RandomStream } from '../../../../generators/model/random.ts';

/** A type on both sides. */
interface BothType {
  readonly air: string;
  readonly c: string;
  /** Paths from a value to the scalars in it; of a union, to those in its first field, which all values have. */
  readonly leaves: readonly string[];
  readonly draw: (r: RandomStream) => BothValue;
}

/** A value: what initialises it. */
interface BothValue {
  readonly air: string;
  readonly c: string;
}

/** What the two sides are compiled from. */
export interface Sources {
  readonly air: string;
  readonly c: string;
  /** Text of each signature, for messages. */
  readonly signatures: readonly string[];
}

/** Bits of the result of `check_N`. */
export const FAILURES = [
  'an argument of the AIR',
  'its result',
  'an argument of C',
  'its result',
  'an argument that C overwrote',
];

function scalar(air: string, c: string, draw: (r: RandomStream) => readonly [air: string, c: string]): BothType {
  return {
    air,
    c,
    leaves: [''],
    draw: (r) => {
      const [airText, cText] = draw(r);
      return { air: airText, c: cText };
    },
  };
}

function drawInt(r: RandomStream, bits: number, signed: boolean): bigint {
  let raw = 0n;
  for (let n = 0; n < 4; n++) raw = (raw << 32n) | BigInt(r.below(0x1_0000_0000));
  const edge = r.pick([0n, 1n, -1n, 1n << BigInt(bits - 1), (1n << BigInt(bits - 1)) - 1n, raw, raw, raw]);
  return signed ? BigInt.asIntN(bits, edge) : BigInt.asUintN(bits, edge);
}

function int(bits: number, signed: boolean, c: string, air = `${signed ? 'i' : 'u'}${bits}`): BothType {
  return scalar(air, c, (r) => {
    const value = drawInt(r, bits, signed);
    const word = (at: bigint): string =>
      `0x${((BigInt.asUintN(128, value) >> at) & 0xffff_ffff_ffff_ffffn).toString(16)}ULL`;
    const text = bits > 64 ? `((${c})(((unsigned __int128)${word(64n)} << 64) | ${word(0n)}))` : `((${c})${word(0n)})`;
    return [String(value), text];
  });
}

/** Quarters are exact in every format. */
function float(bits: number, c: string, suffix: string): BothType {
  return scalar(`f${bits}`, c, (r) => {
    const value = (r.below(1 << 20) - (1 << 19)) / 4;
    const text = Number.isInteger(value) ? value.toFixed(1) : String(value);
    return [text, text + suffix];
  });
}

const SCALARS: readonly BothType[] = [
  scalar('bool', '_Bool', (r) => (r.chance(128) ? ['true', '1'] : ['false', '0'])),
  int(8, false, 'unsigned char'),
  int(8, true, 'signed char'),
  int(16, false, 'unsigned short'),
  int(16, true, 'short'),
  int(32, false, 'unsigned'),
  int(32, true, 'int'),
  int(32, false, '__SIZE_TYPE__', 'usize'),
  int(64, false, 'unsigned long long'),
  int(64, true, 'long long'),
  int(128, false, 'unsigned __int128'),
  int(128, true, '__int128'),
  float(32, 'float', 'f'),
  float(64, 'double', ''),
  float(128, 'long double', 'L'),
  scalar('?*u8', 'void *', (r) => {
    const address = r.chance(60) ? 0 : r.between(1, 0x7fff_ffff);
    return [address === 0 ? 'null' : `payload(ptr(${address}))`, `((void *)${address})`];
  }),
];

/** A vector of `count` lanes of `lane`, which is a type of C as well. */
function vector(lane: BothType, count: number): BothType {
  const c = `V${count}_${lane.air}`;
  return {
    air: `vector(${count}) ${lane.air}`,
    c,
    leaves: [''],
    draw: (r) => {
      const lanes = Array.from({ length: count }, () => lane.draw(r));
      return {
        air: `.{ ${lanes.map(({ air }) => air).join(', ')} }`,
        c: `{ ${lanes.map((value) => value.c).join(', ')} }`,
      };
    },
  };
}

/** Vectors that are one v128, each with its declaration. */
const VECTORS = (
  [
    [int(8, false, 'unsigned char'), 16],
    [int(8, true, 'signed char'), 16],
    [int(16, true, 'short'), 8],
    [int(32, false, 'unsigned'), 4],
    [int(32, true, 'int'), 4],
    [int(64, false, 'unsigned long long'), 2],
    [float(32, 'float', 'f'), 4],
    [float(64, 'double', ''), 2],
  ] as const
).map(([lane, count]) => {
  const type = vector(lane, count);
  return { type, declaration: `typedef ${lane.c} ${type.c} __attribute__((vector_size(16)));` };
});

/** Types that were made so far: records are nominal in C. */
class Types {
  readonly declarations: string[];
  readonly #r: RandomStream;
  readonly #scalars: readonly BothType[];

  constructor(r: RandomStream, hasVectors: boolean) {
    this.#r = r;
    this.declarations = hasVectors ? VECTORS.map(({ declaration }) => declaration) : [];
    this.#scalars = hasVectors ? [...SCALARS, ...VECTORS.map(({ type }) => type)] : SCALARS;
  }

  draw(depth = 0): BothType {
    const r = this.#r;
    if (depth > 2 || r.chance(depth === 0 ? 90 : 180)) return r.pick(this.#scalars);
    return r.chance(40) ? this.#union(depth) : this.#struct(depth);
  }

  /** What a field is declared as: arrays are not types of parameters. */
  #field(depth: number, n: number): { readonly type: BothType; readonly declaration: string; readonly align: string } {
    const r = this.#r;
    const type = this.draw(depth + 1);
    if (r.chance(50)) {
      const length = r.pick([1, 1, 2]);
      return { type: arrayOf(type, length), declaration: `${type.c} f${n}[${length}];`, align: '' };
    }
    if (!r.chance(16)) return { type, declaration: `${type.c} f${n};`, align: '' };
    return { type, declaration: `_Alignas(32) ${type.c} f${n};`, align: ' align(32)' };
  }

  #struct(depth: number): BothType {
    const count = this.#r.pick([0, 1, 1, 1, 2, 3]);
    const fields = Array.from({ length: count }, (_, n) => this.#field(depth, n));
    const c = this.#declare('struct', fields);
    return {
      air: `extern struct { ${fields.map(({ type, align }) => type.air + align).join(', ')} }`,
      c,
      leaves: fields.flatMap(({ type }, n) => type.leaves.map((path) => `.f${n}${path}`)),
      draw: (r) => {
        const values = fields.map(({ type }) => type.draw(r));
        return {
          air: `.{${values.map(({ air }) => air).join(', ')}}`,
          c: `{${values.map((value) => value.c).join(', ')}}`,
        };
      },
    };
  }

  #union(depth: number): BothType {
    const fields = Array.from({ length: this.#r.pick([1, 1, 2]) }, (_, n) => this.#field(depth, n));
    const c = this.#declare('union', fields);
    return {
      air: `extern union { ${fields.map(({ type, align }) => type.air + align).join(', ')} }`,
      c,
      leaves: fields[0]!.type.leaves.map((path) => `.f0${path}`),
      draw: (r) => {
        const value = fields[0]!.type.draw(r);
        return { air: `field(0, ${value.air})`, c: `{.f0 = ${value.c}}` };
      },
    };
  }

  #declare(what: string, fields: readonly { readonly declaration: string }[]): string {
    const name = `T${this.declarations.length}`;
    this.declarations.push(`typedef ${what} { ${fields.map(({ declaration }) => declaration).join(' ')} } ${name};`);
    return name;
  }
}

function arrayOf(child: BothType, length: number): BothType {
  return {
    air: `[${length}]${child.air}`,
    c: child.c,
    leaves: Array.from({ length }, (_, n) => child.leaves.map((path) => `[${n}]${path}`)).flat(),
    draw: (r) => {
      const values = Array.from({ length }, () => child.draw(r));
      return {
        air: `.{${values.map(({ air }) => air).join(', ')}}`,
        c: `{${values.map((value) => value.c).join(', ')}}`,
      };
    },
  };
}

/** One signature, with values for both directions. */
interface Signature {
  readonly params: readonly BothType[];
  readonly result: BothType | null;
}

/** `count` signatures by `seed`, with vectors or without. */
export function drawSources(seed: number, count: number, hasVectors = false): Sources {
  const r = new RandomStream(seed);
  const types = new Types(r, hasVectors);
  const air: string[] = [];
  const c: string[] = [];
  const signatures: string[] = [];
  for (let n = 0; n < count; n++) {
    const params = Array.from({ length: r.pick([0, 1, 1, 2, 2, 3, 4]) }, () => types.draw());
    const signature = { params, result: r.chance(30) ? null : types.draw() };
    signatures.push(`fn(${params.map((type) => type.air).join(', ')}) ${signature.result?.air ?? 'void'}`);
    writeBoth(r, n, signature, air, c);
  }
  const prelude = `int memcmp(const void *a, const void *b, unsigned long n) {
  const unsigned char *x = a, *y = b;
  for (; n > 0; n--, x++, y++) if (*x != *y) return *x < *y ? -1 : 1;
  return 0;
}`;
  return { air: air.join('\n'), c: [prelude, ...types.declarations, ...c].join('\n'), signatures };
}

/** A function that compares two values of a type; what lies between the scalars does not count. */
function comparison(type: BothType, name: string): string {
  const equal = type.leaves.map((path) => `!__builtin_memcmp(&(*a)${path}, &(*b)${path}, sizeof (*a)${path})`);
  return `static __attribute__((noinline)) int ${name}(${type.c} const *a, ${type.c} const *b) { return ${equal.join(' & ') || '1'}; }`;
}

function writeBoth(r: RandomStream, n: number, { params, result }: Signature, air: string[], c: string[]): void {
  const toAir = params.map((type) => type.draw(r));
  const toC = params.map((type) => type.draw(r));
  const fromAir = result?.draw(r) ?? null;
  const fromC = result?.draw(r) ?? null;
  const list = params.map((type) => type.air).join(', ');
  const resultAir = result?.air ?? 'void';
  const count = params.length;
  air.push(
    `extern fn @c_${n}(${list}) callconv(c) ${resultAir}`,
    ...params.flatMap((type, k) => [
      `export var @got_${n}_${k}: ${type.air} = undef`,
      `export var @arg_${n}_${k}: ${type.air} = ${toC[k]!.air}`,
    ]),
    ...(result === null
      ? []
      : [`export var @back_${n}: ${resultAir} = undef`, `export var @give_${n}: ${resultAir} = ${fromAir!.air}`]),
    `export fn @air_${n}(${list}) callconv(c) ${resultAir} {`,
    ...params.map((type, k) => `  %${k} = arg ${type.air} ${k}`),
    ...params.map((type, k) => `  store *${type.air} &@got_${n}_${k}, %${k}`),
    ...(result === null
      ? ['  ret void {}']
      : [`  %${2 * count} = load ${resultAir} *${resultAir} &@give_${n}`, `  ret %${2 * count}`]),
    '}',
    `export fn @call_${n}() void {`,
    ...params.map((type, k) => `  %${k} = load ${type.air} *${type.air} &@arg_${n}_${k}`),
    `  %${count} = call @c_${n}(${params.map((_, k) => `%${k}`).join(', ')})`,
    ...(result === null ? [] : [`  store *${resultAir} &@back_${n}, %${count}`]),
    // What the caller passed is what it was.
    ...params.map((type, k) => `  store *${type.air} &@arg_${n}_${k}, %${k}`),
    '  ret void {}',
    '}',
  );
  const cResult = result?.c ?? 'void';
  const cList = params.map((type, k) => `${type.c} p${k}`).join(', ') || 'void';
  const all = result === null ? params : [...params, result];
  // What has no bits has no symbol.
  const differs = (k: number, is: string, want: string): string =>
    all[k]!.leaves.length === 0 ? '0' : `!same_${n}_${k}(&${is}, &${want})`;
  const any = (parts: readonly string[]): string => parts.join(' | ') || '0';
  c.push(
    `${cResult} air_${n}(${cList});`,
    'void call_' + `${n}(void);`,
    `static int bad_${n};`,
    ...all.map((type, k) => comparison(type, `same_${n}_${k}`)),
    ...(result === null ? [] : [`static ${cResult} const value_${n} = ${fromC!.c};`]),
    ...params.map((type, k) => `extern ${type.c} got_${n}_${k}; extern ${type.c} arg_${n}_${k};`),
    ...(result === null ? [] : [`extern ${cResult} back_${n};`]),
    `${cResult} c_${n}(${cList}) {`,
    ...params.map((type, k) => `  static ${type.c} const w${k} = ${toC[k]!.c};`),
    `  bad_${n} = ${any(params.map((_, k) => differs(k, `p${k}`, `w${k}`)))};`,
    // The callee may write what it was given.
    ...params.map(
      (_, k) => `  __builtin_memset(&p${k}, 0x5a, sizeof p${k}); __asm__ volatile("" :: "r"(&p${k}) : "memory");`,
    ),
    ...(result === null ? [] : [`  return value_${n};`]),
    '}',
    `__attribute__((export_name("check_${n}"))) int check_${n}(void) {`,
    ...params.map(
      (type, k) => `  static ${type.c} const v${k} = ${toAir[k]!.c}; static ${type.c} const w${k} = ${toC[k]!.c};`,
    ),
    ...(result === null ? [] : [`  static ${cResult} const give = ${fromAir!.c};`]),
    `  ${result === null ? '' : `${cResult} r = `}air_${n}(${params.map((_, k) => `v${k}`).join(', ')});`,
    `  int bits = ${any(params.map((_, k) => differs(k, `got_${n}_${k}`, `v${k}`)))};`,
    ...(result === null ? [] : [`  bits |= (${differs(count, 'r', 'give')}) << 1;`]),
    `  call_${n}();`,
    `  bits |= bad_${n} << 2;`,
    ...(result === null ? [] : [`  bits |= (${differs(count, `back_${n}`, `value_${n}`)}) << 3;`]),
    `  bits |= (${any(params.map((_, k) => differs(k, `arg_${n}_${k}`, `w${k}`)))}) << 4;`,
    '  return bits;',
    '}',
  );
}
