/** The text of a module, by wabt. */

/** Text of a module, unfolded; null for one that cannot be read. */
export type ModuleText = (bytes: Uint8Array) => string | null;

/** Loads wabt. */
export async function loadModuleText(): Promise<ModuleText> {
  const { default: load } = await import('wabt');
  const wabt = await load();
  return (bytes) => {
    try {
      // wabt reads from the beginning of the memory that the bytes lie in.
      const module = wabt.readWasm(new Uint8Array(bytes), { memory64: true, readDebugNames: true });
      try {
        module.applyNames();
        return module.toText({ foldExprs: false, inlineExport: false });
      } finally {
        module.destroy();
      }
    } catch {
      return null;
    }
  };
}
