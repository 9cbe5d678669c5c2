import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { hexSha256 } from '../../src/workspace/file-tree.js';
import { stateDirFor } from '../../src/workspace/state-dir.js';
import { checkReplay } from '../../src/operations/replay.js';
import { TraceRecorder } from '../../src/trace/record.js';
import { traceOf } from '../trace/sample-trace.js';
import { temporaryFolder, TemporaryRepository } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

test('what was learned behind an answer, while versions of files were kept, is missed by no replay', async () => {
  const text = 'def f(x):\n    return x\n\n\nf(1)\n';
  const repository = new TemporaryRepository({ 'a.py': text });
  const path = join(temporaryFolder(), 'trace.jsonl');
  const story = TraceRecorder.open(path);
  const engine = await openEngine(repository.top, { story });
  const digest = hexSha256(Buffer.from(text));
  await engine.run({ cmd: 'refs', args: { selector: 'py://a#f' } });
  // Each usage is the address of a place in this version of the file, which is kept behind the answer.
  await vi.waitFor(() => { expect(existsSync(join(stateDirFor(repository.top), 'contents', digest.slice(0, 2), digest.slice(2)))).toBe(true); }, 20_000);
  const kept = await engine.run({ cmd: 'locate', args: { selector: `a.py@L2:C5?v=sha256:${digest}` } });
  expect(kept.status).toBe('ok');
  await engine.close();
  story.close();
  const trace = await traceOf(readFileSync(path, 'utf8'));
  const again: string[] = [];
  await checkReplay(trace, new Set(trace.operations), {}, ({ operation, bundle }) => Promise.resolve(void again.push(`${operation.request.cmd} ${bundle.status} ${bundle.bundleId}`)));
  expect(again.at(-1)).toBe(`locate ok ${kept.bundleId}`);
});
