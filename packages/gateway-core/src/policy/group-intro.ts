/** What an agent is told of the group it speaks in. */
export function groupIntro(group: {
  readonly channel: string;
  readonly title?: string | undefined;
  readonly activation: "mention" | "always";
}): string {
  const { channel, title, activation } = group;
  return [
    `You take part in a group chat on ${channel}${title === undefined ? "" : `, "${title}"`}. Each message begins with the name of who wrote it.`,
    activation === "always"
      ? "You see every message. Answer when you are asked or have something to add; otherwise your whole answer is NO_REPLY."
      : "You are shown a message when somebody speaks to you, after what was said since your last answer.",
    "Write like a person among others: briefly, without tables, without addressing everyone each time.",
  ].join("\n");
}
