/** The model server of the turn rows: answers at once, in a process of its own. */
import { startFakeModel } from "@openclaw/testkit/fake-model";

import { serveCommands } from "./commands.ts";

const model = await startFakeModel({
  script: ({ messages }) => ({ kind: "answer", text: [messages.at(-1)?.text ?? ""] }),
});
serveCommands({ baseUrl: model.baseUrls.openai, id: "fake" }, {}, () => model[Symbol.asyncDispose]());
