/** Catches the edits that a server asks its client to apply (`workspace/applyEdit`). Outside `during` they are let go: nobody asked for them. */
export class WantedEdits {
  private caught: unknown[] | null = null;

  hear(edit: unknown): void {
    this.caught?.push(edit);
  }

  /** Returns what the server asked for while `work` ran, in its order, as it came. One at a time. */
  async during(work: () => Promise<unknown>): Promise<readonly unknown[]> {
    const caught: unknown[] = [];
    this.caught = caught;
    try {
      await work();
    } finally {
      this.caught = null;
    }
    return caught;
  }
}
