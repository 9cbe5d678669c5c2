import { sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { uriFromPath } from '../base/relative-uri.js';
import { ExternalUris } from './external-uri.js';

/** Translates between workspace-relative paths and the `file:` URIs that a server speaks. */
export class ServerUris {
  private readonly root: string;
  private readonly aliases: readonly string[];
  private readonly external = new ExternalUris();

  /** `aliases` are other real paths of the same workspace: a shadow's dependency links lead back into the user's tree. */
  constructor(root: string, aliases: readonly string[] = []) {
    this.root = root;
    this.aliases = aliases;
  }

  absolutePath(path: string): string {
    return path === '' ? this.root : `${this.root}${sep}${path.split('/').join(sep)}`;
  }

  fileUri(path: string): string {
    return pathToFileURL(this.absolutePath(path)).href;
  }

  get rootUri(): string {
    return pathToFileURL(this.root).href;
  }

  /** The absolute path of a server's URI, or null for schemes that are no file. */
  pathOfServerUri(serverUri: string): string | null {
    return serverUri.startsWith('file:') ? fileURLToPath(serverUri) : null;
  }

  /** The URI of a bundle: relative inside the workspace, `ext://` outside. */
  bundleUri(serverUri: string): string {
    const path = this.pathOfServerUri(serverUri);
    if (path === null) return `ext://server@0/${encodeURIComponent(serverUri)}`;
    for (const root of [this.root, ...this.aliases]) {
      if (path.startsWith(root + sep)) return uriFromPath(path.slice(root.length + 1).split(sep).join('/'));
    }
    return this.external.uriOf(path);
  }
}
