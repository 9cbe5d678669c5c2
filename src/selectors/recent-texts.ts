/** What was made of the texts that were asked about last; it forgets the oldest when their characters are more than `charactersMax`. */
export class RecentTexts<Made> {
  private readonly charactersMax: number;
  /** By kind, then by text, the latest last. */
  private readonly known = new Map<string, Map<string, Promise<Made>>>();
  private readonly order = new Map<Promise<Made>, { readonly kind: string; readonly text: string }>();
  private characters = 0;

  constructor(charactersMax: number) {
    this.charactersMax = charactersMax;
  }

  /** Returns what `make` gave for this text earlier, or gives now. What fails is not kept. */
  async get(kind: string, text: string, make: () => Promise<Made>): Promise<Made> {
    const held = this.known.get(kind)?.get(text);
    if (held !== undefined) {
      this.order.delete(held);
      this.order.set(held, { kind, text });
      return held;
    }
    if (text.length > this.charactersMax) return make();
    const made = make();
    this.keep(made, kind, text);
    try {
      return await made;
    } catch (error) {
      this.forget(made);
      throw error;
    }
  }

  private keep(made: Promise<Made>, kind: string, text: string): void {
    const ofKind = this.known.get(kind) ?? new Map<string, Promise<Made>>();
    this.known.set(kind, ofKind.set(text, made));
    this.order.set(made, { kind, text });
    this.characters += text.length;
    for (const oldest of this.order.keys()) {
      if (this.characters <= this.charactersMax) return;
      this.forget(oldest);
    }
  }

  private forget(made: Promise<Made>): void {
    const entry = this.order.get(made);
    if (entry === undefined) return;
    this.order.delete(made);
    this.known.get(entry.kind)?.delete(entry.text);
    this.characters -= entry.text.length;
  }
}
