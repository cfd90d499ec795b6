/**
 * Random edits of a program: other bodies, other values, other exports. For checks that compare builds of edited programs.
 *
 * Owns the drawing. An edit keeps name and type of its nav, but for those of navs that an edit has added, and its result is valid
 * wherever the program was: bodies and values are taken from navs of the same type, or are the simplest there are. Deterministic from the seed. Programs are
 * never run after an edit, so nothing here cares what they do.
 */
import type { Body, InternPool, IpIndex, Nav, NavIndex, Unit } from '../../core/index.ts';
import { BodyBuilder, IP, makeNav } from '../../core/index.ts';

/** A nav as it is after an edit. */
export interface Edit {
  readonly nav: NavIndex;
  readonly edited: Nav;
  /** For people: `@f gets the body of @g`. */
  readonly what: string;
}

/** Draws edits of one program, one after the other; `navs` is the program after all of them. */
export class Edits {
  readonly navs: Nav[];
  readonly #unit: Unit;
  readonly #random: (below: number) => number;
  #names = 0;

  /** `random` gives a number from 0 to its argument, exclusive. */
  constructor(unit: Unit, random: (below: number) => number) {
    this.#unit = unit;
    this.navs = [...unit.navs];
    this.#random = random;
  }

  /** The next edit, already made in `navs`; null where the program has nothing to edit. */
  next(): Edit | null {
    const navs: number[] = [];
    this.navs.forEach(({ kind }, n) => {
      if (kind === 'func' || kind === 'var' || kind === 'const') navs.push(n);
    });
    if (navs.length === 0) return null;
    const nav = navs[this.#random(navs.length)]! as NavIndex;
    const [change, what] = this.#draw(nav);
    const edited = { ...this.navs[nav]!, ...change };
    this.navs[nav] = edited;
    return { nav, edited, what: `@${edited.name} ${what}` };
  }

  /**
   * A change of which navs there are, already made in `navs`: one comes, a copy of another under a new name; one that came goes, from
   * the end or from between; one that came is from now on as another one. The text says which.
   */
  reshape(): string {
    const first = this.#unit.navs.length;
    const added = this.navs.length - first;
    const choice = added === 0 ? 0 : this.#random(4);
    const model = this.#unit.navs[this.#random(first)]!;
    if (choice < 2) {
      const name = `${model.name}.new${String(++this.#names)}`;
      this.navs.push(this.#copyOf(model, name));
      return `@${name} comes, like @${model.name}`;
    }
    const nav = first + this.#random(added);
    const { name } = this.navs[nav]!;
    if (choice === 2) {
      this.navs[nav] = this.#copyOf(model, name);
      return `@${name} is like @${model.name}`;
    }
    if (nav === this.navs.length - 1) this.navs.pop();
    else this.navs[nav] = makeNav({ kind: 'extern_var', name, ty: IP.u8_type });
    return `@${name} goes`;
  }

  /** As `model`, exported under its own name if that is. */
  #copyOf(model: Nav, name: string): Nav {
    const exports = model.exports.length === 0 ? [] : [{ name, visibility: model.exports[0]!.visibility }];
    return { ...model, name, exports };
  }

  #draw(nav: NavIndex): [change: Partial<Nav>, what: string] {
    const now = this.navs[nav]!;
    const first = this.#unit.navs[nav] ?? now;
    switch (this.#random(6)) {
      case 0:
        return [first, 'is as it was'];
      case 1:
        // Not every type may be exported, but that of what was exported may.
        return first.exports.length > 0 ? this.#exports(now) : [first, 'is as it was'];
      case 2:
        return now.kind === 'func'
          ? [{ body: trapping(this.#unit.pool, now.ty) }, 'only traps']
          : [{ init: this.#unit.pool.undef(now.ty) }, 'is undefined'];
      default: {
        const others = this.#unit.navs.filter((other) => other.kind === now.kind && other.ty === now.ty);
        const other = others[this.#random(others.length)] ?? now;
        return [{ body: other.body, init: other.init }, `holds what @${other.name} held`];
      }
    }
  }

  #exports({ name, exports }: Nav): [change: Partial<Nav>, what: string] {
    if (exports.length > 0 && this.#random(2) === 0) {
      const gone = exports[this.#random(exports.length)]!;
      return [{ exports: exports.filter((one) => one !== gone) }, `is no longer exported as "${gone.name}"`];
    }
    const added = `${name}.${String(++this.#names)}`;
    const visibility = this.#random(4) === 0 ? 'hidden' : 'default';
    return [{ exports: [...exports, { name: added, visibility }] }, `is exported as "${added}" (${visibility})`];
  }
}

/** The body of a function of type `fnTy` that does nothing but trap. */
function trapping(pool: InternPool, fnTy: IpIndex): Body {
  const builder = new BodyBuilder();
  for (let n = 0; n < pool.fnParamCount(fnTy); n++) builder.arg(pool.fnParam(fnTy, n), n);
  builder.none('trap');
  return builder.finish();
}
