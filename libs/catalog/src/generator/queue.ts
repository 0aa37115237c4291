/** A binary heap: what is due first comes out first, and of what is due together what went in first. */
export class DueQueue<T> {
  private readonly heap: { readonly due: number; readonly order: number; readonly item: T }[] = [];
  private order = 0;

  get nextDue(): number {
    return this.heap[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  push(due: number, item: T): void {
    const { heap } = this;
    const entry = { due, order: this.order++, item };
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(entry, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = entry;
  }

  pop(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || first === last) return first?.item;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first.item;
  }

  private before(a: { due: number; order: number }, b: { due: number; order: number }): boolean {
    return a.due < b.due || (a.due === b.due && a.order < b.order);
  }
}
