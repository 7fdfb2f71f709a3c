//! The keys of one or more accounts.

use std::fmt;

use crate::seal::{EncodingAesKey, KeyError, Token};

/// The secrets and ids of one account.
///
/// It has several keys because an old key stays valid for a while after a change, and several ids because third-party
/// platforms encrypt for their component's id.
#[derive(Default)]
#[non_exhaustive]
pub struct Account {
    /// The keys, tried in this order.
    pub keys: Vec<EncodingAesKey>,
    /// The tokens. Without one nothing can be verified.
    pub tokens: Vec<Token>,
    /// The accepted receivers. Empty accepts any.
    pub appids: Vec<String>,
}

impl Account {
    /// Makes an account from comma-separated lists, as in environment variables. Empty entries are ignored.
    ///
    /// ```
    /// use wxsub::seal::Account;
    ///
    /// let account = Account::from_lists("", "ourOwnToken", "wx5a2c71d0e9b4a1b2, wx71f03c9d2e6a0000")?;
    /// assert_eq!((account.keys.len(), account.tokens.len()), (0, 1));
    /// assert_eq!(account.appids[1], "wx71f03c9d2e6a0000");
    /// # Ok::<(), wxsub::seal::KeyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`KeyError`] if an entry of `keys` is not a key.
    pub fn from_lists(keys: &str, token: &str, appids: &str) -> Result<Self, KeyError> {
        let tokens = (!token.is_empty()).then(|| Token::new(token));
        let is_alone = list(keys).count() == 1;
        let keys = list(keys).enumerate().map(|(i, text)| {
            let key = text.parse::<EncodingAesKey>();
            key.map_err(|error| {
                if is_alone {
                    error
                } else {
                    error.numbered(i + 1)
                }
            })
        });
        Ok(Account {
            keys: keys.collect::<Result<_, _>>()?,
            tokens: tokens.into_iter().collect(),
            appids: list(appids).map(str::to_owned).collect(),
        })
    }

    /// Returns true if the account has no key, token or id.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.tokens.is_empty() && self.appids.is_empty()
    }

    /// Returns true if payloads encrypted for `id` belong to this account.
    pub(super) fn receives(&self, id: &[u8]) -> bool {
        self.appids.is_empty() || self.appids.iter().any(|appid| appid.as_bytes() == id)
    }
}

/// Splits a comma-separated list.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("keys", &self.keys.len())
            .field("tokens", &self.tokens.len())
            .field("appids", &self.appids)
            .finish()
    }
}

/// All known accounts. Keys are numbered across accounts.
///
/// ```
/// use wxsub::seal::{Account, Keys};
///
/// let key = "ownKey7ownKey7ownKey7ownKey7ownKey7ownKey7x";
/// let keys = Keys::new([Account::from_lists(key, "ourOwnToken", "")?]);
/// assert_eq!((keys.len(), keys.has_tokens()), (1, true));
/// # Ok::<(), wxsub::seal::KeyError>(())
/// ```
#[derive(Debug, Default)]
pub struct Keys {
    accounts: Vec<Account>,
}

impl Keys {
    /// Collects `accounts`, without empty ones.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let accounts = accounts.into_iter();
        Keys {
            accounts: accounts.filter(|account| !account.is_empty()).collect(),
        }
    }

    /// Returns the accounts.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        self.accounts.iter().map(|account| account.keys.len()).sum()
    }

    /// Returns true if there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns true if there is a token.
    pub fn has_tokens(&self) -> bool {
        self.tokens().next().is_some()
    }

    /// Returns the tokens of all accounts.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.accounts.iter().flat_map(|account| &account.tokens)
    }

    /// Returns all keys, each with its account.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Account, &EncodingAesKey)> {
        let accounts = self.accounts.iter();
        accounts.flat_map(|account| account.keys.iter().map(move |key| (account, key)))
    }
}
