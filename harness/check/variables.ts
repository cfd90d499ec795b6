/**
 * `variables`: where debug information says a variable is, there is its value.
 *
 * The program runs with a probe behind each name (name-probes.ts), and its module with a second call in front of each probe, which
 * gives what is at the said place (harness/layout/said-values.ts): two calls in a row must tell the same. So it is known which of
 * several fitting locals it is, and nobody's model of the code is asked. With the settings of the case, or with other peepholes.
 */
import type { Finding } from '../model/finding.ts';
import type { OpaqueSettings } from '../model/settings.ts';
import { askDebugInfo } from '../layout/said-values.ts';
import { findingOfBuild } from '../way/build-result.ts';
import type { Check } from './check.ts';
import { choose } from './choose.ts';
import type { CaseContext } from './context.ts';
import type { NamedProgram } from './name-probes.ts';
import { FIRST_NAME, PROBE_MODULE, probeNames } from './name-probes.ts';

const name = 'variables';

/** Added to the number of a variable where the call was put beside that of the program. */
const SAID = 0x3c71_0000;
/** Sightings that are looked at. */
const MOST = 4000;

export const variablesCheck: Check = {
  name,
  frequency: 1 / 4,
  onlyIn: ['debug', 'traces'],
  possible: ({ layout }, [engine]) => layout !== undefined && engine?.kind === 'direct',
  applies: ({ hasExe, backend, case: { settings } }) => {
    const rules = hasExe ? backend.layout!.rules(settings) : null;
    return rules !== null && rules.debugInfo !== null && !rules.strips;
  },
  run(context: CaseContext): readonly Finding[] {
    const program = probeNames(context.unit);
    if (program === null) return [];
    const { settings } = context.case;
    const peepholes = context.artefacts.variations().find((one) => one.name === 'peepholes');
    const all = peepholes === undefined ? [settings] : [settings, peepholes.settings];
    return choose(context, `${name}-choice`, all)
      .flatMap((one) => judge(context, program, one) ?? [])
      .slice(0, 1);
  },
};

function judge(
  context: CaseContext,
  { unit, probes, given, bits }: NamedProgram,
  settings: OpaqueSettings,
): Finding | null {
  const built = context.store(unit, settings).exe();
  if (built.kind !== 'built')
    return findingOfBuild(built, name, 'codegen', 'compiling with probes of names', 'compiler');
  const found = (op: string, detail: string): Finding => ({
    check: name,
    stage: 'codegen',
    kind: 'layout',
    op,
    detail,
  });
  const calls = { module: PROBE_MODULE, first: FIRST_NAME, said: SAID, given };
  const { bytes, asked, complaints } = askDebugInfo(built.bytes, calls);
  const [complaint] = complaints.list;
  if (complaint !== undefined) return found(complaint.op, complaint.detail);
  if (asked === 0) return null;
  const functions = probes.map((probe) => ({ name: probe, read: null }));
  const run = context.watch(bytes, unit, { module: PROBE_MODULE, functions, most: MOST });
  // What is missing or used up in this process is said by checks that run the program itself.
  if (run.kind === 'not-run') return null;
  if (run.kind === 'rejected') return found('debug-value-run', `with what debug information says: ${run.detail}`);
  let said: { readonly variable: number; readonly value: number | bigint } | null = null;
  for (const { values } of run.state.sights) {
    const id = Number(values[0]);
    const value = values[1]!;
    if (id >= SAID) {
      said = { variable: id - SAID, value };
      continue;
    }
    if (said !== null && said.variable === id - FIRST_NAME && !isSame(said.value, value, bits[said.variable]!)) {
      return found(
        'debug-value',
        `name ${said.variable} is given to ${value}, and ${said.value} is where it is said to be`,
      );
    }
    said = null;
  }
  return null;
}

/** Whether two numbers of a type are the same in their low `bits`, or in all if that is 0. */
function isSame(a: number | bigint, b: number | bigint, bits: number): boolean {
  if (bits === 0 || Object.is(a, b)) return Object.is(a, b);
  return BigInt.asUintN(bits, BigInt(a)) === BigInt.asUintN(bits, BigInt(b));
}
