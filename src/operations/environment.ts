import { arch, platform } from 'node:os';
import { canonicalJson } from '../base/canonical-json.js';
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

/** What an answer depended on: nothing of a server when none was asked. */
export async function environmentOf(workspace: Workspace, { sessions, interpreter }: AskedServers, snapshot: string | null): Promise<BundleEnvironment> {
  const facts = await interpreter?.facts;
  const usesNodeModules = sessions.some((session) => !session.spec.needsInterpreter);
  return {
    tool: TOOL,
    servers: sessions.map((session) => session.description).sort((a, b) => (a.name < b.name ? -1 : 1)),
    configDigest: sessions.length === 0 ? null : configDigest(sessions),
    ...(facts === undefined ? {} : { interpreter: { implementation: facts.implementation, version: facts.version } }),
    dependencies: sessions.length === 0 ? null : await dependencyDigest(workspace.root, facts?.sitePackages ?? [], usesNodeModules),
    platform: platformName(),
    snapshot,
  };
}

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

/** What each server offers, as booleans by question. */
export function capabilitiesOf(sessions: readonly Session[]): JsonObject {
  return Object.fromEntries(
    sessions.map((session) => [
      session.description.name,
      { ...Object.fromEntries(CAPABILITIES.map((name) => [name, offers(session, `${name}Provider`, `textDocument/${name}`)])), pullDiagnostics: offers(session, 'diagnosticProvider', 'textDocument/diagnostic') },
    ]),
  );
}

/** A server offers a question in its answer to `initialize`, or registers the method later. */
function offers(session: Session, provider: string, method: string): boolean {
  const offered = session.capabilities[provider] ?? session.capabilities[method];
  return offered !== undefined && offered !== null && offered !== false;
}
