//! Writes the JavaScript that loads a module: `wxsub-wasm-bindgen MODULE FOLDER`.

use std::env;

use anyhow::Context;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let mut args = env::args().skip(1);
    let module = args.next().context("no module is given")?;
    let folder = args.next().context("no folder is given")?;
    Bindgen::new()
        .input_path(module)
        .out_name("module")
        .web(true)?
        // The types of the package are written by hand.
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
}
