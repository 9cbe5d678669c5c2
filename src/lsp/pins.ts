import { arch, platform } from 'node:os';
import type { Pin } from '../base/configuration.js';
import { Failure } from '../base/failure.js';
import { settingsDigest } from './server-settings.js';
import type { ServerSpec } from './server-spec.js';

/** What tells one installed server from another. */
export interface InstalledServer {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** The machines that one build of a server runs on, as pins name them. */
const PLATFORM = `${platform()}-${arch()}`;

/** Returns the pin of an installed server; what `before` says of other platforms stays, where the version is the same. */
export function pinOf(spec: ServerSpec, { name, version, integrity }: InstalledServer, before?: Pin): Pin {
  const elsewhere = before?.name === name && before.version === version ? before.integrity : {};
  return { name, version, integrity: { ...elsewhere, [PLATFORM]: integrity }, settings: settingsDigest(spec) };
}

/** The ways in which an installed server is not the pinned one; empty when it is, or when none is pinned. A platform that the pin does not know is not compared. */
export function pinDifferences(spec: ServerSpec, installed: InstalledServer): readonly { readonly what: 'name' | 'version' | 'integrity' | 'settings'; readonly pinned: string; readonly found: string }[] {
  const { pin } = spec;
  if (pin === undefined) return [];
  const pairs = [
    { what: 'name' as const, pinned: pin.name, found: installed.name },
    { what: 'version' as const, pinned: pin.version, found: installed.version },
    { what: 'integrity' as const, pinned: pin.integrity[PLATFORM] ?? installed.integrity, found: installed.integrity },
    { what: 'settings' as const, pinned: pin.settings, found: settingsDigest(spec) },
  ];
  return pairs.filter(({ pinned, found }) => pinned !== found);
}

/** Throws E/VERSION_SKEW, with the pinned and the installed one, when the server of `spec` is not the one that assay.json pins. */
export function checkPin(spec: ServerSpec, installed: InstalledServer): void {
  const differences = pinDifferences(spec, installed);
  if (differences.length === 0 || spec.pin === undefined) return;
  const shown = differences.map(({ what, pinned, found }) => `${what} ${pinned} is pinned, ${found} is there`).join('; ');
  throw new Failure('E/VERSION_SKEW', `${spec.id} is not the one that assay.json pins: ${shown}`, {
    hint: `Install ${spec.pin.name} ${spec.pin.version}, or pin what is there with assay init. No answer was given.`,
    details: { server: spec.id, differences },
  });
}
