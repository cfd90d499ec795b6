/**
 * The public door of the harness: what a script needs to run cases of its own.
 *
 * Owns the choice of what is public, and nothing else. Inside of harness/, files import the file they need.
 */
export type { Backend, Built, Capabilities, ObjectInput, ObjectOptions, OpenCompilation } from './backend/backend.ts';
export { CORE_BACKEND, coreBackend, loadCoreBackend } from './backend/core-backend.ts';
export type { Case, LinkPlan, SeedName } from './model/case.ts';
export { DEFAULT_PROFILE, parseSeed, printSeed, WHOLE_PLAN } from './model/case.ts';
export type { CaseFileError, CaseFileResult, StoredCase } from './case/case-file.ts';
export { formatCaseFileError, readCaseFile, writeCaseFile } from './case/case-file.ts';
export type { ExpectedByte, ExpectedOutcome, Expectations } from './case/expectations.ts';
export { expectationsOf, NO_EXPECTATIONS } from './case/expectations.ts';
export { nameBucket } from './check/bucket.ts';
export type { CaseReport, Check, CheckRun, Finding, FindingKind, Reason, Stage } from './check/check.ts';
export { bucketOf } from './check/check.ts';
export { CHECK_NAMES, loadChecks } from './check/checks.ts';
export type { RunOptions, TimeLimits } from './check/run-case.ts';
export { DEFAULT_TIME_LIMITS, runCase, runCases } from './check/run-case.ts';
export type { TimePart, TimeSplit } from './check/stopwatch.ts';
export { addSplits, Stopwatch, TIME_PARTS } from './check/stopwatch.ts';
export type { Verdict } from './model/verdict.ts';
export type { Engine, EngineOutcome, EngineRun, EngineState } from './engine/engine.ts';
export { V8_ENGINE } from './engine/v8-engine.ts';
