// Types of the package. `wxsub schema record` and `wxsub schema finding` have the same as JSON Schema.

/** The language of messages. English unless `zh` is given. */
export type Lang = "en" | "zh";

/** A callback as a record: what `wxsub convert` writes. Absent values are left out. */
export interface Callback {
  event: "subscribe_msg_popup_event" | "subscribe_msg_change_event" | "subscribe_msg_sent_event";
  /** The account, `gh_…`. */
  to_user?: string;
  /** The user's openid. */
  from_user?: string;
  /** Unix seconds. */
  create_time?: number;
  /** In the order of the payload. */
  items: Item[];
  /** All other fields. */
  extra?: Extra;
  /** The place in the capture. Only `extract` sets it. */
  source?: Source;
}

/** The answer for one template, or the result of one message. */
export interface Item {
  template_id?: string;
  /** As given: `accept`, `reject`, … */
  status?: string;
  popup_scene?: number;
  /** A string, because its 19 digits do not fit into a number. */
  msg_id?: string;
  /** 0 is success. */
  error_code?: number;
  error_status?: string;
  extra?: Extra;
}

/** Fields that have no key of their own, by their names. */
export type Extra = { [name: string]: Json };

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Source {
  path: string;
  line: number;
  offset: number;
  format: string;
}

/** A place in the input. */
export interface Place {
  /** Counted from 1. */
  line: number;
  /** In characters, counted from 1. */
  column: number;
  /** In bytes of UTF-8, counted from 0. */
  offset: number;
}

/** An error or a warning: what `wxsub check --format json` writes. */
export interface Finding extends Place {
  code: Code;
  severity: "error" | "warning";
  message: string;
  path: string;
  help?: string;
}

/** What a capture holds. */
export interface Extract {
  records: Callback[];
  findings: Finding[];
  /** The records as text, with all digits of their numbers. */
  lines: string[];
}

/** The names of findings. */
export type Code =
  | "malformed-xml" | "malformed-json" | "malformed-record" | "invalid-encoding" | "doctype-forbidden"
  | "limit-exceeded" | "encrypted" | "decrypt-failed" | "signature-mismatch" | "not-verified" | "not-encrypted"
  | "unread-payload" | "missing-event" | "no-payload" | "other-event" | "missing-field" | "missing-list"
  | "wrong-type" | "duplicate-field" | "envelope-mismatch" | "odd-envelope" | "event-mismatch" | "legacy-shape"
  | "trailing-comma" | "json-comment" | "typographic" | "lone-surrogate" | "odd-case" | "padded-value"
  | "unknown-field" | "unknown-status" | "odd-status" | "odd-template-id" | "odd-openid" | "odd-account-id"
  | "odd-create-time" | "odd-msg-id" | "empty-list" | "imprecise-msg-id" | "unexpected-attribute" | "stray-text"
  | "encoding-mismatch" | "printed-object" | "after-torn" | "noise" | "unrepresentable" | "unmet-expectation";

/** The reason why a payload is not a callback. */
export class DecodeError extends Error {
  readonly name: "DecodeError";
  readonly code: Code;
  readonly place: Place;
}

/**
 * Decodes one payload: XML or JSON, in any form that WeChat and its libraries write.
 *
 * A number with more digits than JavaScript holds loses some; `record` keeps them. Message ids are strings.
 *
 * @throws {DecodeError} The payload is missing, broken, encrypted, of another kind, or not alone.
 */
export function decode(payload: Uint8Array | string, lang?: Lang): Callback;

/**
 * Decodes one payload into the text of its record: a line of JSON with all digits.
 *
 * @throws {DecodeError} As `decode` does.
 */
export function record(payload: Uint8Array | string, lang?: Lang): string;

/** Reads all callbacks and findings of a capture: a payload, a pasted text or a log, not compressed. */
export function extract(capture: Uint8Array | string, lang?: Lang): Extract;

/** Returns the findings of a capture. What `decode` throws is a finding here. */
export function check(capture: Uint8Array | string, lang?: Lang): Finding[];

/** Returns meanings in a few words by kind (`event`, `field`, `status`, `scene`, `error code`, `finding`) and name. */
export function words(lang?: Lang): { [kind: string]: { [name: string]: string } };
