//! Runs the commands in text files and compares their output with the text there.
//!
//! `TRYCMD=overwrite cargo test --test commands` writes the present output; read the difference before you keep it.

#[test]
fn commands_print_what_the_files_say() {
    trycmd::TestCases::new()
        .env("WXSUB_LANG", "en")
        .env("TZ", "UTC")
        .env("COLUMNS", "100")
        .env("GITHUB_ACTIONS", "")
        .case("README.md")
        .case("README.zh-CN.md")
        .case("docs/*.md")
        .case("tests/cmd/*.trycmd");
}
