import { approvalsBlocks } from "../approvals/approvals-view.ts";
import { openTarget, TARGET_OPTIONS } from "../approvals/approvals-target.ts";
import { defineCommand } from "../command.ts";

export const command = defineCommand({
  name: "approvals get",
  summary: "Show what may run on a machine",
  description: "On this machine, unless --gateway or --node says otherwise.",
  arguments: {},
  options: TARGET_OPTIONS,
  examples: [
    { line: "approvals get", does: "The rules of this machine." },
    { line: "approvals get --node build-box --json", does: "Those of a node, as a file." },
  ],
  async run(context, { options }) {
    await using target = await openTarget(context, options);
    const view = await target.read();
    return { data: view, view: approvalsBlocks(target.name, view) };
  },
});
