import pc from 'picocolors';
import type { RenderOptions } from './render-options.js';
import { SourceView } from './source-view.js';

/** What every renderer is handed: the sources, the colours (plain when not wanted) and how much to say. */
export interface RenderContext {
  readonly view: SourceView;
  readonly colors: ReturnType<typeof pc.createColors>;
  readonly raw: boolean;
  readonly preview: boolean;
  readonly explain: boolean;
  readonly verbose: boolean;
}

export function renderContext(options: RenderOptions): RenderContext {
  return {
    view: new SourceView(options.readText, options.unit),
    colors: pc.createColors(options.color),
    raw: options.raw === true,
    preview: options.preview === true,
    explain: options.explain === true,
    verbose: options.verbose === true,
  };
}
