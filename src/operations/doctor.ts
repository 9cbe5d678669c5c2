import * as z from 'zod';
import type { Check } from '../bundles/schema/servers.js';
import { notInstalled } from '../lsp/session.js';
import { serverNamed } from '../lsp/registry.js';
import { interpreterCheck, machineChecks, trustCheck } from './doctor/machine-checks.js';
import { probeServer } from './doctor/probe.js';
import { serverChecks } from './doctor/server-checks.js';
import { settleTrust } from './init.js';
import { lookAtServers } from './installed-servers.js';
import { defineOperation } from './operation.js';

/**
 * Says what works here, what does not, and how to mend it: the machine, what is not trusted, and for every server that answers for
 * files of the workspace (or the one of --server) whether it is there, whether it is the pinned one, and what a probe in a scratch copy
 * finds. Exit 1 when something does not work.
 */
export const doctor = defineOperation({
  cmd: 'doctor',
  args: z.strictObject({}),
  run: async (bench) => {
    const snapshot = await bench.refresh();
    const specOf = await bench.specChooser(snapshot);
    const { server } = bench.options;
    const asked = server === undefined ? null : serverNamed(server, specOf.servers, '--server');
    const found = await lookAtServers(bench, snapshot, specOf, (spec, files) => (asked === null ? files.length > 0 : spec.id === asked.id));
    const checks: Check[] = [...(await machineChecks(bench)), trustCheck(await settleTrust(bench, false))];
    if (found.some(({ spec }) => spec.needsInterpreter)) checks.push(await interpreterCheck(await (await bench.live('diagnostics')).pythonInterpreter()));
    for (const looked of found) {
      if (asked !== null && looked.launch === null && looked.failure === null) return { args: {}, facts: { checks }, snapshot: snapshot.digest, failure: notInstalled(asked) };
      checks.push(...serverChecks(looked));
      if (looked.launch !== null && looked.files.length > 0) checks.push(...(await probeServer(bench, looked.spec, snapshot)));
    }
    return { args: {}, facts: { checks }, snapshot: snapshot.digest, ...(checks.some(({ status }) => status === 'problem') ? { exitCode: 1 } : {}) };
  },
});
