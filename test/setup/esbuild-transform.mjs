/**
 * Jest transformer: TypeScript to ES modules through esbuild, one file at a time, without type checks.
 *
 * Types are `npm run typecheck`'s job. The target is Node 20, so nothing but the types is removed, and the inline
 * source map keeps the line numbers of a failure true.
 */
import { createHash } from 'node:crypto';
import { transformSync, version } from 'esbuild';

const OPTIONS = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline', sourcesContent: false };

export default {
  process(source, file) {
    return { code: transformSync(source, { ...OPTIONS, sourcefile: file }).code };
  },
  getCacheKey(source, file) {
    return createHash('sha256')
      .update(JSON.stringify([version, OPTIONS, file, source]))
      .digest('hex');
  },
};
