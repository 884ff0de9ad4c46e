import type { Queue } from "../../src/queue/queue";

/** Takes and settles all that waits, and returns it in the order it came. */
export async function drain(queue: Queue, size = 100): Promise<string[]> {
  const seen: string[] = [];
  for (let batch = await queue.take(size, 1 << 20); batch; batch = await queue.take(size, 1 << 20)) {
    seen.push(...batch.events);
    await batch.settle(batch.events.map((_, place) => place));
  }
  return seen;
}
