import { canonicalJson, type Json } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import type { LaunchContext, ServerSpec } from './server-spec.js';
import { NO_TRUST } from './trust.js';
import { isFields } from './wire.js';

type Settings = Readonly<Record<string, unknown>>;

/** Returns `over` merged into `base`: objects key by key, everything else replaced. */
export function mergeSettings(base: unknown, over: unknown): unknown {
  if (!isFields(base) || !isFields(over)) return over === undefined ? base : over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = mergeSettings(base[key], value);
  return merged;
}

/** Returns what `settings` hold for a section (`python.analysis`), written as one key or nested; undefined when they hold nothing. */
export function sectionOf(settings: Settings, section: string): unknown {
  if (section === '') return settings;
  if (Object.hasOwn(settings, section)) return settings[section];
  const [first = '', ...rest] = section.split('.');
  const inner = settings[first];
  if (rest.length === 0 || inner === undefined) return inner;
  return isFields(inner) ? sectionOf(inner, rest.join('.')) : undefined;
}

/** Returns the digest of everything that a server is told, without the paths of this machine. */
export function settingsDigest(spec: ServerSpec): string {
  const told = Object.fromEntries(spec.sections.map((section) => [section, spec.configuration(section, NOWHERE) ?? null]));
  return sha256(canonicalJson(JSON.parse(JSON.stringify({ sections: told, options: spec.initializationOptions(NOWHERE) ?? null })) as Json));
}

/** A machine without folders, so that what depends on one shows as nothing. */
const NOWHERE: LaunchContext = { workspaceRoot: '', homeRoot: '', env: {}, runDir: '', interpreter: null, trust: NO_TRUST };
