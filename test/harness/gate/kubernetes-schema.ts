/**
 * The part of the Kubernetes API that deploy/kubernetes uses, strictly: a field that is not here is an error, as for the API server.
 *
 * Written from the reference of batch/v1 (Job, CronJob) and v1 (PersistentVolumeClaim, Pod), and the rules that the API server holds beside the types
 * (Job: "Pod failure policy", "Backoff limit per index").
 */
import { z } from 'zod';

const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  .max(63);
const quantity = z.string().regex(/^[0-9]+(\.[0-9]+)?(m|[KMGTPE]i?)?$/);
const metadata = z.strictObject({ name });
const natural = z.number().int().nonnegative();
const resources = z.strictObject({
  requests: z.partialRecord(z.enum(['cpu', 'memory', 'storage']), quantity).optional(),
  limits: z.partialRecord(z.enum(['cpu', 'memory']), quantity).optional(),
});

const container = z.strictObject({
  name,
  image: z.string().min(1),
  resources: resources.optional(),
  env: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
        value: z.string().optional(),
        valueFrom: z.strictObject({ fieldRef: z.strictObject({ fieldPath: z.string() }) }).optional(),
      }),
    )
    .optional(),
  command: z.array(z.string()),
  args: z.array(z.string()),
  volumeMounts: z.array(z.strictObject({ name, mountPath: z.string().startsWith('/') })),
});

const pod = z.strictObject({
  restartPolicy: z.enum(['Never', 'OnFailure']),
  securityContext: z.strictObject({ fsGroup: natural }).optional(),
  containers: z.array(container).min(1),
  volumes: z.array(z.strictObject({ name, persistentVolumeClaim: z.strictObject({ claimName: name }) })),
});

const action = z.enum(['FailJob', 'FailIndex', 'Ignore', 'Count']);
const codes = z
  .array(z.number().int().min(0).max(255))
  .min(1)
  .max(255)
  .refine((values) => values.every((value, n) => n === 0 || values[n - 1]! < value), 'exit codes in order, each once');

const rule = z
  .strictObject({
    action,
    onExitCodes: z
      .strictObject({ containerName: name, operator: z.enum(['In', 'NotIn']), values: codes })
      .refine(({ operator, values }) => operator !== 'In' || !values.includes(0), 'success is no failure')
      .optional(),
    onPodConditions: z
      .array(z.strictObject({ type: z.string().min(1), status: z.enum(['True', 'False', 'Unknown']).default('True') }))
      .max(20)
      .optional(),
  })
  .refine((one) => (one.onExitCodes === undefined) !== (one.onPodConditions === undefined), 'one of both conditions');

const job = z
  .strictObject({
    completionMode: z.enum(['NonIndexed', 'Indexed']).optional(),
    completions: natural.optional(),
    parallelism: natural.optional(),
    backoffLimit: natural.optional(),
    backoffLimitPerIndex: natural.optional(),
    maxFailedIndexes: natural.optional(),
    podFailurePolicy: z.strictObject({ rules: z.array(rule).max(20) }).optional(),
    template: z.strictObject({ spec: pod }),
  })
  .refine(
    (spec) => spec.podFailurePolicy === undefined || spec.template.spec.restartPolicy === 'Never',
    'restartPolicy',
  )
  .refine(
    (spec) => spec.completionMode !== 'Indexed' || spec.completions !== undefined,
    'an indexed job has completions',
  )
  .refine((spec) => spec.backoffLimitPerIndex === undefined || spec.completionMode === 'Indexed', 'limit per index')
  .refine(
    ({ maxFailedIndexes: most, completions = 0, backoffLimitPerIndex }) =>
      most === undefined || (backoffLimitPerIndex !== undefined && most <= completions),
    'maxFailedIndexes',
  )
  .refine(
    ({ podFailurePolicy, backoffLimitPerIndex }) =>
      backoffLimitPerIndex !== undefined || !(podFailurePolicy?.rules ?? []).some((one) => one.action === 'FailIndex'),
    'FailIndex needs backoffLimitPerIndex',
  );

const SCHEDULE = /^(\S+ ){4}\S+$/;

/** One document of the files of deploy/kubernetes. */
export const KUBERNETES = z.discriminatedUnion('kind', [
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('PersistentVolumeClaim'),
    metadata,
    spec: z.strictObject({
      accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'])).min(1),
      resources,
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('batch/v1'),
    kind: z.literal('CronJob'),
    // The name of a job is that of its CronJob and eleven characters.
    metadata: z.strictObject({ name: name.max(52) }),
    spec: z.strictObject({
      schedule: z.string().regex(SCHEDULE),
      concurrencyPolicy: z.enum(['Allow', 'Forbid', 'Replace']).optional(),
      jobTemplate: z.strictObject({ spec: job }),
    }),
  }),
]);
