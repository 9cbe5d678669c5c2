import { isAbsolute, join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import type { Configuration, ConfiguredServer, ServerEntry } from '../base/configuration.js';
import { Failure } from '../base/failure.js';
import { PLAIN_SERVER } from './plain-server.js';
import { isRegularFile } from './files.js';
import { findConfigured } from './find-program.js';
import { launchOf } from './program-server.js';
import type { ReadyRule } from './readiness.js';
import { isInStep, type Launch, type LaunchContext, type ServerSpec } from './server-spec.js';
import type { Trust } from './trust.js';
import { mergeSettings, sectionOf } from './server-settings.js';
import { entryDigest } from './trust.js';

/**
 * Returns the servers of `known` as a configuration changes them, and before them those that it adds. Throws E/BAD_ARGUMENT for an entry
 * that is incomplete. What a workspace configures is checked for trust when the server starts.
 */
export function configureServers(known: readonly ServerSpec[], { servers, pins }: Configuration, trust: Trust): ServerSpec[] {
  const added = [...servers].filter(([id]) => known.every((spec) => spec.id !== id)).map(([id, server]) => newServer(id, server.entry));
  return [...added, ...known].map((spec) => {
    const server = servers.get(spec.id);
    const pin = pins.get(spec.id);
    return { ...(server === undefined ? spec : configureServer(spec, server)), trust, ...(pin === undefined ? {} : { pin }) };
  });
}

function configureServer(spec: ServerSpec, server: ConfiguredServer): ServerSpec {
  const { entry } = server;
  const { settings = {}, initializationOptions } = entry;
  const inStep = (context: LaunchContext, told: unknown): unknown => (isInStep(context) ? mergeSettings(told, spec.alwaysInSteps) : told);
  return {
    ...spec,
    ...(entry.languages === undefined ? {} : { languageIds: entry.languages }),
    ...(entry.ready === undefined ? {} : { ready: readyRule(spec.id, entry.ready) }),
    ...(entry.diagnostics === undefined ? {} : { diagnostics: entry.diagnostics }),
    configured: sha256(canonicalJson([entry, server.folder])),
    locate: (context) => {
      if (server.fromWorkspace) requireTrust(spec.id, entry, context);
      return entry.command === undefined ? spec.locate(context) : locateCommand(spec, server, entry.command, context);
    },
    initializationOptions: (context) => inStep(context, mergeSettings(spec.initializationOptions(context), initializationOptions)),
    configuration: (section, context, pythonPath) => {
      const told = mergeSettings(spec.configuration(section, context, pythonPath), sectionOf(settings, section));
      const python = pythonPath === undefined || pythonPath === null ? undefined : spec.configuration(section, context, pythonPath);
      // The stand-in for a virtual environment's python is not for a setting to replace.
      return inStep(context, isPython(python) ? mergeSettings(told, { pythonPath: python.pythonPath }) : told);
    },
  };
}

function isPython(told: unknown): told is { pythonPath: string } {
  return typeof told === 'object' && told !== null && 'pythonPath' in told;
}

/** A server that assay does not know: it is asked for what it offers, and nothing is assumed of it. */
function newServer(id: string, entry: ServerEntry): ServerSpec {
  const missing = (['command', 'languages'] as const).find((key) => entry[key] === undefined);
  if (missing !== undefined) {
    throw new Failure('E/BAD_ARGUMENT', `assay.json: servers.${id}.${missing} is missing: assay does not know a server of this id`, { hint: 'Give "command" and "languages", or take an id that assay servers lists.' });
  }
  const files = entry.projectFiles ?? [];
  return {
    ...PLAIN_SERVER,
    id,
    role: 'checker',
    languageIds: entry.languages ?? {},
    install: `servers.${id}.command of assay.json names it`,
    programs: [],
    isSettingsFile: (path) => files.includes(path.slice(path.lastIndexOf('/') + 1)),
    locate: () => null,
    initializationOptions: () => ({}),
    configuration: () => null,
    sections: Object.keys(entry.settings ?? {}),
    diagnostics: 'pull',
    followsWatchEvents: false,
    seesMoreWhenOpen: true,
  };
}

/** Throws E/FS_PERMISSIONS for an entry of a workspace's assay.json that was not trusted as it is, with the files that it names. */
function requireTrust(id: string, entry: ServerEntry, context: LaunchContext): void {
  const { homeRoot, workspaceRoot, trust } = context;
  if (trust.has(entryDigest(id, entry, homeRoot, workspaceRoot))) return;
  const step = isInStep(context) ? ' with the files that this step brings' : '';
  throw new Failure('E/FS_PERMISSIONS', `servers.${id} of this workspace's assay.json is not trusted${step}, and was not started`, {
    hint: `Nothing of the workspace was executed. Read the entry; assay init --trust allows it. --server ID asks another server.`,
    details: { server: id },
  });
}

function locateCommand(spec: ServerSpec, { entry, folder }: ConfiguredServer, [program = '', ...args]: readonly string[], context: LaunchContext): Launch | null {
  const found = findConfigured(program, folder, context);
  if (found === null) return null;
  // Arguments that name files of the configuration's folder mean those, wherever the server is started.
  const absolute = args.map((arg) => (!isAbsolute(arg) && isRegularFile(join(folder, arg)) ? join(folder, arg) : arg));
  const launch = launchOf(found, { names: [program], args: absolute, packageName: spec.id, versionArguments: entry.versionArguments ?? null }, context);
  return { ...launch, origin: 'configuration' };
}

function readyRule(id: string, ready: NonNullable<ServerEntry['ready']>): ReadyRule {
  if ('log' in ready) return { kind: 'log', pattern: patternOf(`servers.${id}.ready.log`, ready.log) };
  if ('progress' in ready) return { kind: 'progress', title: patternOf(`servers.${id}.ready.progress`, ready.progress), opens: true };
  return { kind: 'notification', method: ready.notification, verdict: () => 'ready' };
}

function patternOf(key: string, source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (cause) {
    throw new Failure('E/BAD_ARGUMENT', `assay.json: ${key}: expected a regular expression`, { hint: (cause as Error).message, cause });
  }
}
