import { join } from 'node:path';
import { textOf, exists, realPathOf, bytesOf } from './files.js';
import { findOnPath, isInside, programsOfWorkspace, type FoundProgram } from './find-program.js';
import { programVersion } from './program-version.js';
import { codeIntegrity, findServerPackage, packageIntegrity, packageOf, type ServerPackage } from './server-package.js';
import type { Launch, LaunchContext, ServerSpec } from './server-spec.js';
import type { Command } from './spawn.js';
import { programDigest, trustDigest } from './trust.js';

/** A server that assay does not bring along, as data. */
export interface Program {
  /** The names that its program goes by, the first that is found counts. */
  readonly names: readonly string[];
  readonly args: readonly string[] | ((context: LaunchContext) => readonly string[]);
  /** The npm package that it comes in: then that tells its version, and it runs on our own Node. */
  readonly npm?: string;
  /** What a bundle calls it; default: the package, else the first name. */
  readonly packageName?: string;
  /** Arguments with which it prints its version; null when nobody knows any. */
  readonly versionArguments: readonly string[] | null;
}

/** What a spec says of a server that is a program: its names, and how it is found. */
export function byProgram(program: Program): Pick<ServerSpec, 'programs' | 'locate'> {
  return { programs: program.names, locate: (context) => locateProgram(program, context) };
}

/**
 * Finds a program where the workspace has installed it, if that is trusted, then beside assay, then on PATH outside the
 * workspace. Null when it is in none of them.
 */
export function locateProgram(program: Program, context: LaunchContext): Launch | null {
  const found = trustedOfWorkspace(program, context) ?? besideAssay(program, context) ?? findOnPath(program.names, context);
  return found === null ? null : launchOf(found, program, context);
}

/** Returns how a program that was found is started. One that belongs to its npm package runs on our own Node, whatever its first line says. */
export function launchOf(found: FoundProgram, program: Program, context: LaunchContext): Launch {
  const real = realPathOf(found.path) ?? found.path;
  const programArgs = typeof program.args === 'function' ? program.args(context) : program.args;
  const owner = program.npm === undefined ? null : packageOf(real);
  if (owner !== null && owner.name === program.npm && isNodeScript(real)) {
    const command = { executable: process.execPath, args: [real, ...programArgs] };
    return { command, packageName: owner.name, version: () => Promise.resolve(owner.version), integrity: () => packageIntegrity(owner), origin: found.origin };
  }
  const command: Command = { executable: found.path, args: programArgs };
  const name = program.packageName ?? program.npm ?? program.names[0] ?? '';
  const asking = program.versionArguments === null ? null : { executable: found.path, args: program.versionArguments };
  let asked: Promise<string> | undefined;
  const version = (): Promise<string> => (asked ??= asking === null ? Promise.resolve('unknown') : programVersion(asking, name, context.env, context.homeRoot));
  return { command, packageName: name, version, integrity: () => scriptIntegrity(real, version), origin: found.origin };
}

/** A program of the workspace, when exactly this content of it is trusted. */
function trustedOfWorkspace({ names }: Program, { homeRoot, trust }: LaunchContext): FoundProgram | null {
  if (trust.size === 0) return null;
  const path = programsOfWorkspace(homeRoot, names).find((candidate) => trust.has(programDigest(homeRoot, candidate)));
  return path === undefined ? null : { path: join(homeRoot, path), origin: 'workspace' };
}

/** A package that was installed beside assay. Where assay itself is installed in the workspace, that is the workspace's. */
function besideAssay({ npm, names }: Program, { homeRoot }: LaunchContext): FoundProgram | null {
  const installed = npm === undefined ? null : findServerPackage(npm);
  if (installed === null || isInside(realPathOf(installed.directory) ?? installed.directory, homeRoot)) return null;
  const entry = binOf(installed, names);
  return entry === null ? null : { path: entry, origin: 'assay' };
}

/** The file that a package's manifest names for a program. */
function binOf({ directory }: ServerPackage, names: readonly string[]): string | null {
  const { bin } = JSON.parse(textOf(join(directory, 'package.json'))) as { bin?: unknown };
  if (typeof bin === 'string') return join(directory, bin);
  const entries = typeof bin === 'object' && bin !== null ? (bin as Readonly<Record<string, unknown>>) : {};
  const entry = names.map((name) => entries[name]).find((file) => typeof file === 'string');
  return entry === undefined ? null : join(directory, entry);
}

function isNodeScript(file: string): boolean {
  return /\.[cm]?js$/.test(file) || (exists(file) && /^#!.*\bnode\b/.test(textOf(file).slice(0, 100)));
}

/** A short script only starts what does the work, so what it says of its version counts too. */
async function scriptIntegrity(file: string, version: () => Promise<string>): Promise<string> {
  const head = Buffer.from((await bytesOf(file)).subarray(0, 2)).toString('latin1');
  if (head !== '#!') return codeIntegrity([file]);
  return trustDigest(`script ${await version()}`, [file]);
}
