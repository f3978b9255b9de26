//! Receipt codes of anonymous cases (D7): 100 random bits, stored hashed, the only way for their holder to follow the case.

use data_encoding::{BASE64, Encoding, Specification};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::LazyLock;

use crate::app::act::{Once, sha256_hex};
use crate::app::dice::Dice;

/// Bytes drawn; the code shows 20 letters of five bits, so 100 random bits.
const BYTES: usize = 13;
const LETTERS: usize = 20;

/// Crockford's letters: none can be mistaken for another.
static LETTER: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut letters = Specification::new();
    letters.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    letters.encoding().ok()
});

/// A receipt code such as `7K2M-9QXA-…`, five groups of four letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt(String);

impl Receipt {
    /// Draws a new code.
    ///
    /// # Errors
    /// When the alphabet is wrong, which a test rules out.
    pub fn draw(dice: &Dice) -> Result<Self, String> {
        // 104 bits are padded to 105 = 21 letters; the last letter carries padding and is left out.
        let bytes: [u8; 15] = {
            let drawn: [u8; BYTES] = dice.bytes();
            let mut wide = [0; 15];
            wide[..BYTES].copy_from_slice(&drawn);
            wide
        };
        let encoding = LETTER.as_ref().ok_or_else(|| "the receipt alphabet is wrong".to_owned())?;
        Ok(Self(encoding.encode(&bytes)[..LETTERS].to_owned()))
    }

    /// Reads a code as people type it: case, spaces and hyphens do not matter, look-alikes are taken for what they are.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let letters: String = typed
            .chars()
            .filter(|c| !matches!(c, '-' | ' '))
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        (letters.len() == LETTERS).then_some(Self(letters))
    }

    /// As it is shown.
    #[must_use]
    pub fn show(&self) -> String {
        self.0.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
    }

    /// As it is stored. A plain hash is enough: 100 random bits cannot be tried out.
    #[must_use]
    pub fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }

    /// The code as the result of an act keeps it: sealed where a retry may ask for it again.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn kept(&self, once: Option<&Once>, id: uuid::Uuid) -> Result<String, String> {
        once.map_or_else(|| Ok(self.show()), |once| self.seal(&once.key, id))
    }

    /// The code that the result of an act keeps, as it is shown.
    #[must_use]
    pub fn shown(kept: &str, once: Option<&Once>, id: uuid::Uuid) -> Option<String> {
        match once {
            Some(once) => Self::open(kept, &once.key, id).map(|receipt| receipt.show()),
            None => Some(kept.to_owned()),
        }
    }

    /// Seals the code under the caller's idempotency key, of which only the hash is kept: a retry opens it again, the
    /// database alone cannot.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn seal(&self, key: &str, case_id: uuid::Uuid) -> Result<String, String> {
        Ok(BASE64.encode(&mix(self.0.as_bytes(), key, case_id)?))
    }

    /// Opens a sealed code.
    #[must_use]
    pub fn open(sealed: &str, key: &str, case_id: uuid::Uuid) -> Option<Self> {
        let bytes = mix(&BASE64.decode(sealed.as_bytes()).ok()?, key, case_id).ok()?;
        Some(Self(String::from_utf8(bytes).ok()?))
    }
}

/// Mixes the code with a pad that only the key can make, and that is used for one case only.
fn mix(text: &[u8], key: &str, case_id: uuid::Uuid) -> Result<Vec<u8>, String> {
    let mut pad = Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_err(|error| error.to_string())?;
    pad.update(b"receipt");
    pad.update(case_id.as_bytes());
    Ok(text.iter().zip(pad.finalize().into_bytes()).map(|(a, b)| a ^ b).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_a_receipt_code_has_a_hundred_random_bits_and_reads_back_as_typed() {
        let dice = Dice::seeded(1);
        let codes: std::collections::BTreeSet<String> =
            (0..1000).map(|_| Receipt::draw(&dice).unwrap().show()).collect();
        assert_eq!(codes.len(), 1000);
        let shown = codes.first().unwrap();
        assert_eq!(shown.len(), 24);
        assert_eq!(Receipt::read(&shown.to_lowercase().replace('-', " ")).unwrap().show(), *shown);
    }

    #[test]
    fn d7_a_sealed_code_opens_with_its_key_only() {
        let receipt = Receipt::draw(&Dice::seeded(2)).unwrap();
        let case = uuid::Uuid::from_u128(7);
        let sealed = receipt.seal("key-of-the-phone", case).unwrap();
        assert_eq!(Receipt::open(&sealed, "key-of-the-phone", case), Some(receipt.clone()));
        assert_ne!(Receipt::open(&sealed, "another", case), Some(receipt));
    }
}
