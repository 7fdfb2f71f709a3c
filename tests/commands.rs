//! The whole program, as text files: a command and what it prints. `TRYCMD=overwrite cargo test --test commands`
//! writes what it prints today; read the difference before you keep it.

#[test]
fn commands_print_what_the_files_say() {
    trycmd::TestCases::new()
        .env("WXSUB_LANG", "en")
        .env("TZ", "UTC")
        .env("COLUMNS", "100")
        .env("GITHUB_ACTIONS", "")
        .case("README.md")
        .case("tests/cmd/*.trycmd");
}
