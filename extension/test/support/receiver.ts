import { createHash } from "node:crypto";
import { FakeService } from "./fakeService";

// Counts what arrives, and knows the poison: by its verdict, or by refusing every batch that holds some.
async function main(): Promise<void> {
  const service = await new FakeService().listen();
  const whole = process.argv[2] === "by refusing the batch";
  const seen = new Set<string>();
  let doubled = 0;
  let poison = 0;
  let posts = 0;
  service.rule = (_path, body) => {
    posts += service.posts();
    // The fake remembers requests for other tests; a hundred thousand of them would fill the memory.
    service.requests.length = 0;
    return whole && body.includes("poison") ? { status: 400 } : "pass";
  };
  service.judge = (event) => {
    if (!whole && event.includes("poison")) return "rejected";
    const id = createHash("sha256").update(event).digest("base64").slice(0, 22);
    if (seen.has(id)) doubled++;
    if (event.includes("poison")) poison++;
    seen.add(id);
    return "excluded";
  };
  process.on("message", () => process.send?.({ stored: seen.size, doubled, poison, posts }));
  process.send?.(service.port);
}

void main();
