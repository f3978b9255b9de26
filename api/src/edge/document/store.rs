//! Keeps documents that were read before, under the SHA-256 of their text: parsed once for all who send the same one,
//! and run again for a client that sends the hash only (automatic persisted documents).

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use sha2::{Digest, Sha256};

use super::Document;

/// The name of a document: the SHA-256 of its text.
pub type Hash = [u8; 32];

/// How much text is kept in all. A parsed document takes some twenty times the memory of its text.
const MAX_BYTES: usize = 1024 * 1024;
/// How many documents are kept.
const MAX_DOCUMENTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1999);

/// The name of a text.
#[must_use]
pub fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// The documents that were used last.
pub struct Store(Mutex<Kept>);

struct Kept {
    documents: LruCache<Hash, Arc<Document>>,
    bytes: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self(Mutex::new(Kept { documents: LruCache::new(MAX_DOCUMENTS), bytes: 0 }))
    }
}

impl Store {
    /// The document of a name, if it is kept.
    pub fn get(&self, hash: &Hash) -> Option<Arc<Document>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).documents.get(hash).cloned()
    }

    /// Keeps a document, and lets go of those that were not used for longest.
    pub fn keep(&self, hash: Hash, document: Arc<Document>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.documents.contains(&hash) {
            return;
        }
        kept.bytes += document.bytes;
        let gone = kept.documents.push(hash, document);
        kept.bytes -= gone.map_or(0, |(_, document)| document.bytes);
        while kept.bytes > MAX_BYTES {
            let Some((_, oldest)) = kept.documents.pop_lru() else { break };
            kept.bytes -= oldest.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::limits::DocumentLimits;

    #[test]
    fn what_was_not_used_for_longest_is_let_go_when_there_is_too_much() {
        let store = Store::default();
        let text = |n: usize| format!("{{ a{n} }} #{}", "x".repeat(30_000));
        let keep = |n: usize| {
            let document = Document::read(&text(n), &DocumentLimits::default()).unwrap();
            store.keep(hash(&text(n)), Arc::new(document));
        };
        keep(0);
        for n in 1..34 {
            keep(n);
            assert!(store.get(&hash(&text(0))).is_some(), "in use");
        }
        for n in 34..40 {
            keep(n);
        }
        assert!(store.get(&hash(&text(1))).is_none(), "not used since");
        assert!(store.get(&hash(&text(0))).is_some());
        assert!(store.0.lock().unwrap().bytes <= MAX_BYTES);
    }
}
