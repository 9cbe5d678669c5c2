import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place, RawServer } from './raw-server.js';

/** A name at a place (0-based), and what the raw server says of it. */
export interface Question {
  readonly path: string;
  readonly line: number;
  readonly character: number;
  readonly name: string;
  readonly truth: readonly Place[];
}

/** Draws calls of functions whose definition lies in the workspace; the same ones for the same seed. */
export function drawUses(root: string, raw: RawServer, count: number): Promise<Question[]> {
  return draw(root, /(?<![\w.]|def |class )([a-z_]\w{3,})\(/g, count, (path, line, character) => raw.definition(path, line, character));
}

/** Draws functions and classes that are declared at the top of a file, for their references. */
export function drawDeclarations(root: string, raw: RawServer, count: number): Promise<Question[]> {
  return draw(root, /(?<=^(?:def|class) )(\w+)/g, count, (path, line, character) => raw.references(path, line, character));
}

async function draw(root: string, pattern: RegExp, count: number, ask: (path: string, line: number, character: number) => Promise<Place[]>): Promise<Question[]> {
  const random = randomNumbers(1);
  const places = pythonFiles(root).flatMap((path) =>
    readFileSync(join(root, path), 'utf8').split('\n').flatMap((text, line) => [...text.matchAll(pattern)].map((match) => ({ path, line, character: match.index, name: match[1] ?? '' }))),
  );
  const found: Question[] = [];
  const asked = new Set<number>();
  while (found.length < count && asked.size < places.length) {
    const index = random(places.length);
    const place = places[index];
    if (place === undefined || asked.has(index)) continue;
    asked.add(index);
    const truth = await ask(place.path, place.line, place.character);
    if (truth.length > 0 && truth.every((each) => !/^[a-z]+:/.test(each))) found.push({ ...place, truth });
  }
  return found;
}

function pythonFiles(root: string): string[] {
  const paths = execFileSync('git', ['-C', root, 'ls-files', '*.py'], { encoding: 'utf8' }).split('\n');
  return paths.filter((path) => path !== '' && !/[^\w./-]/.test(path));
}

/** A linear congruential generator: the same numbers on every machine. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}
