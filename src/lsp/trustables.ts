import { join } from 'node:path';
import type { Configuration } from '../base/configuration.js';
import { programsOfWorkspace } from './find-program.js';
import { virtualEnvironments } from './interpreter.js';
import { installedTypescript, pluginsIn, typescriptDigest } from './own-typescript.js';
import type { ServerSpec } from './server-spec.js';
import { entryDigest, programDigest } from './trust.js';

/** Something of a workspace that runs once it is trusted. */
export interface Trustable {
  /** For a person; paths are the workspace's. */
  readonly what: string;
  /** What is trusted: another content has another digest. */
  readonly digest: string;
}

/** Returns everything of a workspace that would run once it is trusted, in a fixed order. Executes nothing. */
export function trustablesOf(homeRoot: string, { servers }: Configuration, specs: readonly ServerSpec[]): Trustable[] {
  const configured = [...servers].flatMap(([id, { entry, fromWorkspace }]): Trustable[] => {
    const command = entry.command === undefined ? 'settings' : `command ${JSON.stringify(entry.command)}`;
    return fromWorkspace ? [{ what: `server ${id} of assay.json: ${command}`, digest: entryDigest(id, entry, homeRoot, homeRoot) }] : [];
  });
  const programs = programsOfWorkspace(homeRoot, [...new Set(specs.flatMap((spec) => spec.programs))]).map((path) => ({ what: path, digest: programDigest(homeRoot, path) }));
  const pythons = virtualEnvironments(homeRoot).flatMap(({ name, digest }): Trustable[] => (digest === null ? [] : [{ what: `the python of ${name}`, digest }]));
  return [...configured, ...ownTypescripts(homeRoot), ...programs, ...pythons];
}

function ownTypescripts(homeRoot: string): Trustable[] {
  const own = installedTypescript(homeRoot);
  if (own === null) return [];
  const plugins = pluginsIn(homeRoot);
  const names = plugins.length === 0 ? '' : ` with the plugins ${plugins.join(', ')}`;
  return [{ what: `${join('node_modules', 'typescript')} ${own.version}${names}`, digest: typescriptDigest(own, homeRoot, homeRoot) }];
}
