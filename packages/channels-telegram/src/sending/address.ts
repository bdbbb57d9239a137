/** The topic a message goes to. The General topic, id 1, is addressed by naming none. */
export function sendThread(threadId: string | undefined): number | undefined {
  const number = messageNumber(threadId);
  return number === 1 ? undefined : number;
}

/** The number in an id; undefined for ids that are none, such as those of tapped buttons. */
export function messageNumber(id: string | undefined): number | undefined {
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined;
}

/** True for a chat with one person: their ids are positive. */
export function isDirectChat(chatId: string): boolean {
  return /^\d+$/.test(chatId);
}
