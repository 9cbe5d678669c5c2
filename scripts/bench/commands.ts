import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../../bin/assay.cjs', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
}

/** Runs a program to its end. */
export function runProgram(program: string, args: readonly string[], { cwd, env, input }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string }): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
    child.once('close', (code) => resolve({ code: code ?? -1, stdout }));
  });
}

export function runAssay(args: readonly string[], options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string }): Promise<Ran> {
  return runProgram(process.execPath, [BIN, ...args], options);
}
