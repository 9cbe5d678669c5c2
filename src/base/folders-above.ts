/** Returns the folders that lead to `path`, outermost first, without the top. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) if (slash > 0) folders.push(path.slice(0, slash));
  return folders;
}
