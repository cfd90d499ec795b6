/**
 * From the first difference of two probed runs to the instruction that is at fault, with its operands and its place in the text.
 */
import type { InstIndex, NavIndex, Unit } from '../../core/index.ts';
import { forEachOperand, isInstRef, printNavName, refInst } from '../../core/index.ts';
import type { InstructionPart } from './explanation.ts';
import type { Site } from './instrument.ts';
import type { Lockstep } from './lockstep.ts';
import { seenText } from './parting.ts';
import type { Source } from './source.ts';

type Parted = Extract<Lockstep, { kind: 'parted' }>;

/** Operands that are shown; a call or an aggregate may have many. */
const MAX_OPERANDS = 8;

/**
 * The probe whose instruction is at fault. A result or a write is its own instruction's. Where the two went different ways
 * it is the one that chose: the owner of the arms, or the call that both were about to make; the same holds where they called with different arguments.
 */
export function guiltySite({ parting, watched }: Parted): Site {
  const { site, engineSite, at, kind } = parting;
  const before = at === 0 ? null : watched.probed.sites[watched.reference[at - 1]!.site]!;
  if ((kind === 'path' || kind === 'host-call') && before?.kind === 'before') return before;
  return site ?? engineSite ?? before!;
}

/** Describes the instruction at which `steps` ended. */
export function instructionPart(steps: Parted, source: Source): InstructionPart {
  const { parting } = steps;
  const { nav, inst } = guiltySite(steps);
  const line = source.lineOf(nav, inst);
  return {
    function: printNavName(source.unit.navs[nav]!.name),
    index: inst,
    line,
    text: source.text(line),
    kind: parting.kind,
    count: parting.count,
    expected: parting.expected,
    actual: parting.actual,
    operands: operandsOf(steps, nav, inst),
    context: source.around(line),
  };
}

function operandsOf(steps: Parted, nav: NavIndex, inst: InstIndex): InstructionPart['operands'] {
  const { unit } = steps.watched.probed;
  const { body } = steps.original.navs[nav]!;
  const operands: { name: string; value: string }[] = [];
  forEachOperand(body!, inst, (ref) => {
    // A constant says its value in the line itself.
    if (!isInstRef(ref)) return;
    const made = refInst(ref);
    const name = `%${made}`;
    if (operands.some((known) => known.name === name)) return;
    operands.push({ name, value: lastValue(steps, unit, nav, made) });
  });
  return operands.slice(0, MAX_OPERANDS);
}

/** The newest value of an instruction before the runs part. */
function lastValue({ parting, watched, addresses }: Parted, unit: Unit, nav: NavIndex, inst: InstIndex): string {
  for (let at = parting.at; at >= 0; at--) {
    const sight = watched.reference[at];
    if (sight === undefined || sight.value === null) continue;
    const site = watched.probed.sites[sight.site]!;
    if (site.kind !== 'value' || site.nav !== nav || site.inst !== inst) continue;
    return seenText(unit, site.ty, sight.value, addresses);
  }
  return 'not probed';
}
