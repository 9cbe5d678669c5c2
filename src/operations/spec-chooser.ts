import { join } from 'node:path';
import { whenThere, type Awaitable } from '../base/awaitable.js';
import type { Configuration } from '../base/configuration.js';
import { Failure } from '../base/failure.js';
import { currentTape, observeSync } from '../base/observe.js';
import { configureServers } from '../lsp/configured-server.js';
import { checkUse, serversFor, SERVERS, type Chosen, type ServerChoice } from '../lsp/registry.js';
import type { LaunchContext, ServerSpec } from '../lsp/server-spec.js';
import type { Trust } from '../lsp/trust.js';
import { NO_CONFIGURATION, readConfiguration } from '../workspace/configuration.js';
import { installedVersion } from '../workspace/dependencies.js';
import { readTrust, type TrustedThing } from '../workspace/trust-store.js';
import type { Workspace } from '../workspace/workspace-root.js';

/** Where the chooser reads the workspace's package.json: the disk, or a tree that is analysed instead. */
export interface TextSource {
  text(path: string): Awaitable<string | null>;
}

/** What the caller asks for: a server by id, or further servers; and the environment that servers are looked up in. */
export interface ServerWish {
  readonly server?: string;
  readonly servers?: readonly ServerSpec[];
  readonly env: NodeJS.ProcessEnv;
}

/** Says which servers are asked about a file. Called, it returns the one that answers: null when none that is installed knows its language. */
export interface ServerChooser {
  (path: string): ServerSpec | null;
  /** The servers whose diagnostics a user wants beside those. */
  readonly linters: (path: string) => readonly ServerSpec[];
  /** The server that would answer if it were installed; null when one does answer, or none knows the language. */
  readonly missing: (path: string) => ServerSpec | null;
  /** Every server that there is, as it is configured. */
  readonly servers: readonly ServerSpec[];
}

/** What a user says of servers, in files of their own. */
interface ServerSettings {
  readonly configuration: Configuration;
  readonly trusted: readonly TrustedThing[];
}

function readServerSettings(workspace: Workspace, env: NodeJS.ProcessEnv): Awaitable<ServerSettings> {
  return whenThere(readConfiguration(workspace, env), (configuration) => ({ configuration, trusted: readTrust(workspace.stateDir) }));
}

/** Which servers are chosen and how they are configured depends on this beside the files; equal texts mean equal choices. */
export function settingsText(workspace: Workspace, env: NodeJS.ProcessEnv): Awaitable<string> {
  return whenThere(readServerSettings(workspace, env), textOf);
}

function textOf({ configuration, trusted }: ServerSettings): string {
  if (configuration === NO_CONFIGURATION && trusted.length === 0) return '';
  return JSON.stringify([configuration, trusted], (_key, value: unknown) => (value instanceof Map ? [...(value as ReadonlyMap<unknown, unknown>)] : value));
}

/** What decides which servers are chosen. */
interface Deciders extends ServerChoice {
  readonly settings: string;
  readonly furtherServers: readonly ServerSpec[] | undefined;
  readonly env: NodeJS.ProcessEnv;
}

interface Known {
  readonly deciders: Deciders;
  readonly installed: Set<ServerSpec>;
  /** By path. */
  readonly chosen: Map<string, Chosen>;
}

/** Where a chooser that is made again and again finds what it found out before. */
export class ChooserMemory {
  known: Known | null = null;
}

/**
 * Decides once, from the state before a step, and from the configuration and the trust as they are on disk. What is equal to what was found
 * before, as the memory has it, is the same, and a server that was installed is not looked for again: its session says when it goes.
 */
export function specChooser(source: TextSource, workspace: Workspace, wish: ServerWish, memory: ChooserMemory): Awaitable<ServerChooser> {
  return whenThere(readServerSettings(workspace, wish.env), (settings) => whenThere(source.text('package.json'), (packageJson) => chooserOf(settings, packageJson, workspace, wish, memory)));
}

function chooserOf({ configuration, trusted }: ServerSettings, packageJson: string | null, workspace: Workspace, wish: ServerWish, memory: ChooserMemory): ServerChooser {
  const found = {
    settings: textOf({ configuration, trusted }),
    furtherServers: wish.servers,
    env: wish.env,
    server: wish.server,
    use: configuration.use,
    packageJson,
    installedTypescript: installedVersion(join(workspace.root, 'node_modules'), 'typescript'),
  };
  const trust = new Set(trusted.map(({ digest }) => digest));
  const { known } = memory;
  // A replay has the same answers only to the same questions.
  const isSame = known !== null && currentTape() === null && DECIDING.every((key) => known.deciders[key] === found[key]);
  memory.known = isSame ? known : { deciders: { ...found, servers: serversOf(wish, configuration, trust) }, installed: new Set(), chosen: new Map() };
  const { deciders, installed, chosen: chosenBefore } = memory.known;
  const { root } = workspace;
  const absent = new Set<ServerSpec>();
  const isInstalled = (spec: ServerSpec): boolean => {
    if (installed.has(spec)) return true;
    if (!absent.has(spec)) (isThere(spec, { ...lookingAt(root), env: wish.env, trust }) ? installed : absent).add(spec);
    return installed.has(spec);
  };
  const chosen = (path: string): Chosen => {
    const choice = chosenBefore.get(path) ?? serversFor(path, deciders);
    chosenBefore.set(path, choice);
    return choice;
  };
  const main = (path: string): ServerSpec | null => {
    const { main: spec, isAskedFor } = chosen(path);
    return spec === null || isAskedFor || isInstalled(spec) ? spec : null;
  };
  return Object.assign(main, {
    linters: (path: string) => chosen(path).linters,
    missing: (path: string) => (main(path) === null ? chosen(path).main : null),
    servers: deciders.servers,
  });
}

/** `use` is part of the settings. */
const DECIDING = ['settings', 'furtherServers', 'env', 'server', 'packageJson', 'installedTypescript'] as const;

function serversOf({ servers = [] }: ServerWish, configuration: Configuration, trust: Trust): readonly ServerSpec[] {
  const all = [...servers, ...configureServers(SERVERS, configuration, trust)];
  checkUse(configuration, all);
  return all;
}

/** One that may not be looked at counts as there: asking it says why. */
function isThere(spec: ServerSpec, context: LaunchContext): boolean {
  try {
    return observeSync({ what: 'installed', key: spec.id }, () => spec.locate(context) !== null);
  } catch (error) {
    if (error instanceof Failure) return true;
    throw error;
  }
}

/** The context of a look at what is installed: nothing is started, so nothing is written. */
export function lookingAt(root: string): Pick<LaunchContext, 'workspaceRoot' | 'homeRoot' | 'runDir' | 'interpreter'> {
  return { workspaceRoot: root, homeRoot: root, runDir: root, interpreter: null };
}
