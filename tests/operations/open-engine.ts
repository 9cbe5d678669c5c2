import { afterEach } from 'vitest';
import { Engine, type EngineOptions } from '../../src/operations/engine.js';

const open: Engine[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()));
});

/** Opens an engine that is closed after the test. */
export async function openEngine(workspace: string, options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await Engine.open({ workspace, env: process.env, timeoutMs: 60_000, indexUnit: 'codepoint', ...options });
  open.push(engine);
  return engine;
}
