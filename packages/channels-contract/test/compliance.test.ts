import { describeChannelCompliance } from "../src/compliance.ts";
import { createMemoryChannel, MemoryPlatform } from "../src/memory.ts";
import { memorySubject } from "./memory-subject.ts";

for (const idempotentSend of [true, false]) {
  describeChannelCompliance(`the memory channel (idempotentSend ${idempotentSend})`, async () => {
    const { plugin, platform } = createMemoryChannel({ platform: new MemoryPlatform({ idempotentSend }) });
    return memorySubject(plugin, platform);
  });
}
