/**
 * A case in the form that reduction edits: the unit as a tree (model.ts) with the plan, settings and calls beside it.
 *
 * Owns conversion between `Case` and this form, and the size by which two cases are ranked. Passes change a clone and
 * return it; whether the result is well-formed is decided when it is encoded. Knows neither checks nor buckets.
 */
import type { CallInput, Nav, NavIndex } from '../../core/index.ts';
import { instructionCount } from '../../core/index.ts';
import type { Case, LinkPlan } from '../model/case.ts';
import type { OpaqueSettings, SettingsKind } from '../model/settings.ts';
import type { NavModel, Node, UnitModel } from './model.ts';
import { cloneModel, decodeUnit, encodeUnit } from './model.ts';

/** See the file header. */
export interface CaseModel {
  /** Seed, profile and generator version are taken from here. */
  readonly origin: Case;
  unit: UnitModel;
  plan: LinkPlan;
  /** What `settings` are. */
  readonly kind: SettingsKind;
  settings: OpaqueSettings;
  calls: CallInput[];
}

/** Decodes a case with settings of `kind`. */
export function decodeCase(origin: Case, kind: SettingsKind): CaseModel {
  return {
    origin,
    kind,
    unit: decodeUnit(origin.unit),
    plan: origin.plan,
    settings: origin.settings,
    calls: [...origin.calls],
  };
}

/** Copy that an edit may change. */
export function cloneCase(model: CaseModel): CaseModel {
  return { ...model, unit: cloneModel(model.unit), calls: [...model.calls] };
}

/** Encodes a case; the unit is not verified here. */
export function encodeCase(model: CaseModel): Case {
  return {
    ...model.origin,
    unit: encodeUnit(model.unit),
    plan: model.plan,
    settings: model.settings,
    calls: model.calls,
  };
}

/** Functions with a body, with the index of their nav. */
export function functionsOf(model: CaseModel): { index: NavIndex; nav: Nav; body: Node[] }[] {
  const functions: { index: NavIndex; nav: Nav; body: Node[] }[] = [];
  model.unit.navs.forEach(({ nav, body }: NavModel, index) => {
    if (body !== null) functions.push({ index: index as NavIndex, nav, body });
  });
  return functions;
}

/** The nav that exports `name`, or -1. */
export function exporterOf(model: CaseModel, name: string): NavIndex {
  return model.unit.navs.findIndex(({ nav }) => nav.exports.some((e) => e.name === name)) as NavIndex;
}

/**
 * How big a case is; a step of the reduction must make it smaller. Compared from left to right, text last: shorter first,
 * and of equal length the one that sorts first. There is no endless chain of smaller cases, so reduction ends.
 */
export interface CaseSize {
  readonly counts: readonly number[];
  readonly text: string;
}

/** Size of `case_`, whose stored text is `text`. */
export function sizeOf(case_: Case, kind: SettingsKind, text: string): CaseSize {
  return {
    counts: [
      instructionCount(case_.unit),
      case_.unit.navs.length,
      case_.calls.length,
      (case_.plan.decorations ?? []).length + (case_.plan.options ?? []).length,
      case_.plan.parts.length,
      kind.size(case_.settings),
      text.length,
    ],
    text,
  };
}

/** Whether `a` is smaller than `b`. */
export function isSmaller(a: CaseSize, b: CaseSize): boolean {
  for (let i = 0; i < a.counts.length; i++) {
    if (a.counts[i]! !== b.counts[i]!) return a.counts[i]! < b.counts[i]!;
  }
  return a.text < b.text;
}
