using System.Net;
using NUnit.Framework;
using TimeSeries.Alerting.Notifications;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>Which addresses notifications may go to.</summary>
public sealed class TargetAddressesTests
{
    private static readonly string[] _public = ["1.1.1.1", "172.15.255.255", "172.32.0.0", "192.167.255.255", "100.63.255.255", "2606:4700::1", "11.0.0.1"];
    private static readonly string[] _private =
        ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1", "fc00::1", "fd12:3456::1", "::ffff:10.1.2.3", "2002:a00:1::"];
    private static readonly string[] _loopback = ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"];
    private static readonly string[] _never =
    [
        "0.0.0.0", "0.1.2.3", "::", "169.254.0.1", "169.254.169.254", "fe80::1", "fe80::1%1", "febf::1", "224.0.0.1", "239.255.255.255", "ff02::1", "240.0.0.1",
        "255.255.255.255", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::",
    ];

    [Test]
    public void By_default_public_and_private_addresses_are_allowed() =>
        Check(allowLoopback: false, publicOnly: false, [.. _public, .. _private], [.. _loopback, .. _never]);

    [Test]
    public void Loopback_can_be_allowed_and_nothing_else_is_by_that() =>
        Check(allowLoopback: true, publicOnly: false, [.. _public, .. _private, .. _loopback], _never);

    [Test]
    public void Private_addresses_can_be_refused() =>
        Check(allowLoopback: false, publicOnly: true, _public, [.. _private, .. _loopback, .. _never]);

    private static void Check(bool allowLoopback, bool publicOnly, string[] allowed, string[] refused)
    {
        TargetAddresses addresses = new(allowLoopback, publicOnly);
        string[] all = [.. allowed, .. refused];
        Assert.That(all.Where(address => addresses.Refuse(IPAddress.Parse(address)) is null), Is.EqualTo(allowed));
    }
}
