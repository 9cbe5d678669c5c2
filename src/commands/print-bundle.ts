import { caller, type CallerStream } from '../base/caller.js';
import type { ColumnUnit } from '../base/text-document.js';
import { bundleToLine } from '../bundles/bundle-line.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { renderBundle } from '../render/render-bundle.js';

export interface PrintOptions {
  readonly json: boolean;
  readonly unit: ColumnUnit;
  /** The text of a file of the workspace, for excerpts and columns; undefined when it cannot be read. */
  readonly readText: (uri: string) => string | undefined;
  /** Shows the code of a located range. */
  readonly preview?: boolean;
  /** Shows how a reward was computed. */
  readonly explain?: boolean;
  /** Shows what is otherwise cut short. */
  readonly verbose?: boolean;
}

/** Writes a bundle to stdout: its canonical line, or text. The text of an error goes to stderr. Resolves when it is written. */
export async function printBundle(bundle: Bundle, { json, ...options }: PrintOptions): Promise<void> {
  if (json) return write(caller().stdout, bundleToLine(bundle));
  const { stdout, stderr, env } = caller();
  const stream = bundle.status === 'error' ? stderr : stdout;
  const color = stream.isTTY && env['NO_COLOR'] === undefined;
  await write(stream, renderBundle(bundle, { color, raw: !stream.isTTY, ...options }));
}

function write(stream: CallerStream, text: string): Promise<void> {
  const line = text.endsWith('\n') || text === '' ? text : `${text}\n`;
  return new Promise((resolve) => {
    stream.write(line, resolve);
  });
}
