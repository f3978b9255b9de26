//! Looks through a document's text once, without understanding it: how many tokens there are to parse, and how deep its
//! brackets nest, for the parser goes one call deeper for each.

use super::Refusal;
use crate::edge::limits::DocumentLimits;

/// Looks through a text.
///
/// # Errors
/// When it has too many bytes or tokens, or nests too deep.
pub fn scan(text: &str, limits: &DocumentLimits) -> Result<(), Refusal> {
    if text.len() > limits.bytes {
        return Err(Refusal::too_large("many bytes", limits.bytes));
    }
    let (mut rest, mut tokens, mut depth) = (text.as_bytes(), 0, 0_usize);
    while let Some((&first, after)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = after;
                continue;
            }
            b'#' => skip_while(after, |byte| byte != b'\n' && byte != b'\r'),
            b'"' => after_string(rest),
            b'{' | b'[' | b'(' => {
                depth += 1;
                after
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                after
            }
            byte if is_word(byte) => skip_while(after, is_word),
            _ => after,
        };
        tokens += 1;
        if tokens > limits.tokens {
            return Err(Refusal::too_large("many tokens", limits.tokens));
        }
        if depth > limits.brackets {
            return Err(Refusal::too_large("many brackets inside each other", limits.brackets));
        }
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' || byte == b'-'
}

fn skip_while(text: &[u8], condition: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|byte| !condition(*byte)).unwrap_or(text.len());
    &text[end..]
}

/// What follows a string that begins the text; nothing where it does not end.
fn after_string(text: &[u8]) -> &[u8] {
    const BLOCK: &[u8] = b"\"\"\"";
    let block = text.starts_with(BLOCK);
    let mark = if block { BLOCK } else { &BLOCK[..1] };
    let mut at = mark.len();
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(b"\\") {
            at += if block && rest[1..].starts_with(BLOCK) { 1 + BLOCK.len() } else { 2 - usize::from(block) };
        } else if rest.starts_with(mark) {
            return &rest[mark.len()..];
        } else {
            at += 1;
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(), Refusal> {
        scan(text, &DocumentLimits { bytes: 1000, tokens: 12, brackets: 3, ..DocumentLimits::default() })
    }

    #[test]
    fn tokens_and_brackets_are_counted_outside_strings_and_comments() {
        assert!(read("{ a { b(x: 1) } }").is_ok());
        assert!(read("{ a { b { c { d } } } }").is_err(), "four deep");
        assert!(read(r#"{ a(x: "{{{{ } \" {{{{", y: """ {{{{ \""" " {{{{ """) }"#).is_ok());
        assert!(read("# {{{{{{{{{{\n{ a }").is_ok());
        assert!(read("{ a b c d e f g h i j }").is_ok(), "twelve tokens");
        assert!(read("{ a b c d e f g h i j k }").is_err(), "thirteen");
        assert!(read(&" ".repeat(1001)).is_err());
    }

    #[test]
    fn a_string_without_an_end_takes_the_rest() {
        for text in ["\"", "\"\"\"", "\"\\", "\"\"\"\\", "\"\"\"\"\"", "{ a(x: \"{{{{{{{{"] {
            assert!(read(text).is_ok(), "{text}");
        }
    }
}
