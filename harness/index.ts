/**
 * The public door of the harness: what a script needs to run cases of its own, and to bring a back end or an engine.
 *
 * Owns the choice of what is public, and nothing else. Inside of harness/, files import the file they need.
 */
export type {
  Answer,
  Backend,
  BackendWay,
  BatchCompiler,
  BuildJob,
  CodeText,
  CommandAbility,
  DirectCompiler,
  LivingAbility,
  ObjectAbility,
  ObjectInput,
  ObjectJob,
  OpenCompilation,
  Support,
  ThreadAbility,
} from './backend/door.ts';
export { EXECUTABLE_WAY } from './backend/door.ts';
export { CORE_BACKEND, coreBackend, loadCoreBackend } from './backend/core/core-backend.ts';
export { CORE_SETTINGS } from './backend/core/settings.ts';
export { loadBackend } from './backend/load-backend.ts';
export type { CampaignConfig } from './campaign/config.ts';
export { runCampaign } from './campaign/campaign.ts';
export type { CampaignResult } from './campaign/events.ts';
export type { CampaignParts } from './campaign/parts.ts';
export type { CaseFileError, CaseFileResult, StoredCase } from './case/case-file.ts';
export { formatCaseFileError, readCaseFile, writeCaseFile } from './case/case-file.ts';
export type { ExpectedByte, ExpectedOutcome, Expectations } from './case/expectations.ts';
export { expectationsOf, NO_EXPECTATIONS } from './case/expectations.ts';
export { generatorOf } from './case/generate.ts';
export type { Check } from './check/check.ts';
export { CHECK_NAMES } from './model/check-names.ts';
export { loadChecks } from './check/checks.ts';
export { runCase, runCases } from './check/run-case.ts';
export type { RunOptions, TimeLimits } from './check/run-steps.ts';
export { DEFAULT_TIME_LIMITS } from './check/run-steps.ts';
export { answersLater, runCasesSupplied, runCaseSupplied } from './check/run-supplied.ts';
export type {
  BatchEngine,
  DirectEngine,
  Engine,
  EngineOutcome,
  EngineRequest,
  EngineRun,
  EngineState,
} from './engine/door.ts';
export { loadEngines } from './engine/load-engines.ts';
export { copyObjects, copyProbed } from './engine/observe.ts';
export { requestOf, runOn } from './engine/request.ts';
export { V8_ENGINE } from './engine/v8/v8-engine.ts';
export { readRequest, readRun, writeRequest, writeRun } from './engine/wire.ts';
export type { ModuleText } from './wasm/module-text.ts';
export { loadModuleText } from './wasm/module-text.ts';
export type { ExplainParts } from './explain/explain.ts';
export { explain } from './explain/explain.ts';
export type { Explanation } from './explain/explanation.ts';
export { nameBucket } from './check/bucket-id.ts';
export type { Case, LinkPlan, SeedName } from './model/case.ts';
export { DEFAULT_PROFILE, parseSeed, printSeed, WHOLE_PLAN } from './model/case.ts';
export type { CaseReport, CheckRun } from './model/case-report.ts';
export type { Finding, FindingKind, Reason, Stage, WayId } from './model/finding.ts';
export { bucketOf } from './model/finding.ts';
export type { OpaqueSettings, SettingsKind, Variation } from './model/settings.ts';
export type { TimePart, TimeSplit } from './model/stopwatch.ts';
export { addSplits, Stopwatch, TIME_PARTS } from './model/stopwatch.ts';
export type { Verdict } from './model/verdict.ts';
export { judgeBucket, judgeBucketLater } from './reduce/judge-bucket.ts';
export type { Judge, LaterJudge, ReduceOptions, Reduction } from './reduce/reduce.ts';
export { reduceCase, reduceCaseLater } from './reduce/reduce.ts';
export { WorkerPool } from './worker/pool.ts';
