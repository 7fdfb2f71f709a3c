//! The keys of one account or of several.

use std::fmt;

use crate::seal::{EncodingAesKey, KeyError, Token};

/// What opens and checks the payloads of one account.
///
/// Several keys, because a former one stays in use for a while after a change in the console; several ids, because
/// third-party platforms seal with the component's.
#[derive(Default)]
#[non_exhaustive]
pub struct Account {
    /// Tried in this order.
    pub keys: Vec<EncodingAesKey>,
    /// Without one nothing can be verified.
    pub tokens: Vec<Token>,
    /// For whom payloads may be sealed; anybody, if it is empty.
    pub appids: Vec<String>,
}

impl Account {
    /// An account from lists with commas between the entries, as in environment variables. Nothing between two commas
    /// is no entry.
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
    /// If an entry of `keys` is no key.
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

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.tokens.is_empty() && self.appids.is_empty()
    }

    /// Whether payloads sealed for `id` are this account's.
    pub(super) fn receives(&self, id: &[u8]) -> bool {
        self.appids.is_empty() || self.appids.iter().any(|appid| appid.as_bytes() == id)
    }
}

/// The entries of a list with commas between them.
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

/// All that is known of accounts. Keys are numbered through, from the first of the first account on.
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
    /// The keys of `accounts`; of those that say something.
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let accounts = accounts.into_iter();
        Keys {
            accounts: accounts.filter(|account| !account.is_empty()).collect(),
        }
    }

    /// The accounts.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.accounts.iter().map(|account| account.keys.len()).sum()
    }

    /// Whether nothing can be opened.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether anything can be verified.
    pub fn has_tokens(&self) -> bool {
        self.tokens().next().is_some()
    }

    /// The tokens of all accounts.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.accounts.iter().flat_map(|account| &account.tokens)
    }

    /// All keys, each with its account.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Account, &EncodingAesKey)> {
        let accounts = self.accounts.iter();
        accounts.flat_map(|account| account.keys.iter().map(move |key| (account, key)))
    }
}
