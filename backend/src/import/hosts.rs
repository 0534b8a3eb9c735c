//! Whom pictures may be fetched from. The addresses stand in a file that a stranger wrote, and this process can reach machines
//! that the stranger cannot: databases, the cloud's metadata, other people's routers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureHosts {
    /// Machines that anybody on the internet could ask.
    Public,
    /// Any machine: for tests, whose pictures are on their own.
    Any,
}

impl PictureHosts {
    pub(super) fn allow(self, address: IpAddr) -> bool {
        match self {
            PictureHosts::Any => true,
            PictureHosts::Public => match address {
                IpAddr::V4(address) => is_public_v4(address),
                IpAddr::V6(address) => is_public_v6(address),
            },
        }
    }
}

/// Everything but what IANA keeps for special purposes (RFC 6890 and its registry).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = match a {
        // This network, private, loopback; from 224 on multicast, reserved and broadcast.
        0 | 10 | 127 | 224.. => true,
        100 => (64..128).contains(&b),
        169 => b == 254,
        172 => (16..32).contains(&b),
        192 => b == 168 || (b == 0 && matches!(c, 0 | 2)) || (b == 88 && c == 99),
        198 => matches!(b, 18 | 19) || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        _ => false,
    };
    !is_special
}

/// Only 2000::/3 is given out; in it, and before it, some stand for an address of the older kind.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [a, b, c, d, e, f, ..] = address.segments();
    match a {
        // NAT64: the last 32 bits are the address that is meant.
        0x64 if (b, c, d, e, f) == (0xff9b, 0, 0, 0, 0) => is_public_v4(Ipv4Addr::from_bits(address.to_bits() as u32)),
        // 6to4: the address of the router that is asked.
        0x2002 => is_public_v4(Ipv4Addr::from_bits(u32::from(b) << 16 | u32::from(c))),
        // Teredo and other protocols' own, documentation.
        0x2001 => b >= 0x200 && b != 0xdb8,
        0x3fff => b >= 0x1000,
        0x2000..=0x3ffe => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(address: &str) -> bool {
        PictureHosts::Public.allow(address.parse().unwrap())
    }

    #[test]
    fn machines_of_the_internet_may_be_asked() {
        for address in ["8.8.8.8", "23.227.38.74", "172.32.0.1", "100.63.0.1", "2620:127:f00f::1", "2001:4860::8888", "64:ff9b::808:808"] {
            assert!(is_allowed(address), "{address}");
        }
    }

    #[test]
    fn ones_own_and_the_neighbours_machines_may_not() {
        let v4 = ["0.0.0.0", "10.1.2.3", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1"];
        let special = ["100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "255.255.255.255"];
        let v6 = ["::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2001:0:1::1", "3fff::1", "fec0::1"];
        let disguised = ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1"];
        for address in v4.into_iter().chain(special).chain(v6).chain(disguised) {
            assert!(!is_allowed(address), "{address}");
            assert!(PictureHosts::Any.allow(address.parse().unwrap()));
        }
    }
}
