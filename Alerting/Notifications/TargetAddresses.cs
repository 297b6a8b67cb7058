using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TimeSeries.Alerting.Notifications;

/// <summary>
/// Which addresses notifications may go to: who may make a receiver must not reach through it what only this machine reaches. Checked when a connection is
/// made, since a name may have another address than a moment before. After IANA's registries of special-purpose addresses (RFC 6890). Immutable.
/// </summary>
/// <param name="allowLoopback">Whether this machine is allowed.</param>
/// <param name="publicOnly">Whether private networks are not.</param>
internal sealed class TargetAddresses(bool allowLoopback, bool publicOnly)
{
    private static readonly IPNetwork[] _loopback = Networks("127.0.0.0/8", "::1/128");

    // Where clouds give out credentials: 169.254.169.254 is link-local already; the others are AWS's, Google's, Alibaba's, Azure's and Oracle's.
    private static readonly IPNetwork[] _metadata = Networks(
        "fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32");

    private static readonly IPNetwork[] _linkLocal = Networks("169.254.0.0/16", "fe80::/10");

    // This network, which is this machine to Linux; multicast; reserved, with broadcast.
    private static readonly IPNetwork[] _never = Networks("0.0.0.0/8", "::/128", "224.0.0.0/4", "ff00::/8", "240.0.0.0/4");

    // Also shared (RFC 6598), of protocols, for benchmarks, for documents, and the older site-local.
    private static readonly IPNetwork[] _private = Networks(
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "192.0.2.0/24", "198.51.100.0/24",
        "203.0.113.0/24", "fc00::/7", "fec0::/10", "2001:db8::/32");

    // IPv4 within IPv6: compatible, translated (RFC 6052), and 6to4.
    private static readonly (IPNetwork Network, int Offset)[] _embedding =
        [(IPNetwork.Parse("::/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    /// <summary>What an address is that may not be; null when it may.</summary>
    public string? Refuse(IPAddress address)
    {
        IPAddress meant = Unwrap(address);
        return In(_loopback, meant) ? allowLoopback ? null : "is of this machine, which Alerting:AllowLoopbackTargets would allow"
            : In(_metadata, meant) ? "is a cloud's metadata service"
            : In(_linkLocal, meant) ? "is link-local"
            : In(_never, meant) ? "is no address of one machine"
            : publicOnly && In(_private, meant) ? "is private, and Alerting:PublicTargetsOnly is set"
            : null;
    }

    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        // The scope says through which interface, and would make link-local addresses unequal.
        byte[] bytes = address.GetAddressBytes();
        IPAddress plain = new(bytes);
        foreach ((IPNetwork network, int offset) in _embedding)
        {
            uint inner = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(offset));
            if (network.Contains(plain) && inner > 1)
            {
                return new IPAddress(bytes.AsSpan(offset, 4));
            }
        }

        return plain;
    }

    private static bool In(IPNetwork[] networks, IPAddress address) => networks.Any(network => network.Contains(address));

    private static IPNetwork[] Networks(params ReadOnlySpan<string> texts)
    {
        IPNetwork[] networks = new IPNetwork[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            networks[i] = IPNetwork.Parse(texts[i]);
        }

        return networks;
    }
}

/// <summary>A connection that may not be made.</summary>
/// <param name="message">A sentence for whoever made the receiver.</param>
internal sealed class RefusedTargetException(string message) : Exception(message);
