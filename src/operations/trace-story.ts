import type { Json } from '../base/canonical-json.js';
import type { TracedOperation } from '../trace/read.js';

/** One thing that an operation did: a look at the world, a message, or how one was lost. */
export interface StoryEvent {
  /** What was looked at, or which server it was about. */
  readonly about: string;
  readonly event: string;
  readonly failed: string | null;
}

export interface TraceStory {
  /** The files that were read, by path, each with the digest of its bytes. */
  readonly files: { readonly path: string; readonly sha256: string }[];
  readonly events: StoryEvent[];
}

/** Returns what an operation did, in its order. Servers speak of themselves too often to be quoted: their notifications are left out. */
export function storyOf({ session, request }: TracedOperation): TraceStory {
  const story: TraceStory = { files: [], events: [] };
  for (const line of session.lines) {
    if (!('op' in line) || line.op !== request.op) continue;
    if (line.kind === 'saw') {
      const file = fileOf(line.what, line.key, line.value);
      if (file !== null) story.files.push(file);
      story.events.push({ about: line.what, event: shortKey(line.key), failed: line.failure?.code ?? line.failure?.message ?? null });
    } else if (line.kind === 'frame' && line.from === 'client') {
      story.events.push({ about: line.server, event: (line.message as { method: string }).method, failed: null });
    } else if (line.kind === 'lost') story.events.push({ about: line.server, event: line.failure.message, failed: line.failure.code });
    else if (line.kind === 'end') story.events.push({ about: line.server, event: 'is gone', failed: null });
  }
  return story;
}

function fileOf(what: string, key: Json, value: Json | undefined): { path: string; sha256: string } | null {
  if (what !== 'file' || value === undefined) return null;
  const { path } = key as { path: string };
  const { sha256 } = value as { sha256?: string };
  return sha256 === undefined ? null : { path, sha256: `sha256:${sha256}` };
}

/** The part of a key that says most: a path, the words of a command. */
function shortKey(key: Json): string {
  if (typeof key === 'string') return key;
  if (typeof key !== 'object' || key === null || Array.isArray(key)) return key === null ? '' : JSON.stringify(key);
  const { path, args } = key as { path?: Json; args?: Json };
  if (typeof path === 'string') return path;
  return Array.isArray(args) ? args.join(' ') : JSON.stringify(key);
}
