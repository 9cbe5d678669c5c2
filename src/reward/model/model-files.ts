import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../base/failure.js';

export interface RuntimeFiles {
  /** The package's entry, to require. */
  readonly runtime: string;
  readonly version: string;
  /** The script of the thread that runs a model. */
  readonly worker: string;
}

/** Finds the ONNX runtime; throws E/UNSUPPORTED_CAP when it is not installed. */
export function runtimeFiles(): RuntimeFiles {
  const require = createRequire(import.meta.url);
  try {
    const runtime = require.resolve('onnxruntime-node');
    const { version } = JSON.parse(readFileSync(require.resolve('onnxruntime-node/package.json'), 'utf8')) as { version: string };
    return { runtime, version, worker: join(packageFolder(), 'bin', 'onnx-worker.cjs') };
  } catch (cause) {
    throw new Failure('E/UNSUPPORTED_CAP', 'onnxruntime-node is not installed, so no model can be run', { hint: 'Install the package again, or use --no-model. Nothing was scored.', cause });
  }
}

/** Returns the card of the model that comes with this package. */
export function defaultCardPath(): string {
  return join(packageFolder(), 'models', 'default', 'card.json');
}

/** Reads a file that a card names, beside the card. Throws E/NOT_FOUND or E/FS_PERMISSIONS. */
export async function readModelFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new Failure('E/NOT_FOUND', `there is no file ${path}`, { hint: 'A card names its model and tokenizer relative to itself. Nothing was scored.', cause });
    throw new Failure('E/FS_PERMISSIONS', `${path} cannot be read (${code ?? 'unknown reason'})`, { hint: 'Nothing was scored.', cause });
  }
}

/** Returns the folder of this package, wherever the file that holds this code was bundled to. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'bin', 'onnx-worker.cjs'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Failure('E/INTERNAL', 'BUG: the script that runs models is not part of this installation', { hint: 'Install the package again.' });
    folder = parent;
  }
  return folder;
}
