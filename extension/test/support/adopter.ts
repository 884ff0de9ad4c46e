import { Aside } from "../../src/queue/aside";
import { realDisk } from "../../src/queue/disk";
import { Queue } from "../../src/queue/queue";
import { drain } from "./drain";

// One of several processes that go for the same files at once.
async function main(): Promise<void> {
  const folder = process.argv[2] ?? "";
  const queue = await Queue.open({ folder, disk: realDisk, aside: new Aside(folder, realDisk), maxBytes: 1 << 20, maxHeld: 10 });
  const events = await drain(queue, 3);
  await queue.close();
  process.stdout.write(JSON.stringify(events));
}

void main();
