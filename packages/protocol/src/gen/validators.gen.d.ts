import type { ConnectParams } from "../entities.gen.ts";
import type { RequestFrame } from "../frames.ts";
import type { MethodName, ParamsOf } from "../table.gen.ts";
import type { Validator } from "../validators.ts";

export const validateRequestFrame: Validator<RequestFrame>;
export const validateConnectParams: Validator<ConnectParams>;
export const paramsValidators: { readonly [M in MethodName]: Validator<ParamsOf<M>> };
