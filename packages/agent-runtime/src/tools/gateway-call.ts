import type { ToolResult } from "@openclaw/gateway-core/ports";

/** Runs a tool's calls to the gateway. What the gateway refuses becomes a result that the model reads. */
export async function withGateway(work: () => Promise<ToolResult>): Promise<ToolResult> {
  try {
    return await work();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
    return failed(`${error.code}: ${error.message}`);
  }
}

export function failed(text: string): ToolResult {
  return { text, isError: true };
}

/** Told by its name: importing the class would load the whole gateway into whoever only wants a tool. */
function isGatewayError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && error.name === "GatewayError" && "code" in error && typeof error.code === "string";
}
