import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundleSchema, type Bundle } from '../../src/bundles/schema/bundle.js';

export const BIN = fileURLToPath(new URL('../../bin/assay.cjs', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs the built command line and returns what it printed and its exit code. */
export function assay(args: readonly string[], { cwd, input, env = process.env }: RunOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [BIN, ...args], { cwd, env, maxBuffer: 1 << 28 }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
    // One that does not read may have ended before.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/** Runs with --json, and checks what holds of every bundle: one valid line, the exit code inside. */
export async function assayBundle(args: readonly string[], options: RunOptions): Promise<Bundle> {
  const { code, stdout, stderr } = await assay([...args, '--json'], options);
  const lines = stdout.split('\n');
  if (lines.length !== 2 || lines[1] !== '') throw new Error(`not one line: ${stdout.slice(0, 500)}\n${stderr}`);
  const bundle: Bundle = bundleSchema.parse(JSON.parse(lines[0] ?? ''));
  if (bundle.meta.exitCode !== code) throw new Error(`exit code ${String(code)}, in the bundle ${String(bundle.meta.exitCode)}`);
  return bundle;
}

/** Starts the command line without waiting for it. */
export function startAssay(args: readonly string[], { cwd, env = process.env }: RunOptions, stdin: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: [stdin, 'pipe', 'pipe'] });
}
