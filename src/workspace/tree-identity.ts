import { blobName, sha256 } from '../base/digest.js';
import type { FileTree } from './file-tree.js';

/**
 * Returns a digest of the paths, modes and contents of a tree, the same in every clone. Contents go in by Git's blob name,
 * which a commit knows without reading anything; other contents are hashed to the same name. Computed once per tree.
 */
export function identityOfTree(tree: FileTree): Promise<string> {
  const known = identities.get(tree) ?? computeIdentity(tree);
  identities.set(tree, known);
  return known;
}

/** A tree never changes. */
const identities = new WeakMap<FileTree, Promise<string>>();

async function computeIdentity(tree: FileTree): Promise<string> {
  const lines: string[] = [];
  for (const [path, { mode, content }] of tree) lines.push(`${path}\0${mode}\0${content.oid ?? blobName(await content.read())}`);
  return sha256(lines.sort((a, b) => (a < b ? -1 : 1)).join('\n'));
}
