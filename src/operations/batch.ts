import { createInterface } from 'node:readline';
import * as z from 'zod';
import { caller } from '../base/caller.js';
import { canonicalJson } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { batchRequestSchema, type BatchRequest } from '../bundles/schema/lines.js';
import type { EngineOptions } from './engine.js';
import { openEngine, type EngineHandle } from './engines.js';
import { failureBundle } from './failure-bundle.js';

/**
 * Answers JSONL requests in their order, with one engine per workspace. A line that cannot be read gets an error bundle
 * and does not stop the rest; whoever wants no answers any more gets none after the next. Resolves with false when there was such a line.
 */
export async function runBatch(input: NodeJS.ReadableStream, options: EngineOptions, write: (line: string) => Promise<void>): Promise<boolean> {
  const engines = new Engines(options);
  let allReadable = true;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const request = parseLine(line);
      if (request instanceof Failure) allReadable = false;
      const id = request instanceof Failure ? idOf(line) : request.id;
      const bundle = request instanceof Failure ? failureBundle({ cmd: 'batch', args: {} }, request) : await engines.answer(request);
      await write(canonicalJson({ id, bundle }));
      if (caller().signal.aborted) break;
    }
  } finally {
    await engines.close();
  }
  return allReadable;
}

/** So many workspaces are kept warm; a batch over more closes the one that was used longest ago. */
const WORKSPACES_MAX = 4;

class Engines {
  private readonly options: EngineOptions;
  /** The one used longest ago first. */
  private readonly byWorkspace = new Map<string, EngineHandle>();

  constructor(options: EngineOptions) {
    this.options = options;
  }

  async answer({ cmd, args }: BatchRequest): Promise<Bundle> {
    const { workspace, ...rest } = args;
    try {
      return await (await this.engineFor(workspace)).run({ cmd, args: rest });
    } catch (error) {
      if (error instanceof Failure) return failureBundle({ cmd, args: rest }, error);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.byWorkspace.values()].map((engine) => engine.close()));
  }

  private async engineFor(workspace: unknown): Promise<EngineHandle> {
    if (workspace !== undefined && typeof workspace !== 'string') throw new Failure('E/BAD_ARGUMENT', 'the argument workspace is not a string', { hint: 'It names a folder.' });
    const key = workspace ?? this.options.workspace ?? '';
    const engine = this.byWorkspace.get(key) ?? (await openEngine(key === '' ? this.options : { ...this.options, workspace: key }));
    this.byWorkspace.delete(key);
    this.byWorkspace.set(key, engine);
    const [oldest] = this.byWorkspace;
    if (oldest !== undefined && this.byWorkspace.size > WORKSPACES_MAX) {
      this.byWorkspace.delete(oldest[0]);
      await oldest[1].close();
    }
    return engine;
  }
}

function parseLine(line: string): BatchRequest | Failure {
  const parsed = batchRequestSchema.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  return new Failure('E/BAD_ARGUMENT', `not a batch line: ${z.prettifyError(parsed.error)}`, { hint: 'A line is {"id": …, "cmd": "def", "args": {"selector": …}}. The other lines were answered.' });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The schema then says that it is no object.
    return undefined;
  }
}

function idOf(line: string): string | number | null {
  const parsed = z.looseObject({ id: z.union([z.string(), z.number()]) }).safeParse(parseJson(line));
  return parsed.success ? parsed.data.id : null;
}
