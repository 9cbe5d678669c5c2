/** What was made of two objects, kept for as long as both live. */
export class Kept<Made> {
  private readonly made = new WeakMap<object, WeakMap<object, Made>>();

  get(one: object, other: object, make: () => Made): Made {
    let ofOne = this.made.get(one);
    if (ofOne === undefined) this.made.set(one, (ofOne = new WeakMap()));
    if (!ofOne.has(other)) ofOne.set(other, make());
    return ofOne.get(other) as Made;
  }
}
