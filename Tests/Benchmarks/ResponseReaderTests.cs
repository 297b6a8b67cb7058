using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Tests.Benchmarks;

internal sealed class ResponseReaderTests
{
    [Test]
    public void Responses_of_known_length_come_one_after_the_other_however_cut([Values(1, 2, 7, 10_000)] int atOnce)
    {
        ResponseReader reader = Reader("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", atOnce);
        Assert.That((reader.Read(), Encoding.ASCII.GetString(reader.Body)), Is.EqualTo((new HttpResponseHead(200, null, false), "hello")));
        Assert.That((reader.Read(), reader.Body.Length), Is.EqualTo((new HttpResponseHead(404, null, false), 0)));
    }

    [Test]
    public void Chunks_are_put_together([Values(1, 3, 10_000)] int atOnce)
    {
        ResponseReader reader = Reader(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n, wide wor\r\n2\r\nld\r\n0\r\nTrailer: t\r\n\r\nHTTP/1.1 204 No "
                + "Content\r\n\r\n", atOnce);
        reader.Read();
        Assert.That(Encoding.ASCII.GetString(reader.Body), Is.EqualTo("hello, wide world"));
        Assert.That(reader.Read().Status, Is.EqualTo(204));
    }

    [Test]
    public void Without_a_length_the_body_goes_on_to_the_end_of_the_connection()
    {
        ResponseReader reader = Reader("HTTP/1.1 200 OK\r\n\r\neverything", 3);
        Assert.That(reader.Read().Closes, Is.True);
        Assert.That(Encoding.ASCII.GetString(reader.Body), Is.EqualTo("everything"));
    }

    [Test]
    public void Retry_after_and_close_are_told()
    {
        HttpResponseHead response = Reader("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 5).Read();
        Assert.That(response, Is.EqualTo(new HttpResponseHead(429, TimeSpan.FromSeconds(7), true)));
    }

    [Test]
    public void Interim_responses_are_skipped() =>
        Assert.That(Reader("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 4).Read().Status, Is.EqualTo(200));

    [TestCase("")]
    [TestCase("HTTP/1.1 200")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n")]
    [TestCase("SSH-2.0-OpenSSH_9.2\r\n")]
    public void What_is_no_response_is_said_to_be_none(string text) => Assert.That(() => Reader(text, 100).Read(), Throws.TypeOf<InvalidResponseException>());

    [Test]
    public void Only_the_top_level_counts_of_a_response_are_read() =>
        Assert.That(
            ResponseCounts.Parse("""{"errors":[{"accepted":9}],"accepted": 118, "rejected":2,"duplicates":1,"truncated":3,"duplicate":false}"""u8),
            Is.EqualTo(new ResponseCounts(118, 2, 1, 3)));

    [TestCase("")]
    [TestCase("ok")]
    [TestCase("{}")]
    [TestCase("{\"rejected\":1}")]
    [TestCase("{\"accepted\":1")]
    public void A_body_without_a_count_has_no_counts(string body) => Assert.That(ResponseCounts.Parse(Encoding.UTF8.GetBytes(body)), Is.Null);

    [Test]
    public void The_head_stands_right_before_the_body()
    {
        RequestFrame frame = new(ServerAddress.Parse("http://localhost:81", out _)!, "secret", "application/msgpack", null);
        byte[] buffer = new byte[frame.HeadRoom + 10];
        "0123456789"u8.CopyTo(buffer.AsSpan(frame.HeadRoom));
        Assert.That(Encoding.ASCII.GetString(frame.Frame(buffer, 10)), Is.EqualTo(
            "POST /ingest/v1/batch HTTP/1.1\r\nHost: localhost:81\r\nAuthorization: Bearer secret\r\nContent-Type: application/msgpack\r\n"
            + "Accept: application/json\r\nContent-Length: 10\r\n\r\n0123456789"));
    }

    [TestCase("http://127.0.0.1:5080", "http://127.0.0.1:5080/ingest/v1/batch")]
    [TestCase("http://localhost/other?x=1", "http://localhost:80/other?x=1")]
    [TestCase("http://[::1]:7", "http://[::1]:7/ingest/v1/batch")]
    public void An_address_names_host_port_and_path(string text, string expected) =>
        Assert.That(ServerAddress.Parse(text, out _)?.ToString(), Is.EqualTo(expected));

    [TestCase("127.0.0.1:5080")]
    [TestCase("https://localhost")]
    [TestCase("file:///tmp")]
    [TestCase("")]
    public void What_is_no_address_is_refused_with_a_reason(string text)
    {
        Assert.That(ServerAddress.Parse(text, out string reason), Is.Null);
        Assert.That(reason, Does.EndWith("."));
    }

    private static ResponseReader Reader(string text, int atOnce) => new(new TrickleStream(Encoding.ASCII.GetBytes(text), atOnce));
}
