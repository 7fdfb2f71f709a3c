// The functions of the package. The module must be loaded before they are called.
import * as module from "./module.js";

/** The reason why a payload is not a callback. */
export class DecodeError extends Error {
  constructor({ code, message, line, column, offset }) {
    super(message);
    this.name = "DecodeError";
    this.code = code;
    this.place = { line, column, offset };
  }
}

export function decode(payload, lang) {
  const { callback, error } = JSON.parse(recordText(payload, lang));
  if (error) throw new DecodeError(error);
  return callback;
}

export function record(payload, lang) {
  const text = recordText(payload, lang);
  if (text.startsWith('{"error":')) throw new DecodeError(JSON.parse(text).error);
  return text.slice('{"callback":'.length, -1);
}

export function extract(capture, lang) {
  return JSON.parse(module.extract(bytes(capture), isChinese(lang)));
}

export function check(capture, lang) {
  return extract(capture, lang).findings;
}

export function words(lang) {
  return JSON.parse(module.words(isChinese(lang)));
}

function recordText(payload, lang) {
  return module.decode(bytes(payload), isChinese(lang));
}

function bytes(given) {
  if (typeof given === "string") return new TextEncoder().encode(given);
  if (given instanceof Uint8Array) return given;
  throw new TypeError("expected a Uint8Array or a string");
}

function isChinese(lang = "en") {
  if (lang !== "en" && lang !== "zh") throw new TypeError('expected "en" or "zh" as the language');
  return lang === "zh";
}
