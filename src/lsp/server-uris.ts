import { dirname, normalize, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Failure } from '../base/failure.js';
import { uriFromPath } from '../base/relative-uri.js';
import { ExternalUris, virtualUri } from './external-uri.js';

/** Where installed packages lie, in a workspace too. */
const PACKAGES = /(^|\/)(node_modules|(site|dist)-packages)\//;

/** Translates between workspace-relative paths and the `file:` URIs that a server speaks. */
export class ServerUris {
  private readonly root: string;
  private readonly aliases: readonly string[];
  private readonly owns: (path: string) => boolean;
  private readonly external: ExternalUris;
  private readonly uris = new Remembered<string>();
  private readonly paths = new Remembered<string | null>();

  /**
   * `aliases` are other real paths of the same workspace: a shadow's dependency links lead back into the user's tree. `owns`
   * says whether a path inside an installed package is a file of the workspace itself, as one that Git tracks is.
   */
  constructor(root: string, aliases: readonly string[] = [], owns: (path: string) => boolean = () => false) {
    this.root = root;
    this.aliases = aliases;
    this.owns = owns;
    this.external = new ExternalUris(dirname(aliases[0] ?? root));
  }

  absolutePath(path: string): string {
    return path === '' ? this.root : `${this.root}${sep}${path.split('/').join(sep)}`;
  }

  fileUri(path: string): string {
    return this.uris.of(path, () => pathToFileURL(this.absolutePath(path)).href);
  }

  get rootUri(): string {
    return pathToFileURL(this.root).href;
  }

  /** The absolute path of a server's URI, or null for schemes that are no file. Throws E/LS_CRASH for a `file:` URI that names none on this machine. */
  pathOfServerUri(serverUri: string): string | null {
    return this.paths.of(serverUri, () => this.readUri(serverUri));
  }

  private readUri(serverUri: string): string | null {
    if (!/^file:/i.test(serverUri)) return null;
    try {
      if (sep === '/' && /%5c|\\/i.test(serverUri)) throw new TypeError('a backslash, which some take for a slash');
      // Behind two slashes in a row another path would seem to begin.
      return normalize(fileURLToPath(serverUri));
    } catch (cause) {
      const shown = serverUri.length > 200 ? `${serverUri.slice(0, 200)}…` : serverUri;
      throw new Failure('E/LS_CRASH', `the server answered with a URI that names no file here: ${shown.toWellFormed()}`, { hint: 'Nothing was read or changed.', cause });
    }
  }

  /** What a server writes for people, with the paths of the workspace as they are from its root: where it lies is none of the answer. */
  textOf(serverText: string): string {
    let text = serverText;
    for (const root of [this.root, ...this.aliases]) for (const folder of new Set([root + sep, `${root.split(sep).join('/')}/`])) text = text.replaceAll(folder, '');
    return text;
  }

  /**
   * The URI of a bundle: relative inside the workspace, `ext://` outside. What is installed has the same one wherever its
   * virtual environment or node_modules lies.
   */
  bundleUri(serverUri: string): string {
    const path = this.pathOfServerUri(serverUri);
    if (path === null) return virtualUri(serverUri);
    for (const root of [this.root, ...this.aliases]) {
      if (!path.startsWith(root + sep)) continue;
      const inside = path.slice(root.length + 1).split(sep).join('/');
      if (!PACKAGES.test(inside) || this.owns(inside)) return uriFromPath(inside);
    }
    return this.external.uriOf(path);
  }
}

const REMEMBERED_MAX = 10_000;

/** What was made of texts that come again and again. */
class Remembered<T> {
  private readonly made = new Map<string, T>();

  of(text: string, make: () => T): T {
    const known = this.made.get(text);
    if (known !== undefined) return known;
    if (this.made.size >= REMEMBERED_MAX) this.made.clear();
    const made = make();
    this.made.set(text, made);
    return made;
  }
}
