export { echoScript } from "./fake-model/default-script.ts";
export type { FakeAnswer, FakeReply, FakeToolCall, FakeUsage } from "./fake-model/reply.ts";
export { startFakeModel } from "./fake-model/server.ts";
export type { FakeModel, FakeModelOptions, FakeModelRequest, FakeModelScript } from "./fake-model/server.ts";
