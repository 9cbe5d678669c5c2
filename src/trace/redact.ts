import { canonicalJson, type Json } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import type { Trace } from './read.js';
import { sealLine, type TraceBody, type TraceLine } from './trace-line.js';

/**
 * Yields the lines of a trace without what it holds of anybody's code and machine: no file, no selector, no path, no word of a server.
 * What stays is which commands ran and how they ended, which methods were asked in which order, and digests. Such a trace can be listed
 * and shown, and says what is missing when it is to be replayed.
 */
export function* redactTrace(trace: Trace): Generator<string> {
  for (const { lines } of trace.sessions) {
    let previous = '';
    for (const line of lines) {
      const { text, check } = sealLine(redactLine(line), { s: line.s, n: line.n, previous });
      previous = check;
      yield text;
    }
  }
}

function redactLine(line: TraceLine): TraceBody {
  const { s: _session, n: _number, check: _check, ...body } = line;
  const redacted = (note: Json): TraceBody => ({ kind: 'redacted', op: 'op' in body ? body.op : 0, was: body.kind, digest: sha256(canonicalJson(body)), note });
  switch (body.kind) {
    case 'trace':
    case 'end':
    case 'redacted':
      return body;
    case 'request':
      return { ...body, args: {}, options: {}, id: null };
    case 'content':
      return redacted({ digest: body.digest, characters: (body.text ?? body.base64 ?? '').length });
    case 'saw':
      return redacted({ what: body.what, failed: body.failure?.code ?? false });
    case 'frame':
      return redacted({ server: body.server, from: body.from, method: (body.message as { method?: Json }).method ?? null });
    case 'lost':
      return redacted({ server: body.server, code: body.failure.code });
    case 'wait':
      return redacted({ server: body.server, what: body.what });
    case 'bundle':
      return redacted(redactBundle(body.bundle));
  }
}

function redactBundle(bundle: Json): Json {
  const { bundleId, status, request, error, meta } = bundle as { bundleId: Json; status: Json; request: { cmd: Json }; error?: { code: Json }; meta: { exitCode: Json; durationMs: Json } };
  return { bundleId, status, request: { cmd: request.cmd }, meta: { exitCode: meta.exitCode, durationMs: meta.durationMs }, ...(error === undefined ? {} : { error: { code: error.code } }) };
}
