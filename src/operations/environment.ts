import { arch, platform } from 'node:os';
import { asConstant, canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { observeSync } from '../base/observe.js';
import { TOOL } from '../base/tool.js';
import type { JsonObject } from '../bundles/json-shape.js';
import type { BundleEnvironment } from '../bundles/schema/environment.js';
import { settingsDigest } from '../lsp/server-settings.js';
import type { Session } from '../lsp/session.js';
import { dependencyDigest } from '../workspace/dependencies.js';
import type { Workspace } from '../workspace/workspace-root.js';
import type { AskedServers } from './analysis.js';

/**
 * What an answer depended on: nothing of a server when none was asked. Answers of the same servers about the same files have the same
 * object, so that it is written once. `stateBeside` is for dependencyDigest.
 */
export async function environmentOf(workspace: Workspace, { sessions, interpreter }: AskedServers, snapshot: string | null, stateBeside: string | null): Promise<BundleEnvironment> {
  const facts = await interpreter?.facts;
  const usesNodeModules = sessions.some((session) => !session.spec.needsInterpreter);
  const dependencies = sessions.length === 0 ? null : await dependencyDigest(workspace.root, facts?.sitePackages ?? [], usesNodeModules, stateBeside);
  const system = platformName();
  const parts = [snapshot, dependencies, system, facts?.implementation, facts?.version, ...sessions];
  const known = latest.get(workspace);
  if (known !== undefined && known.parts.length === parts.length && known.parts.every((part, index) => part === parts[index])) return known.environment;
  const environment: BundleEnvironment = {
    tool: TOOL,
    servers: sessions.map((session) => session.description).sort((a, b) => (a.name < b.name ? -1 : 1)),
    configDigest: sessions.length === 0 ? null : configDigest(sessions),
    ...(facts === undefined ? {} : { interpreter: { implementation: facts.implementation, version: facts.version } }),
    dependencies,
    platform: system,
    snapshot,
  };
  latest.set(workspace, { parts, environment: asConstant(environment) });
  return environment;
}

const latest = new WeakMap<Workspace, { readonly parts: readonly unknown[]; readonly environment: BundleEnvironment }>();

function platformName(): string {
  return observeSync({ what: 'platform', key: null }, () => `${platform()}-${arch()}`);
}

/** The environment of a request that failed before anything was known of it. */
export function bareEnvironment(): BundleEnvironment {
  return { tool: TOOL, servers: [], configDigest: null, dependencies: null, platform: platformName(), snapshot: null };
}

/** Digest of the settings that the servers are given, without the paths of this machine. */
function configDigest(sessions: readonly Session[]): string {
  return sha256(canonicalJson(Object.fromEntries(sessions.map((session) => [session.spec.id, digestOf(session)]))));
}

/** What a session was started with stays. */
const digests = new WeakMap<Session, string>();

function digestOf(session: Session): string {
  const digest = digests.get(session) ?? settingsDigest(session.spec);
  digests.set(session, digest);
  return digest;
}

/** The questions that this tool knows, in LSP's words without "Provider". */
const CAPABILITIES = ['definition', 'declaration', 'typeDefinition', 'implementation', 'references', 'hover', 'documentSymbol', 'workspaceSymbol', 'callHierarchy', 'typeHierarchy', 'documentHighlight', 'signatureHelp', 'completion', 'rename', 'codeAction'] as const;

const OFFERS = [...CAPABILITIES.map((name) => ({ name, provider: `${name}Provider`, method: `textDocument/${name}` })), { name: 'pullDiagnostics', provider: 'diagnosticProvider', method: 'textDocument/diagnostic' }];

/** What each server offers, as booleans by question: the same object for the same offers. */
export function capabilitiesOf(sessions: readonly Session[]): JsonObject {
  const offered = sessions.map((session) => `${session.description.name} ${OFFERS.map(({ provider, method }) => (offers(session, provider, method) ? 'y' : 'n')).join('')}`);
  const key = offered.join('\n');
  const known = madeOf.get(key) ?? asConstant(Object.fromEntries(sessions.map((session) => [session.description.name, Object.fromEntries(OFFERS.map(({ name, provider, method }) => [name, offers(session, provider, method)]))])));
  madeOf.set(key, known);
  return known;
}

const madeOf = new Map<string, JsonObject>();

/** A server offers a question in its answer to `initialize`, or registers the method later. */
function offers(session: Session, provider: string, method: string): boolean {
  const offered = session.capabilities[provider] ?? session.capabilities[method];
  return offered !== undefined && offered !== null && offered !== false;
}
