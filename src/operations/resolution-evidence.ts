import type { DocumentVersion, PositionSpec } from '../base/position-spec.js';
import type { Landing } from '../selectors/relocate.js';

/**
 * Returns why a candidate may be what `spec` stands for, followed from its version or not, as whole sentences. They say nothing about where a version was found:
 * the same answer reads the same in every clone.
 */
export function evidenceSentences(spec: PositionSpec, candidate: Landing, isFollowed: boolean): string[] {
  const { v } = spec.query;
  if (v === undefined) return [present(spec, candidate)];
  if (!isFollowed) return [`Nothing is known of it in ${versionName(v)}, so only the present was looked at.`, present(spec, candidate)];
  const then = pathThen(spec);
  const moved = then === null || then === candidate.path ? [] : [`It was in ${then} and is in ${candidate.path} now.`];
  return [sinceThen(candidate, versionName(v)), ...moved, ...agreement(candidate)];
}

function present(spec: PositionSpec, candidate: Landing): string {
  const { path, declaration, evidence, features } = candidate;
  if (declaration !== null) return `${path} declares ${declaration.qualname.join('.') || 'this module'} here.`;
  if (spec.kind !== 'anchor') return 'The selector names this text.';
  if (evidence === 'exact') return 'The text stands here, in its whole context.';
  return features.token === 1 ? `The text stands here; ${percent(features.proximity)} of its context agrees.` : `A text that is ${percent(features.token)} alike stands here; ${percent(features.proximity)} of its context agrees.`;
}

function sinceThen({ evidence, declaration }: Landing, version: string): string {
  const name = declaration === null || declaration.qualname.length === 0 ? 'it' : declaration.qualname.join('.');
  switch (evidence) {
    case 'exact':
      return `The file is as it was in ${version}.`;
    case 'mapped':
      return `The text is as it was in ${version}; the changes since then lead here.`;
    case 'structural':
      return `The declaration of ${version} is here under its name, with another text.`;
    case 'fuzzy':
      return `The changes since ${version} leave ${name} as what is most like it.`;
  }
}

function agreement({ evidence, features }: Landing): string[] {
  if (evidence === 'exact') return [];
  return [`Its text agrees by ${percent(features.token)}, its place in the structure by ${percent(features.ast)}, its surroundings by ${percent(features.proximity)}.`];
}

/** The path that the selector names; a Python module is not one. */
function pathThen(spec: PositionSpec): string | null {
  switch (spec.kind) {
    case 'cursor':
    case 'range':
    case 'anchor':
      return spec.path;
    case 'symbolic':
      return spec.scheme === 'sym' && spec.language === undefined ? spec.module : null;
    case 'ast':
      return spec.root.kind === 'file' ? spec.root.name : null;
  }
}

function versionName(version: DocumentVersion): string {
  return version.kind === 'git' ? `git:${version.rev}` : `sha256:${version.digest.slice(0, 12)}`;
}

function percent(share: number): string {
  return `${String(Math.round(100 * share))} %`;
}
