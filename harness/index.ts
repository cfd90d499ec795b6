/**
 * The public door of the harness: what a script needs to run cases of its own.
 *
 * Owns the choice of what is public, and nothing else. Inside of harness/, files import the file they need.
 */
export type { Backend, Built, Capabilities, ObjectInput, ObjectOptions, OpenCompilation } from './backend/door.ts';
export { CORE_BACKEND, coreBackend, loadCoreBackend } from './backend/core/core-backend.ts';
export type { Case, LinkPlan, SeedName } from './model/case.ts';
export { DEFAULT_PROFILE, parseSeed, printSeed, WHOLE_PLAN } from './model/case.ts';
export type { CaseFileError, CaseFileResult, StoredCase } from './case/case-file.ts';
export { formatCaseFileError, readCaseFile, writeCaseFile } from './case/case-file.ts';
export type { ExpectedByte, ExpectedOutcome, Expectations } from './case/expectations.ts';
export { expectationsOf, NO_EXPECTATIONS } from './case/expectations.ts';
export { nameBucket } from './model/bucket.ts';
export type { Finding, FindingKind, Reason, Stage } from './model/finding.ts';
export type { CaseReport, CheckRun } from './model/case-report.ts';
export type { Check } from './check/check.ts';
export { bucketOf } from './model/finding.ts';
export { CHECK_NAMES, loadChecks } from './check/checks.ts';
export type { RunOptions, TimeLimits } from './check/run-case.ts';
export { DEFAULT_TIME_LIMITS, runCase, runCases } from './check/run-case.ts';
export type { TimePart, TimeSplit } from './model/stopwatch.ts';
export { addSplits, Stopwatch, TIME_PARTS } from './model/stopwatch.ts';
export type { Verdict } from './model/verdict.ts';
export type { Engine, EngineOutcome, EngineRun, EngineState } from './engine/door.ts';
export { V8_ENGINE } from './engine/v8/v8-engine.ts';
