using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using TimeSeries.Alerting.Notifications;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>One post to a real HTTP server, and to those that are none.</summary>
public sealed class WebhookSenderTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private WebhookReceiver _server = null!;

    [SetUp]
    public async Task StartAsync() => _server = await WebhookReceiver.StartAsync();

    [TearDown]
    public ValueTask StopAsync() => _server.DisposeAsync();

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(307)]
    [TestCase(308)]
    public async Task A_redirect_is_a_failure_and_is_not_followed(int status)
    {
        await using WebhookReceiver other = await WebhookReceiver.StartAsync();
        _server.Respond = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = other.Address.ToString();
            return Task.CompletedTask;
        };

        WebhookResult result = await SendAsync(_server.Address);

        Assert.That(result, Is.EqualTo(new WebhookResult(IsDelivered: false, status, $"It responded with {status}, a redirect, which is not followed.")));
        Assert.That(other.Webhooks, Is.Empty);
    }

    [TestCase(200)]
    [TestCase(500)]
    public async Task A_reply_without_end_is_cut_off(int status)
    {
        TaskCompletionSource cut = new();
        _server.Respond = async context =>
        {
            context.Response.StatusCode = status;
            byte[] part = new byte[64 << 10];
            try
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(part, context.RequestAborted);
                }
            }
            catch (OperationCanceledException)
            {
                // The sender has left.
            }

            cut.SetResult();
        };

        WebhookResult result = await SendAsync(_server.Address);

        Assert.That((result.IsDelivered, result.Status), Is.EqualTo((status == 200, status)));
        await cut.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task What_a_server_says_is_shown_nowhere()
    {
        _server.Respond = context =>
        {
            context.Response.StatusCode = 403;
            return context.Response.WriteAsync("the-inner-secret");
        };

        Assert.That((await SendAsync(_server.Address)).ToString(), Does.Contain("403").And.Not.Contain("the-inner-secret"));
    }

    [Test]
    public async Task A_server_that_hangs_is_left_after_half_a_minute()
    {
        TaskCompletionSource came = new();
        _server.Respond = context =>
        {
            came.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        Task<WebhookResult> sending = SendAsync(_server.Address);
        await came.Task;
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.That(sending.IsCompleted, Is.False);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That(await sending, Is.EqualTo(new WebhookResult(IsDelivered: false, Status: null, "It did not respond within 30 s.")));
    }

    // Names for this machine in every spelling that a resolver or the system understands.
    [TestCase("127.0.0.1")]
    [TestCase("127.1.2.3")]
    [TestCase("localhost")]
    [TestCase("2130706433")]
    [TestCase("0x7f000001")]
    [TestCase("[::1]")]
    [TestCase("[::ffff:127.0.0.1]")]
    [TestCase("[::ffff:7f00:1]")]
    [TestCase("[64:ff9b::7f00:1]")]
    [TestCase("[2002:7f00:1::]")]
    [TestCase("[::127.0.0.1]")]
    public async Task This_machine_is_refused_unless_it_is_allowed(string host)
    {
        Uri url = new($"http://{host}:{_server.Address.Port}/");

        WebhookResult result = await SendAsync(url, new TargetAddresses(allowLoopback: false, publicOnly: false));

        Assert.That(
            result.Reason, Is.EqualTo("The address of its host is of this machine, which Alerting:AllowLoopbackTargets would allow; nothing was sent."));
        Assert.That(_server.Webhooks, Is.Empty);
    }

    [TestCase("0.0.0.0")]
    [TestCase("[::]")]
    [TestCase("169.254.169.254")]
    [TestCase("[fe80::1]")]
    [TestCase("[fd00:ec2::254]")]
    [TestCase("224.0.0.1")]
    [TestCase("255.255.255.255")]
    public async Task Where_nobody_has_a_receiver_is_refused_always(string host)
    {
        WebhookResult result = await SendAsync(new Uri($"http://{host}:{_server.Address.Port}/"));

        Assert.That(result.IsDelivered, Is.False);
        Assert.That(result.Reason, Does.EndWith("; nothing was sent."));
        Assert.That(_server.Webhooks, Is.Empty);
    }

    [Test]
    public async Task A_name_is_checked_by_the_addresses_that_it_has_when_a_connection_is_made()
    {
        IPAddress[] addresses = [IPAddress.Parse("169.254.169.254")];
        List<string> asked = [];
        using WebhookSender sender = new(new TargetAddresses(allowLoopback: true, publicOnly: false), _clock, (name, _) =>
        {
            asked.Add(name);
            return Task.FromResult(addresses);
        });
        Receiver receiver = Of(new Uri($"http://hooks.example.com:{_server.Address.Port}/"));
        WebhookResult refused = await sender.SendAsync(receiver, "{}"u8.ToArray(), CancellationToken.None);
        addresses = [IPAddress.Parse("169.254.169.254"), IPAddress.Loopback];
        WebhookResult allowed = await sender.SendAsync(receiver, "{}"u8.ToArray(), CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(refused.Reason, Is.EqualTo("The address of its host is link-local; nothing was sent."));
            Assert.That(allowed.IsDelivered, Is.True);
            Assert.That(asked, Is.EqualTo(new[] { "hooks.example.com", "hooks.example.com" }));
        });
    }

    [Test]
    public async Task A_name_without_an_address_and_a_port_without_a_server_are_said_in_sentences()
    {
        Uri dead = new("http://127.0.0.1:" + Support.Hosts.Ports.FindFree());
        using WebhookSender sender = new(
            new TargetAddresses(allowLoopback: true, publicOnly: false), _clock, (_, _) => Task.FromResult<IPAddress[]>([]));
        WebhookResult unknown = await sender.SendAsync(Of(new Uri("http://nowhere.example/")), "{}"u8.ToArray(), CancellationToken.None);

        Assert.That(unknown.Reason, Is.EqualTo("The name of its host has no address."));
        Assert.That((await SendAsync(dead)).Reason, Is.EqualTo("Its host refused the connection."));
    }

    [Test]
    public async Task A_server_of_another_protocol_is_a_failure_without_details()
    {
        WebhookResult result = await SendAsync(new Uri($"https://127.0.0.1:{_server.Address.Port}/the-secret-path"));

        Assert.That(result, Is.EqualTo(new WebhookResult(IsDelivered: false, Status: null, "TLS failed; is its certificate valid and trusted here?")));
    }

    private async Task<WebhookResult> SendAsync(Uri url, TargetAddresses? addresses = null)
    {
        using WebhookSender sender = new(addresses ?? new TargetAddresses(allowLoopback: true, publicOnly: false), _clock);
        return await sender.SendAsync(Of(url), "{}"u8.ToArray(), CancellationToken.None);
    }

    private static Receiver Of(Uri url) => new() { Name = "ops", Url = url };
}
