import { UnexpectedAnswer } from "./unexpected-answer.ts";

type Fetch = typeof globalThis.fetch;

/** An error page beyond this says nothing more. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * The fetch that providers are given. It reports every sign of life to the listener of the call, follows no redirect (a key must not travel to
 * another host), bounds what it reads of an error, and refuses a successful answer that is plainly no event stream.
 */
export function watchedFetch(fetch: Fetch, listener: () => (() => void) | undefined): Fetch {
  return async (input, init) => {
    const onActivity = listener() ?? (() => {});
    const response = await fetch(input, { ...init, redirect: "manual" });
    onActivity();
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    if (!response.ok) {
      return new Response(await readStart(response.body), { status, statusText, headers });
    }
    const contentType = headers.get("content-type") ?? "";
    if (/\b(?:html|json)\b/iu.test(contentType)) {
      throw new UnexpectedAnswer(status, contentType, await readStart(response.body));
    }
    const watched = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        onActivity();
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(watched), { status, statusText, headers });
  };
}

async function readStart(body: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (bytes >= MAX_ERROR_BYTES) break;
  }
  return text.slice(0, MAX_ERROR_BYTES);
}
