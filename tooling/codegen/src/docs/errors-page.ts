import { ERROR_CODES } from "@openclaw/protocol";

/** docs/errors.md: every error code with what to do about it. */
export function renderErrorsPage(): string {
  const sections = Object.entries(ERROR_CODES).map(
    ([code, row]) => `## ${code}

${row.meaning}

- What to do: ${row.remedy}
- Worth trying again unchanged: ${row.retryable ? "yes" : "no"}
- HTTP status where the same failure is met over HTTP: ${row.httpStatus}`,
  );
  return `# Error codes

Generated from \`packages/protocol/src/errors.ts\`; do not edit. A response that failed carries \`error\`:

\`\`\`json
{"code":"UNAVAILABLE","message":"the gateway is starting; try again shortly","retryable":true,"retryAfterMs":500}
\`\`\`

The code says what kind of failure it was, the message what exactly was wrong, \`details\` (where present) the same for
programs. \`retryable\` and \`retryAfterMs\` in the error itself, where present, go before the table.

${sections.join("\n\n")}
`;
}
