/**
 * The one public door of core: what generators, harness and users of the package may see.
 *
 * Owns the choice of what is public, and nothing else. Inside core, files import the file they need.
 */
export type { CallInput } from './air/call.ts';
export type { Switch, SwitchCase } from './air/body/body.ts';
export type { InstIndex, InstList, InstSequence, MaskItem, Ref, RefList } from './air/body/ref.ts';
export { Body } from './air/body/body.ts';
export { operandAt } from './air/body/operands.ts';
export { instRef, isInstRef, maskItem, REF_NONE, refInst, refValue, valueRef } from './air/body/ref.ts';
export * from './air/body/builder.ts';
export { forEachOperand } from './air/body/operands.ts';
export type { OpForm } from './air/schema/forms.ts';
export { COMPARISONS, FORMS, MODIFICATIONS, ORDERS, REDUCTIONS } from './air/schema/forms.ts';
export type { FormLayout } from './air/schema/layout.ts';
export { LAYOUT_BY_NUMBER } from './air/schema/layout.ts';
export { resultTypes } from './air/typing/result-types.ts';
export * from './air/schema/ops.ts';
export * from './air/text/parse.ts';
export { printInst, printNav, printRef, printUnit } from './air/text/print.ts';
export { printNavName, printType, printValue, quote } from './air/text/print-terms.ts';
export type { Nav, NavExport, NavKind, Unit } from './air/unit.ts';
export { instructionCount, isFunctionNav, makeNav, navAt } from './air/unit.ts';
export type { VerifyError } from './air/verify/verify.ts';
export { verifyUnit } from './air/verify/verify.ts';
export type { Diagnostic, Place } from './diagnostics/diagnostics.ts';
export { Diagnostics, formatDiagnostic, formatPlace } from './diagnostics/diagnostics.ts';
export { bytesValue } from './intern/byte-values.ts';
export { InternPool } from './intern/intern-pool.ts';
export * from './intern/elements.ts';
export { formatFloat, readFloat } from './air/text/float-text.ts';
export type { FloatBits, FloatFormat } from './intern/float-formats.ts';
export {
  FLOAT_FORMATS,
  infinityBits,
  isFloatPattern,
  isNanPattern,
  isSoftFloat,
  quietNanBits,
} from './intern/float-formats.ts';
export type { IpIndex, NavIndex } from './intern/keys.ts';
export { IP } from './intern/keys.ts';
export { floatNearest, floatPattern, nearestPattern, numberOfPattern } from './intern/numbers.ts';
export type { FieldType } from './intern/type-kinds.ts';
export { callConv } from './intern/call-conv.ts';
export { CallConv, PtrSize, SimpleType, StructLayout, TypeKind } from './intern/type-kinds.ts';
export * from './intern/sums.ts';
export * from './intern/packed.ts';
export * from './intern/vectors.ts';
export { ValueKind } from './intern/value-kinds.ts';
export * from './intern/layout.ts';
export type { Target } from './intern/target.ts';
export { refusals } from './codegen/refusals.ts';
export type { LinkOptions } from './link/options/options.ts';
export { MirBuilder } from './mir/builder.ts';
export type { Mir } from './mir/mir.ts';
export { hasFrame } from './mir/mir.ts';
export { MIR_NAMES, MIR_OPERAND, MirOperand, MirTag } from './mir/ops.ts';
export { printMir } from './mir/print.ts';
export * from './pipeline/compile.ts';
export type { LinkerHost, LinkOutcome } from './pipeline/run-linker.ts';
export { runLinker } from './pipeline/run-linker.ts';
export { compileRuntimeFunctions, compileRuntimeObjects } from './pipeline/runtime-library.ts';
export { routineStack } from './runtime/routine-stack.ts';
export type { PeepholeName, Peepholes } from './codegen/state/peepholes.ts';
export { ALL_PEEPHOLES, NO_PEEPHOLES, PEEPHOLE_NAMES } from './codegen/state/peepholes.ts';
export type { Settings } from './pipeline/settings.ts';
export { DEFAULT_SETTINGS } from './pipeline/settings.ts';
export { MAX_THREADS, stopCodegenThreads, workerUrl } from './pipeline/threads/codegen-threads.ts';
export type { ThreadOptions } from './pipeline/threads/compile-threaded.ts';
export {
  compileExeThreaded,
  compileExeThreadedSync,
  compileObjectThreaded,
  compileObjectThreadedSync,
} from './pipeline/threads/compile-threaded.ts';
export { InternalError, unreachable } from './support/assert.ts';
export type { Brand } from './support/brand.ts';
export type { MarkedLayer } from './support/layer-mark.ts';
export { layerOfError } from './support/layer-mark.ts';
