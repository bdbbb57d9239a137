import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";
import * as z from "zod";

import { ENTITIES, EVENT_CONTRACTS, METHOD_CONTRACTS } from "../src/contracts.ts";
import {
  formatValidationErrors,
  paramsValidators,
  validateConnectParams,
  validateRequestFrame,
} from "../src/validators.ts";

/**
 * Frames as gateways and clients of protocol 3 and 4 put them on the wire. Each file is one frame, named
 * `<method or event>--<what>.<p3|p4>.json`. A change of a contract that no longer reads one of them breaks a client
 * that is in use.
 */
const folder = new URL("./golden/", import.meta.url);
const goldens = readdirSync(folder)
  .sort()
  .map((file) => ({ file, subject: file.split("--")[0] ?? "", frame: readFrame(file) }));

function readFrame(file: string) {
  return z.looseObject({ type: z.string() }).parse(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
}

const of = (type: string) => goldens.filter(({ frame }) => frame.type === type);

function contractOf<Contract>(contracts: Readonly<Record<string, Contract>>, name: string): Contract | undefined {
  return contracts[name];
}

test("both generations are covered", () => {
  expect(goldens.filter(({ file }) => file.endsWith(".p3.json")).length).toBeGreaterThan(30);
  expect(goldens.filter(({ file }) => file.endsWith(".p4.json")).length).toBeGreaterThan(30);
});

describe("R5.8 requests of real clients pass the validators", () => {
  test.each(of("req"))("$file", ({ subject, frame }) => {
    expect(validateRequestFrame(frame), formatValidationErrors(validateRequestFrame.errors)).toBe(true);
    const validators: Readonly<Record<string, (typeof paramsValidators)[keyof typeof paramsValidators]>> =
      paramsValidators;
    const validate = subject === "connect" ? validateConnectParams : validators[subject];
    if (!validate) throw new Error(`There is no method "${subject}".`);
    expect(validate(frame["params"]), formatValidationErrors(validate.errors)).toBe(true);
    expect(contractOf(METHOD_CONTRACTS, subject)?.params.safeParse(frame["params"]).error).toBeUndefined();
  });
});

describe("R5.3 answers of earlier gateways still parse", () => {
  test.each(of("res"))("$file", ({ file, subject, frame }) => {
    expect(ENTITIES.ResponseFrame.safeParse(frame).error).toBeUndefined();
    const contract = contractOf(METHOD_CONTRACTS, subject);
    if (frame["payload"] === undefined) return;
    if (!contract) throw new Error(`There is no method "${subject}".`);
    const schema = file.includes("--accepted") && "accepted" in contract ? contract.accepted : contract.result;
    expect(schema?.safeParse(frame["payload"]).error).toBeUndefined();
  });
});

describe("R6.11 events of earlier gateways still parse", () => {
  test.each(of("event"))("$file", ({ subject, frame }) => {
    expect(ENTITIES.EventFrame.safeParse(frame).error).toBeUndefined();
    const contract = contractOf(EVENT_CONTRACTS, frame["event"] === subject ? subject : "");
    if (contract) expect(contract.payload.safeParse(frame["payload"]).error).toBeUndefined();
    else expect(subject).toBe("voicewake.changed");
  });
});
