import * as z from 'zod';
import type { Pin } from '../base/configuration.js';
import type { Setup } from '../bundles/schema/servers.js';
import { pinOf } from '../lsp/pins.js';
import { serverNamed, SERVERS } from '../lsp/registry.js';
import { trustablesOf } from '../lsp/trustables.js';
import { CONFIGURATION_FILE, readConfiguration, writePins } from '../workspace/configuration.js';
import { readTrust, writeTrust } from '../workspace/trust-store.js';
import { lookAtServers } from './installed-servers.js';
import { defineOperation } from './operation.js';
import type { Workbench } from './workbench.js';

const argsSchema = z.strictObject({ trust: z.boolean().default(false) });

/**
 * Pins in assay.json the servers that answer for the files of the workspace, as they are installed. With `trust` it first records
 * that what the workspace names may run, so that those servers are pinned too.
 */
export const init = defineOperation({
  cmd: 'init',
  args: argsSchema,
  run: async (bench, { trust }) => {
    const snapshot = await bench.refresh();
    const executables = await settleTrust(bench, trust);
    const specOf = await bench.specChooser(snapshot);
    const asked = bench.options.server;
    if (asked !== undefined) serverNamed(asked, specOf.servers, '--server');
    const found = await lookAtServers(bench, snapshot, specOf, (spec, files) => files.length > 0 || spec.id === asked || spec.pin !== undefined);
    const pins: Record<string, Pin> = {};
    const replaced: Record<string, Pin> = {};
    for (const { spec, installed, failure } of found) {
      if (failure !== null) throw failure;
      if (installed === null) continue;
      const pin = pinOf(spec, installed, spec.pin);
      pins[spec.id] = pin;
      if (spec.pin !== undefined && JSON.stringify(spec.pin) !== JSON.stringify(pin)) replaced[spec.id] = spec.pin;
    }
    const setup: Setup = { file: CONFIGURATION_FILE, change: await writePins(bench.workspace, pins), pins, replaced, executables };
    return { args: { trust }, facts: { setup }, snapshot: snapshot.digest };
  },
});

/** Returns what of the workspace runs only when trusted, and whether it is; with `trust`, records that all of it is. */
export async function settleTrust({ workspace, options }: Workbench, trust: boolean): Promise<Setup['executables']> {
  const configuration = await readConfiguration(workspace, options.env);
  const found = trustablesOf(workspace.root, configuration, SERVERS);
  if (trust) await writeTrust(workspace.stateDir, found);
  const trusted = new Set(readTrust(workspace.stateDir).map(({ digest }) => digest));
  return found.map(({ what, digest }) => ({ what, digest, trusted: trusted.has(digest) }));
}
