//! A shared value, of which one share goes round.
//!
//! Other threads may clone shares and drop them at the same time. Counting them then takes longer than copying a
//! payload's values, and a share that goes round is counted only once.

use std::sync::Arc;

/// A value whose share is lent and taken back.
#[derive(Debug)]
pub(crate) struct Pooled<T: ?Sized> {
    kept: Arc<T>,
    spare: Option<Arc<T>>,
}

impl<T: ?Sized> Pooled<T> {
    /// Lends a share, which the caller gives back as a rule.
    #[inline]
    pub(crate) fn lend(&mut self) -> Arc<T> {
        self.spare.take().unwrap_or_else(|| self.kept.clone())
    }

    /// Takes a share back; drops the share of another value.
    #[inline]
    pub(crate) fn take_back(&mut self, share: Arc<T>) {
        if Arc::ptr_eq(&share, &self.kept) {
            self.spare = Some(share);
        }
    }
}

impl<T: ?Sized> From<Arc<T>> for Pooled<T> {
    fn from(kept: Arc<T>) -> Self {
        Pooled { kept, spare: None }
    }
}

impl<T: ?Sized> Clone for Pooled<T> {
    fn clone(&self) -> Self {
        self.kept.clone().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_goes_round() {
        let mut pooled = Pooled::from(Arc::new(1));
        let (first, second) = (pooled.lend(), pooled.lend());
        assert_eq!((*first, *second, Arc::strong_count(&first)), (1, 1, 3));
        pooled.take_back(first);
        pooled.take_back(Arc::new(2));
        assert_eq!(*pooled.lend(), 1);
        assert_eq!(Arc::strong_count(&second), 2);
    }
}
