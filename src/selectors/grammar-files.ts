import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../base/failure.js';

/** Returns the bytes of a vendored grammar. */
export async function readGrammar(file: string): Promise<Uint8Array> {
  return await readFile(join(grammarFolder(), file));
}

/** Returns the WebAssembly module that runs the grammars. */
export async function readParserRuntime(): Promise<Uint8Array> {
  return await readFile(createRequire(import.meta.url).resolve('web-tree-sitter/web-tree-sitter.wasm'));
}

/** Returns the `grammars` folder of this package, wherever the file that holds this code was bundled to. */
function grammarFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, 'grammars');
    if (existsSync(join(candidate, 'SOURCES.json'))) return candidate;
    const parent = dirname(folder);
    if (parent === folder) throw new Failure('E/INTERNAL', 'BUG: the vendored grammars are not part of this installation', { hint: 'Install the package again.' });
    folder = parent;
  }
}
