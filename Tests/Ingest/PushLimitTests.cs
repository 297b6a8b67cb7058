using System.Net;
using System.Text;
using NUnit.Framework;
using TimeSeries.Tests.Support.Hosts;

namespace TimeSeries.Tests.Ingest;

public sealed class PushLimitTests
{
    private const int MaxRequestBytes = 4_096;
    private const int MaxInflatedBytes = 8_192;

    // One largest batch as sent, and three times as inflated: the least that is allowed.
    private const int QueueBytes = MaxRequestBytes + 3 * MaxInflatedBytes;

    private IngestTestHost _host = null!;

    [SetUp]
    public async Task StartAsync() => _host = await IngestTestHost.StartAsync(
        $"--Ingest:MaxRequestBytes={MaxRequestBytes}", $"--Ingest:MaxInflatedBytes={MaxInflatedBytes}", $"--Ingest:QueueBytes={QueueBytes}");

    [TearDown]
    public async Task StopAsync() => await _host.DisposeAsync();

    [TestCase(MaxRequestBytes, HttpStatusCode.OK)]
    [TestCase(MaxRequestBytes + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_may_be_as_large_as_the_limit(int bytes, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await _host.PushAsync(Padded(bytes));

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [TestCase(MaxRequestBytes, HttpStatusCode.OK)]
    [TestCase(MaxRequestBytes + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_of_untold_length_has_the_same_limit(int bytes, HttpStatusCode expected)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, IngestTestHost.Path) { Content = new ByteArrayContent(Padded(bytes)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + TestProjects.TokenOf(1));
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage response = await _host.Client.SendAsync(request);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [TestCase("gzip", MaxInflatedBytes, HttpStatusCode.OK)]
    [TestCase("gzip", MaxInflatedBytes + 1, HttpStatusCode.RequestEntityTooLarge)]
    [TestCase("br", MaxInflatedBytes, HttpStatusCode.OK)]
    [TestCase("br", MaxInflatedBytes + 1, HttpStatusCode.RequestEntityTooLarge)]
    [TestCase("deflate", 4 << 20, HttpStatusCode.RequestEntityTooLarge)]
    public async Task An_inflated_body_may_be_as_large_as_its_limit(string encoding, int bytes, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await _host.PushAsync(PushStatusTests.Compress(Padded(bytes), encoding), encoding: encoding);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_full_queue_is_429_with_Retry_After()
    {
        _host.Store.Held = new TaskCompletionSource();
        List<Task<HttpResponseMessage>> pushes = [];
        for (int i = 0; i < 20; i++)
        {
            pushes.Add(_host.PushAsync(Padded(MaxRequestBytes)));
        }

        HttpResponseMessage first = await await Task.WhenAny(pushes);
        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(first.Headers.RetryAfter!.Delta, Is.GreaterThan(TimeSpan.Zero));
        _host.Store.Held.SetResult();
        await Task.WhenAll(pushes);
    }

    [Test]
    public async Task A_queue_that_was_full_takes_batches_again()
    {
        await A_full_queue_is_429_with_Retry_After();
        _host.Store.Held = null;

        using HttpResponseMessage response = await _host.PushAsync(Padded(MaxRequestBytes));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task No_push_that_got_429_is_stored()
    {
        _host.Store.Held = new TaskCompletionSource();
        Task<HttpResponseMessage>[] pushes = [.. Enumerable.Range(0, 20).Select(i => _host.PushAsync(Padded(2_000, $"/service/{i}")))];
        await Task.WhenAny(pushes);
        _host.Store.Held.SetResult();
        HttpResponseMessage[] responses = await Task.WhenAll(pushes);

        string[] acknowledged = [.. responses.Select((response, i) => (response, i)).Where(pair => pair.response.IsSuccessStatusCode)
            .Select(pair => $"/service/{pair.i}")];
        Assert.That(_host.Store.Batches.SelectMany(batch => batch.Services), Is.EquivalentTo(acknowledged));
    }

    // JSON may have blanks before it ends.
    private byte[] Padded(int bytes, string service = "/cart") => Encoding.UTF8.GetBytes(_host.Batch(null, "padded", service).PadRight(bytes));
}
