//! Addresses with a query, written.

use std::fmt::Write;

/// The path with these names and values as its query; names may stand several times.
pub fn address<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = path.to_owned();
    for (n, (name, value)) in pairs.into_iter().enumerate() {
        address.push(if n == 0 { '?' } else { '&' });
        encode(&mut address, name);
        address.push('=');
        encode(&mut address, value);
    }
    address
}

/// RFC 3986: everything but unreserved characters as percent triplets, blanks included.
fn encode(into: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn values_stay_values() {
        assert_eq!(address("/register", []), "/register");
        let pairs = [("q", "a&b =c#"), ("vendor", "供")];
        assert_eq!(address("/register", pairs), "/register?q=a%26b%20%3Dc%23&vendor=%E4%BE%9B");
    }
}
