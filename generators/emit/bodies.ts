/**
 * Bodies: how many statements, whether the body splits into arms, and how it ends.
 *
 * Owns the shape of control flow below one instruction. Invariant: every body ends in exactly one instruction that does not
 * continue, its values are forgotten at its end, and no statement is added once the cost limit is reached.
 */
import { IP } from '../../core/index.ts';
import type { Exit, Gen } from './gen.ts';
import { can, inBody, settle, use } from './gen.ts';
import { condition } from './operands.ts';
import { keepResults } from './sinks.ts';
import { switchOver } from './switches.ts';

/** How a body is to end: chosen here, or by the emitter that wants a certain one. */
export type Shape = 'any' | 'cond_br' | 'switch_br';

const MOST_NESTING = 7;

/** Whether nothing that costs may be added. */
export function isExhausted(g: Gen): boolean {
  settle(g);
  return g.spent >= g.limit;
}

/** Whether another body may be opened inside of this one. */
export function mayNest(g: Gen): boolean {
  return g.nesting < MOST_NESTING && !isExhausted(g);
}

/** One statement by the weights of the profile. */
function statement(g: Gen): void {
  const { emitters, table } = g.p.plan;
  for (let tries = 0; tries < 4; tries++) {
    if (emitters[g.r.weighted(table)]!(g)) return;
  }
}

/** Emits statements until `quota` instructions are made. */
export function statements(g: Gen, quota: number): void {
  const end = g.b.length + quota;
  for (let n = 0; n < quota && g.b.length < end && !isExhausted(g); n++) statement(g);
}

/**
 * A body of about `quota` instructions that ends at `exit`. The caller opens and closes the scope. Unused values from
 * `mark` on are this body's to make visible.
 */
export function body(g: Gen, quota: number, exit: Exit, shape: Shape = 'any', mark = g.scope.size): void {
  const ending = shape === 'any' ? drawShape(g, quota) : shape;
  if (ending === 'any') {
    statements(g, quota);
    end(g, mark, exit);
    return;
  }
  const before = shape === 'any' ? Math.floor(quota / 3) : Math.min(1, quota >> 2);
  statements(g, before);
  const rest = Math.max(1, quota - before);
  if (ending === 'cond_br') branchTwoWays(g, rest, exit, mark);
  else switchOver(g, rest, (share) => arm(g, share, exit, mark));
}

function drawShape(g: Gen, quota: number): Shape {
  if (quota < 8 || !mayNest(g) || !g.r.chance(g.p.plan.profile.splits)) return 'any';
  return g.r.chance(170) || !can(g, 'switch_br') ? 'cond_br' : 'switch_br';
}

function arm(g: Gen, quota: number, exit: Exit, mark: number): void {
  inBody(g, () => {
    body(g, quota, exit, 'any', mark);
  });
}

function branchTwoWays(g: Gen, quota: number, exit: Exit, mark: number): void {
  const cond = condition(g);
  const first = g.r.below(quota + 1);
  g.b.condBr(
    use(cond),
    () => arm(g, first, exit, mark),
    () => arm(g, quota - first, exit, mark),
  );
}

/** Ends the body: makes its results visible and leaves, usually by `exit`. */
function end(g: Gen, mark: number, exit: Exit): void {
  const exits = g.exits.length;
  const chosen = exits > 0 && g.nesting > 0 && g.r.chance(12) ? g.exits[g.r.below(exits)]! : exit;
  const most = chosen.kind === 'return' ? 12 : g.weight > 16 ? 2 : 4;
  const carrier = keepResults(g, mark, most, chosen.info);
  const leave = (): void => {
    chosen.leave(g, carrier);
  };
  // A block that nothing leaves, and a loop that does not loop, end a body too.
  const way = g.r.below(100);
  if (way === 0) g.b.block(IP.noreturn_type, leave);
  else if (way === 1) g.b.loop(IP.noreturn_type, leave);
  else leave();
}
