export function report(path: string): string {
  return path;
}
