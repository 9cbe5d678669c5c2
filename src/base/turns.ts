/**
 * Lets work pass together or alone, in the order in which it comes: what goes alone waits for all that came before it, and whatever comes
 * later waits for that.
 */
export class Turns {
  private readonly limit: number;
  private readonly waiting: { readonly isAlone: boolean; readonly begin: () => void }[] = [];
  private underWay = 0;
  private isAloneUnderWay = false;

  /** At most `limit` go together. */
  constructor(limit = Infinity) {
    this.limit = limit;
  }

  together<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(false, work);
  }

  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(true, work);
  }

  private async inTurn<T>(isAlone: boolean, work: () => Promise<T>): Promise<T> {
    if (this.waiting.length > 0 || !this.mayBegin(isAlone)) {
      await new Promise<void>((begin) => {
        this.waiting.push({ isAlone, begin });
      });
    } else this.begun(isAlone);
    try {
      return await work();
    } finally {
      this.underWay -= 1;
      this.isAloneUnderWay = false;
      this.next();
    }
  }

  private mayBegin(isAlone: boolean): boolean {
    return !this.isAloneUnderWay && (isAlone ? this.underWay === 0 : this.underWay < this.limit);
  }

  private begun(isAlone: boolean): void {
    this.underWay += 1;
    this.isAloneUnderWay = isAlone;
  }

  private next(): void {
    for (let first = this.waiting[0]; first !== undefined && this.mayBegin(first.isAlone); first = this.waiting[0]) {
      this.waiting.shift();
      this.begun(first.isAlone);
      first.begin();
    }
  }
}
