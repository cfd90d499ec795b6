/**
 * What this program calls itself in its outputs.
 *
 * Owns name and version; a test compares both with package.json, which the back end cannot read.
 */
export const TOOL = { name: 'wasm-backend-harness', version: '0.1.0' } as const;
