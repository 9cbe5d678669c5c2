import type { FileImage } from '../../src/base/file-image.js';
import type { PlanFiles } from '../../src/apply/plan-workspace-edit.js';

/** Files by path; `{ link }` is a symlink, `{ exec }` an executable. */
export type Files = Readonly<Record<string, string | Buffer | { readonly link: string } | { readonly exec: string }>>;

export function imageOf(spec: Files[string]): FileImage {
  if (typeof spec === 'string' || Buffer.isBuffer(spec)) return { mode: 'file', bytes: Buffer.from(spec as string) };
  return 'link' in spec ? { mode: 'symlink', bytes: Buffer.from(spec.link) } : { mode: 'exec', bytes: Buffer.from(spec.exec) };
}

/** Files that are on no disk, for plans. */
export function memoryFiles(files: Files): PlanFiles {
  const images = new Map(Object.entries(files).map(([path, spec]) => [path, imageOf(spec)]));
  const below = (folder: string): string[] => [...images.keys()].filter((path) => path.startsWith(`${folder}/`)).sort();
  return {
    look: (path) => Promise.resolve(images.get(path) ?? (below(path).length > 0 ? 'folder' : null)),
    resolve: (path) => Promise.resolve(path),
    below: (folder) => Promise.resolve(below(folder)),
  };
}
