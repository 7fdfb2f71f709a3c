// What a program in TypeScript relies on. It is compiled, not run.
import { check, decode, DecodeError, extract, type Callback, type Code, type Finding, type Item } from "@wxsub/wasm";

const callback: Callback = decode(new Uint8Array());
const item: Item | undefined = callback.items[0];
const scene: number | undefined = item?.popup_scene;
const id: string | undefined = item?.msg_id;
const findings: Finding[] = check("", "zh");
const code: Code | undefined = findings[0]?.code;
const line: number = extract("").findings[0].line;

// @ts-expect-error There is no such event.
const other: boolean = callback.event === "subscribe";
// @ts-expect-error A message id is a string.
const number: number | undefined = item?.msg_id;
// @ts-expect-error There is no such code.
const unknown: Code = "no-such-code";
// @ts-expect-error There are two languages.
decode("", "de");

export function place(error: unknown): string {
  return error instanceof DecodeError ? `${error.code} ${error.place.line}:${error.place.column}` : "";
}

export { code, id, line, number, other, scene, unknown };
