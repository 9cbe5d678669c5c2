import { checkRequest, stopClock } from '../../base/request-scope.js';
import { Turns } from '../../base/turns.js';
import { BaseStates } from './base-state.js';
import type { ShadowLab } from './shadow-lab.js';

export interface LabPoolOptions {
  /** So many steps are measured at the same time, each by servers of its own. */
  readonly size: number;
  readonly open: (bases: BaseStates) => Promise<ShadowLab>;
  /** Called before each step. True when what servers read beside the trees has changed: then neither they nor what is known of bases may be used any more. */
  readonly isOutdated: (labs: readonly ShadowLab[]) => Promise<boolean>;
}

/** The labs of one workspace. What one of them finds out about a base is known to all. */
export class LabPool {
  /** What is known of the trees that steps start from. */
  bases = new BaseStates();
  private readonly options: LabPoolOptions;
  private readonly turns: Turns;
  private readonly choosing = new Turns();
  private readonly labs = new Set<ShadowLab>();
  private readonly idle: ShadowLab[] = [];

  constructor(options: LabPoolOptions) {
    this.options = options;
    this.turns = new Turns(options.size);
  }

  /** Those that are open. */
  get open(): readonly ShadowLab[] {
    return [...this.labs];
  }

  /**
   * Does `work` with a lab that nobody else uses meanwhile: what can be found out without a server is found out before and after it. The
   * deadline of the request comes no nearer while it waits for its turn.
   */
  use<T>(work: (lab: ShadowLab) => Promise<T>): Promise<T> {
    const goOn = stopClock();
    return this.turns.together(async () => {
      goOn();
      checkRequest();
      const lab = await this.choosing.alone(() => this.choose());
      try {
        return await work(lab);
      } finally {
        if (lab.bases === this.bases) this.idle.push(lab);
        else await this.end(lab);
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.open.map((lab) => this.end(lab)));
  }

  /** The one that was used last has the warmest servers. */
  private async choose(): Promise<ShadowLab> {
    if (await this.options.isOutdated(this.open)) {
      this.bases = new BaseStates();
      await Promise.all(this.idle.splice(0).map((lab) => this.end(lab)));
    }
    const lab = this.idle.pop() ?? (await this.options.open(this.bases));
    this.labs.add(lab);
    return lab;
  }

  private async end(lab: ShadowLab): Promise<void> {
    this.labs.delete(lab);
    await lab.close();
  }
}
