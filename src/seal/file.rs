//! A key file: lines `encoding_aes_key = …`, `token = …` and `appid = …`.
//!
//! Names may be in any letter case and without underscores, as in `EncodingAESKey`. They may be repeated. `#` begins a
//! comment, and `[anything]` begins another account. Errors give the line number but not the line, because it may contain a
//! secret.

use std::fmt;

use crate::lang::{Lang, Text};
use crate::seal::{Account, EncodingAesKey, KeyError, Token};

/// An error in a key file, with its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileError {
    line: usize,
    reason: FileErrorReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileErrorReason {
    Key(KeyError),
    /// The line is not recognised.
    Line,
    /// There is no value after `=`.
    Empty,
}

impl FileError {
    /// Says what is wrong with the line, without the line.
    pub fn message(&self, lang: Lang) -> String {
        let what = match self.reason {
            FileErrorReason::Key(error) => error.message(lang),
            FileErrorReason::Line => EXPECTED_LINE.get(lang).to_owned(),
            FileErrorReason::Empty => EXPECTED_VALUE.get(lang).to_owned(),
        };
        match lang {
            Lang::En => format!("line {}: {what}", self.line),
            Lang::Zh => format!("第 {} 行：{what}", self.line),
        }
    }
}

const EXPECTED_LINE: Text = Text::new(
    "expected `encoding_aes_key = …`, `token = …`, `appid = …`, `[another account]` or `# a comment`",
    "应为 `encoding_aes_key = …`、`token = …`、`appid = …`、`[另一个账号]` 或 `# 注释`",
);
const EXPECTED_VALUE: Text = Text::new("expected a value after the `=`", "`=` 之后应有值");

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for FileError {}

/// Reads the accounts of a key file.
///
/// ```
/// let text = "
/// ## the shop
/// encoding_aes_key = ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x
/// token = ourOwnToken
/// appid = wx5a2c71d0e9b4a1b2
///
/// [another account]
/// encoding_aes_key = ownKey8ownKey8ownKey8ownKey8ownKey8ownKey8x
/// ";
/// let accounts = wxsub::seal::accounts(text)?;
/// assert_eq!((accounts.len(), accounts[0].tokens.len()), (2, 1));
/// assert!(wxsub::seal::accounts("ourOwnToken").unwrap_err().to_string().starts_with("line 1: expected"));
/// # Ok::<(), wxsub::seal::FileError>(())
/// ```
///
/// # Errors
///
/// [`FileError`] for the first invalid line.
pub fn accounts(text: &str) -> Result<Vec<Account>, FileError> {
    let mut accounts = vec![Account::default()];
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    for (number, line) in text.lines().enumerate() {
        let error = |reason| FileError {
            line: number + 1,
            reason,
        };
        match line.trim() {
            line if line.is_empty() || line.starts_with('#') => {}
            line if line.starts_with('[') && line.ends_with(']') => {
                accounts.push(Account::default());
            }
            line => accounts
                .last_mut()
                .map_or(Ok(()), |account| add(account, line))
                .map_err(error)?,
        }
    }
    accounts.retain(|account| !account.is_empty());
    Ok(accounts)
}

/// Adds the value of `line` to `account`.
fn add(account: &mut Account, line: &str) -> Result<(), FileErrorReason> {
    let (name, value) = line.split_once('=').ok_or(FileErrorReason::Line)?;
    let value = unquoted(value.trim());
    if value.is_empty() {
        return Err(FileErrorReason::Empty);
    }
    // WeChat's console spells the names `EncodingAESKey`, `Token` and `AppID`.
    match name.trim().to_ascii_lowercase().replace('_', "").as_str() {
        "encodingaeskey" => {
            let key = value.parse::<EncodingAesKey>();
            account.keys.push(key.map_err(FileErrorReason::Key)?);
        }
        "token" => account.tokens.push(Token::new(value)),
        "appid" => account.appids.push(value.to_owned()),
        _ => return Err(FileErrorReason::Line),
    }
    Ok(())
}

/// Removes quotes around `value`.
fn unquoted(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_cannot_be_used_are_named_and_not_repeated() {
        let cases = [
            ("\nkey = s3cr3t", "line 2: expected"),
            ("s3cr3t", "line 1: expected"),
            ("token =", "line 1: expected a value"),
            ("token = ''", "line 1: expected a value"),
            (
                "encoding_aes_key = s3cr3t",
                "line 1: an EncodingAESKey has 43",
            ),
        ];
        for (text, words) in cases {
            let error = accounts(text).unwrap_err().to_string();
            assert!(error.starts_with(words), "{error}");
            assert!(!error.contains("s3cr"), "{error}");
        }
    }

    #[test]
    fn quotes_and_cases_are_understood() {
        let key = "k".repeat(EncodingAesKey::LEN);
        let text = format!(
            "\u{FEFF}Encoding_AES_Key=\"{key}\"\r\n  TOKEN='a=b'  \r\n[x]\r\n[y]\r\nappid=c"
        );
        let accounts = accounts(&text).expect("accounts");
        assert_eq!(accounts.len(), 2);
        assert_eq!(accounts[0].tokens, [Token::new("a=b")]);
        assert_eq!(accounts[1].appids, ["c"]);
    }

    #[test]
    fn the_names_of_the_console_are_understood() {
        let key = "k".repeat(EncodingAesKey::LEN);
        let text = format!("EncodingAESKey = {key}\nToken = a\nAppID = b\napp_id = c");
        let accounts = accounts(&text).expect("accounts");
        assert_eq!((accounts.len(), accounts[0].keys.len()), (1, 1));
        assert_eq!(accounts[0].tokens, [Token::new("a")]);
        assert_eq!(accounts[0].appids, ["b", "c"]);
    }
}
