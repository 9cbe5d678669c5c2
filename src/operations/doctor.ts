import * as z from 'zod';
import type { Check } from '../bundles/schema/servers.js';
import { notInstalled } from '../lsp/session.js';
import { serverNamed } from '../lsp/registry.js';
import { Failure } from '../base/failure.js';
import { determinismOf } from './doctor/determinism-check.js';
import { interpreterCheck, machineChecks, trustCheck } from './doctor/machine-checks.js';
import { probeServer } from './doctor/probe.js';
import { serverChecks } from './doctor/server-checks.js';
import { settleTrust } from './init.js';
import { lookAtServers } from './installed-servers.js';
import { defineOperation } from './operation.js';

/** So many questions are repeated for each server where nothing else is said. */
const QUESTIONS = 100;

const argsSchema = z.strictObject({
  /** Asks each server a sample of questions again and again, and records what did not always have the same answer. */
  determinism: z.boolean().default(false),
  /** How many, for each server. */
  questions: z.int().min(1).max(100_000).nullable().default(null),
  /** Another one is another sample, in other orders. */
  seed: z.int().min(1).max(0x7ffffffd).nullable().default(null),
});

/**
 * Says what works here, what does not, and how to mend it: the machine, what is not trusted, and for every server that answers for
 * files of the workspace (or the one of --server) whether it is there, whether it is the pinned one, and what a probe in a scratch copy
 * finds. Exit 1 when something does not work.
 */
export const doctor = defineOperation({
  cmd: 'doctor',
  args: argsSchema,
  run: async (bench, { determinism, questions, seed }) => {
    if (!determinism && (questions !== null || seed !== null)) throw new Failure('E/BAD_ARGUMENT', 'questions and seed belong to determinism', { hint: 'Add --determinism, or leave them out. Nothing was started.' });
    const sample = determinism ? { count: questions ?? QUESTIONS, seed: seed ?? 1 } : null;
    const args = sample === null ? {} : { determinism, questions: sample.count, seed: sample.seed };
    const snapshot = await bench.refresh();
    const specOf = await bench.specChooser(snapshot);
    const { server } = bench.options;
    const asked = server === undefined ? null : serverNamed(server, specOf.servers, '--server');
    const found = await lookAtServers(bench, snapshot, specOf, (spec, files) => (asked === null ? files.length > 0 : spec.id === asked.id));
    const checks: Check[] = [...(await machineChecks(bench)), trustCheck(await settleTrust(bench, false))];
    if (found.some(({ spec }) => spec.needsInterpreter)) checks.push(await interpreterCheck(await (await bench.live('diagnostics')).pythonInterpreter()));
    for (const looked of found) {
      if (asked !== null && looked.launch === null && looked.failure === null) return { args, facts: { checks }, snapshot: snapshot.digest, failure: notInstalled(asked) };
      checks.push(...serverChecks(looked));
      if (looked.launch !== null && looked.files.length > 0) checks.push(...(await probeServer(bench, looked.spec, snapshot)));
    }
    const unstable = sample === null ? null : await determinismOf(bench, found, snapshot, sample, checks);
    return { args, facts: { checks, ...(unstable === null ? {} : { unstable }) }, snapshot: snapshot.digest, ...(checks.some(({ status }) => status === 'problem') ? { exitCode: 1 } : {}) };
  },
});
