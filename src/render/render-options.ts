import type { ColumnUnit } from '../base/text-document.js';

export interface RenderOptions {
  readonly color: boolean;
  /** What printed columns count. */
  readonly unit: ColumnUnit;
  /** The text of a file of the workspace, for excerpts and columns; undefined when it cannot be read. */
  readonly readText: (uri: string) => string | undefined;
  /** True when a program reads the text: a diff is then written as it is, byte for byte. */
  readonly raw?: boolean;
  /** Shows the code of a located range and every candidate. */
  readonly preview?: boolean;
  /** Shows how a reward was computed. */
  readonly explain?: boolean;
  /** Shows what is otherwise cut short. */
  readonly verbose?: boolean;
}
