//! An `Arc` with a spare clone for reuse.
//!
//! Other threads may clone and drop the `Arc` at the same time, which makes its counter slower than copying a payload's
//! values. A clone that is returned and reused needs no counting.

use std::sync::Arc;

/// A value with a pooled clone.
#[derive(Debug)]
pub(crate) struct Pooled<T: ?Sized> {
    kept: Arc<T>,
    spare: Option<Arc<T>>,
}

impl<T: ?Sized> Pooled<T> {
    /// Returns a clone, which should be given back.
    #[inline]
    pub(crate) fn take(&mut self) -> Arc<T> {
        self.spare.take().unwrap_or_else(|| self.kept.clone())
    }

    /// Takes back a clone. Ignores an `Arc` of another value.
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
        let (first, second) = (pooled.take(), pooled.take());
        assert_eq!((*first, *second, Arc::strong_count(&first)), (1, 1, 3));
        pooled.take_back(first);
        pooled.take_back(Arc::new(2));
        assert_eq!(*pooled.take(), 1);
        assert_eq!(Arc::strong_count(&second), 2);
    }
}
