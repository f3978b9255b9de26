//! Proxies that are trusted to say where a request comes from. What anybody else says about that is not believed.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The networks of the proxies in front of this server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks with commas between.
    ///
    /// # Errors
    /// What would be right.
    pub fn read(text: &str) -> Result<Self, String> {
        let pieces = text.split(',').map(str::trim).filter(|piece| !piece.is_empty());
        let read = |piece: &str| piece.parse::<IpNet>().or_else(|_| piece.parse::<IpAddr>().map(IpNet::from));
        let networks: Result<Vec<IpNet>, _> = pieces.map(read).collect();
        networks
            .map(Self)
            .map_err(|_| "must be addresses or networks with commas between, as 10.0.0.0/8, ::1".to_owned())
    }

    /// The address a request comes from: the last one that a trusted proxy names and that is no trusted proxy itself.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|it| it.split(','))
            .collect();
        let mut client = peer.to_canonical();
        for name in named.into_iter().rev() {
            if !self.0.iter().any(|network| network.contains(&client)) {
                break;
            }
            match name.trim().parse::<IpAddr>() {
                Ok(before) => client = before.to_canonical(),
                Err(_) => break,
            }
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let proxies = Proxies::read("10.0.0.0/8, 192.0.2.1").unwrap();
        let client = |peer: &str, header: &str| {
            let headers = HeaderMap::from_iter([(FORWARDED_FOR, header.parse().unwrap())]);
            proxies.client(peer.parse().unwrap(), &headers).to_string()
        };
        assert_eq!(client("203.0.113.9", "198.51.100.7"), "203.0.113.9", "a stranger says it");
        assert_eq!(client("10.1.2.3", "198.51.100.7"), "198.51.100.7");
        assert_eq!(client("10.1.2.3", "127.0.0.1, 198.51.100.7, 192.0.2.1"), "198.51.100.7", "the first is made up");
        assert_eq!(client("10.1.2.3", "nonsense"), "10.1.2.3");
        assert!(Proxies::read("10.0.0.0/33").is_err());
        assert_eq!(Proxies::read("").unwrap(), Proxies::default());
    }
}
