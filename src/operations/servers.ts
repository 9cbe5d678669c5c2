import * as z from 'zod';
import { describeServer, lookAtServers } from './installed-servers.js';
import { defineOperation } from './operation.js';

/** Every language server that is known: what it answers for, whether it is installed, where it comes from, and whether it is the pinned one. */
export const servers = defineOperation({
  cmd: 'servers',
  args: z.strictObject({}),
  run: async (bench) => {
    const snapshot = await bench.refresh();
    const found = await lookAtServers(bench, snapshot, await bench.specChooser(snapshot), () => true);
    const programs = found.flatMap(({ spec, launch }) => (launch === null ? [] : [[spec.id, [launch.command.executable, ...launch.command.args].join(' ')] as const]));
    return { args: {}, facts: { servers: found.map(describeServer) }, snapshot: snapshot.digest, machine: { commands: Object.fromEntries(programs) } };
  },
});
