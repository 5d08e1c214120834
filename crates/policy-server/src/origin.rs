//! Where a request may come from. A web page must not reach the server through a browser on the same machine, not even if
//! the name of its own host is made to resolve to the loopback address (DNS rebinding).

use std::net::{IpAddr, SocketAddr};

use hyper::header::{HOST, HeaderName, ORIGIN};
use hyper::http::request::Parts;

use crate::error::Error;

/// Checks the headers that name a host.
///
/// - `head`: a request without its body
/// - `bound`: the server's address
pub(crate) fn check(head: &Parts, bound: SocketAddr) -> Result<(), Error> {
    let names_us = |host: &str| is_ours(host, bound);
    let refused = |what: &str| Err(Error::foreign(what));
    // The target of a request may contain a host of its own.
    if head
        .uri
        .authority()
        .is_some_and(|authority| !names_us(authority.as_str()))
    {
        return refused("target");
    }
    if !only(head, &HOST).is_some_and(names_us) {
        return refused("Host header");
    }
    if !head.headers.contains_key(ORIGIN) {
        return Ok(());
    }
    let origin = only(head, &ORIGIN).and_then(|origin| {
        let (scheme, host) = origin.split_once("://")?;
        (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")).then_some(host)
    });
    match origin {
        Some(host) if names_us(host) => Ok(()),
        _ => refused("Origin header"),
    }
}

/// The value of a header that occurs once.
fn only<'h>(head: &'h Parts, name: &HeaderName) -> Option<&'h str> {
    let mut values = head.headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Whether a host with an optional port is the loopback interface or the server's own address.
fn is_ours(host: &str, bound: SocketAddr) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        // The colons of an IPv6 address are in brackets.
        Some(_) if !host.ends_with(']') => return false,
        _ => host,
    };
    let address: Option<IpAddr> = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(inner) => inner.parse().ok().map(IpAddr::V6),
        None => name.parse().ok().map(IpAddr::V4),
    };
    match address {
        Some(address) => address.is_loopback() || address == bound.ip(),
        None => name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn only_the_loopback_interface_is_ours() {
        let bound = SocketAddr::from((Ipv4Addr::LOCALHOST, 40123));
        for host in [
            "127.0.0.1",
            "127.0.0.1:40123",
            // A forwarded port.
            "127.0.0.1:8000",
            "127.1.2.3:40123",
            "localhost",
            "LocalHost:40123",
            "localhost.:40123",
            "[::1]",
            "[::1]:40123",
        ] {
            assert!(is_ours(host, bound), "{host}");
        }
        for host in [
            "",
            ":40123",
            "example.com",
            "example.com:40123",
            "localhost.example.com:40123",
            "127.0.0.1.example.com",
            "127.0.0.1.nip.io:40123",
            "a.localhost",
            "localhost@example.com",
            "example.com@localhost",
            "localhost:40123:40123",
            "localhost:http",
            "192.168.0.1:40123",
            "0.0.0.0:40123",
            "127.1",
            "2130706433",
            "::1",
            "[::1",
            "[::]:40123",
            "[127.0.0.1]",
            "[::ffff:127.0.0.1]",
            "localhost..",
            " localhost",
        ] {
            assert!(!is_ours(host, bound), "{host}");
        }
        let elsewhere = SocketAddr::from((Ipv4Addr::new(192, 168, 0, 1), 40123));
        assert!(is_ours("192.168.0.1:40123", elsewhere));
    }
}
