// The package in browsers, and in what bundles for them.
import init from "./module.js";

await init({ module_or_path: new URL("./module_bg.wasm", import.meta.url) });

export * from "./api.js";
