import { onTestFinished } from 'vitest';
import type { ServerSpec } from '../../src/lsp/server-spec.js';
import { Session, type SessionOptions } from '../../src/lsp/session.js';

/** Starts a session that is closed after the test. */
export async function openSession(spec: ServerSpec, root: string, options: Partial<SessionOptions> = {}): Promise<Session> {
  const session = await Session.start({ spec, root, aliases: [], env: process.env, interpreter: null, timeoutMs: 50_000, ...options });
  onTestFinished(() => session.close());
  return session;
}
