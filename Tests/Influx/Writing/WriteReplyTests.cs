using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using TimeSeries.Core.Storage.Influx.Writing;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>Each response that an InfluxDB gives, and what is done about it.</summary>
internal sealed class WriteReplyTests
{
    private const int Megabyte = 1 << 20;

    [TestCase(204, "", WriteOutcome.Stored)]
    [TestCase(200, "<html>welcome</html>", WriteOutcome.Misconfigured)]
    [TestCase(201, "", WriteOutcome.Misconfigured)]
    [TestCase(302, "", WriteOutcome.Misconfigured)]
    [TestCase(400, "partial write: field type conflict: input field \"a\" on measurement \"m\" is type integer, already exists as type float dropped=1",
        WriteOutcome.PartlyRefused)]
    [TestCase(400, "partial write: unable to parse 'm v=': missing field value dropped=0", WriteOutcome.PartlyRefused)]
    [TestCase(400, "partial write of line protocol occurred", WriteOutcome.PartlyRefused)]
    [TestCase(400, "unable to parse 'm v=': missing field value", WriteOutcome.Refused)]
    [TestCase(401, "unauthorized access", WriteOutcome.Denied)]
    [TestCase(403, "\"user\" user is not authorized to write to database \"apm\"", WriteOutcome.Denied)]
    [TestCase(404, "database not found: \"apm\"", WriteOutcome.NoDatabase)]
    [TestCase(404, "bucket \"apm\" not found", WriteOutcome.NoDatabase)]
    [TestCase(404, "404 page not found", WriteOutcome.Misconfigured)]
    [TestCase(405, "", WriteOutcome.Misconfigured)]
    [TestCase(408, "", WriteOutcome.Unavailable)]
    [TestCase(413, "Request Entity Too Large", WriteOutcome.TooLarge)]
    [TestCase(422, "failure writing points to database: partial write: points beyond retention policy dropped=2", WriteOutcome.LimitReached)]
    [TestCase(422, "failure writing points to database: partial write: field type conflict dropped=2", WriteOutcome.PartlyRefused)]
    [TestCase(400, "partial write: max-values-per-tag limit exceeded (9/5): measurement=\"m\" tag=\"a\" value=\"4\" dropped=1", WriteOutcome.LimitReached)]
    [TestCase(400, "partial write: max-series-per-database limit exceeded: (1000000) dropped=1", WriteOutcome.LimitReached)]
    [TestCase(400, "unable to parse 'm text=\"limit exceeded\"': missing field value", WriteOutcome.Refused)]
    [TestCase(400, "partial write: field type conflict: input field \"limit\" on measurement \"m\" is type integer dropped=1", WriteOutcome.PartlyRefused)]
    [TestCase(400, "max key size exceeded: 70000 > 65535", WriteOutcome.Refused)]
    [TestCase(429, "", WriteOutcome.Unavailable)]
    [TestCase(500, "retention policy not found: week", WriteOutcome.Misconfigured)]
    [TestCase(500, "timeout", WriteOutcome.Unavailable)]
    [TestCase(503, "", WriteOutcome.Unavailable)]
    [TestCase(504, "", WriteOutcome.Unavailable)]
    public void A_response_has_its_outcome(int status, string body, WriteOutcome expected) =>
        Assert.That(WriteReply.Of((HttpStatusCode)status, body, isInflux: true).Outcome, Is.EqualTo(expected));

    [TestCase("partial write: points beyond retention policy dropped=12", 12)]
    [TestCase("partial write: unable to parse 'x' dropped=0", 0)]
    [TestCase("partial write of line protocol occurred", 0)]
    public void What_was_dropped_is_read(string body, int expected) =>
        Assert.That(WriteReply.Of(HttpStatusCode.BadRequest, body, isInflux: true).Dropped, Is.EqualTo(expected));

    [TestCase(100, WriteOutcome.Unavailable)]
    [TestCase(Megabyte + 1, WriteOutcome.TooLarge)]
    public void A_reset_means_too_large_where_the_body_was(int bytes, WriteOutcome expected) =>
        Assert.That(WriteReply.Failed(new HttpRequestException(HttpRequestError.Unknown, "reset", new SocketException((int)SocketError.ConnectionReset)),
            bytes).Outcome, Is.EqualTo(expected));

    [Test]
    public void A_refused_connection_is_no_matter_of_size() =>
        Assert.That(WriteReply.Failed(new HttpRequestException(HttpRequestError.ConnectionError, "refused"), 4 * Megabyte).Outcome,
            Is.EqualTo(WriteOutcome.Unavailable));

    [Test]
    public void A_time_out_is_tried_again() =>
        Assert.That(WriteReply.Failed(new OperationCanceledException(), 4 * Megabyte).Outcome, Is.EqualTo(WriteOutcome.Unavailable));
}
