/**
 * Virtual time: what is to happen, in order. A day in which little happens takes no time.
 * @module
 */
export class EventQueue {
  now = 0;
  /** Called after each event. */
  onEvent: () => void = () => {};
  readonly #heap: { readonly at: number; readonly nth: number; readonly call: () => void }[] = [];
  #nth = 0;

  /** Calls at a time, or at once where that has passed; in the order of these calls where times are equal. */
  at(at: number, call: () => void): void {
    const heap = this.#heap;
    let child = heap.push({ at: Math.max(at, this.now), nth: this.#nth++, call }) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isBefore(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  after(ms: number, call: () => void): void {
    this.at(this.now + ms, call);
  }

  /** Lets time pass. */
  runUntil(end: number): void {
    for (;;) {
      const first = this.#heap[0];
      if (!first || first.at > end) break;
      this.#removeFirst();
      this.now = first.at;
      first.call();
      this.onEvent();
    }
    this.now = end;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      if (left >= heap.length) return;
      const child = left + 1 < heap.length && this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, parent)) return;
      this.#swap(child, parent);
      parent = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (!one || !other) return false;
    return one.at !== other.at ? one.at < other.at : one.nth < other.nth;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one && other) [this.#heap[a], this.#heap[b]] = [other, one];
  }
}
