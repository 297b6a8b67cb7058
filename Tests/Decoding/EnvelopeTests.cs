using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Decoding;

internal sealed class EnvelopeTests
{
    private static readonly string _event = $"\"event\":[{{\"time\":{PushedBatch.Now},\"level\":\"ALERT\",\"type\":\"ES010\",\"message\":\"m\"}}]";

    [TestCase("", 0)]
    [TestCase("{", 1)]
    [TestCase("{}x", 2)]
    [TestCase("{\"transaction\":[}", 16)]
    [TestCase("{\"transaction\":[1,]}", 18)]
    [TestCase("[]", 0)]
    [TestCase("5", 0)]
    public void What_is_no_JSON_map_is_refused_with_its_place(string body, long offset) =>
        Assert.That(PushedBatch.Json(body).Refusal?.ByteOffset, Is.EqualTo(offset));

    [Test]
    public void Bytes_behind_a_MessagePack_map_are_refused_with_their_place() =>
        Assert.That(PushedBatch.MessagePack([0x80, 0xC0]).Refusal?.ByteOffset, Is.EqualTo(1));

    [TestCase("{}")]
    [TestCase("{\"transaction\":[]}")]
    [TestCase("{\"transaction\":null,\"sql\":{}}")]
    [TestCase("{\"metrics\":[{\"a\":1}]}")]
    [TestCase("{\"transaction\":{\"fields\":[\"time\"],\"rows\":[]}}")]
    public void A_batch_without_samples_is_refused(string body) => Assert.That(PushedBatch.Json(body).Refusal?.Detail, Is.EqualTo("The batch has no sample."));

    [TestCase("\"agent\":5", "agent")]
    [TestCase("\"agent\":[]", "agent")]
    [TestCase("\"agent\":{}", "agent.oname")]
    [TestCase("\"agent\":{\"oname\":\"\"}", "agent.oname")]
    [TestCase("\"agent\":{\"oname\":5}", "agent.oname")]
    [TestCase("\"agent\":{\"oname\":\"\\ud800\"}", "agent.oname")]
    [TestCase("\"agent\":{\"oname\":\"a\",\"oid\":\"5\"}", "agent.oid")]
    [TestCase("\"agent\":{\"oname\":\"a\",\"oid\":2147483648}", "agent.oid")]
    [TestCase("\"agent\":{\"oname\":\"a\",\"okind\":1}", "agent.okind")]
    [TestCase("\"agent\":{\"oname\":\"a\",\"onode\":{}}", "agent.onode")]
    [TestCase("\"id\":5", "id")]
    public void A_bad_envelope_is_refused_by_the_name_of_what_is_wrong(string part, string field) =>
        Assert.That(PushedBatch.Json($"{{{part},{_event}}}").Refusal?.Field, Is.EqualTo(field));

    [Test]
    public void An_agent_name_at_its_limit_is_taken_and_one_over_refused()
    {
        static string? Field(int length) => PushedBatch.Json($"{{\"agent\":{{\"oname\":\"{new string('x', length)}\"}},{_event}}}").Refusal?.Field;
        Assert.That((Field(1024), Field(1025)), Is.EqualTo(((string?)null, "agent.oname")));
    }

    [Test]
    public void An_id_at_its_limit_is_taken_and_one_over_refused()
    {
        static PushedBatch Id(int length) => PushedBatch.Json($"{{\"id\":\"{new string('x', length)}\",{_event}}}");
        Assert.That((Id(64).Request.Id.Span.Length, Id(65).Refusal?.Field), Is.EqualTo((64, "id")));
    }

    [Test]
    public void Of_equal_keys_the_last_wins_in_the_envelope_too()
    {
        PushedBatch batch = PushedBatch.Json(
            $"{{\"agent\":5,\"agent\":{{\"oname\":1,\"oname\":\"a\"}},\"id\":7,\"id\":\"k\",\"event\":5,\"event\":[1,2],{_event}}}");
        Assert.That((batch.Refusal, batch.Received, batch.Error, batch.Text("oname", kind: Kind.Event)),
            Is.EqualTo(((object?)null, 1, "0 errors", "a")));
    }

    [Test]
    public void Unknown_names_are_listed_once_each()
    {
        PushedBatch batch = PushedBatch.Json(
            $"{{\"agent\":{{\"oname\":\"a\",\"pid\":1}},\"metrics\":[1],"
                + $"\"transaction\":[{{\"elapsd\":1}},{{\"elapsd\":2,\"okind\":\"x\"}}],\"sql\":{{\"foo\":1}},{_event}}}");
        Assert.That(batch.Request.Unknown.List(), Is.EqualTo(new[] { "agent.pid", "metrics", "transaction.elapsd", "transaction.okind", "sql.foo" }));
    }

    [Test]
    public void Unknown_names_are_bounded_in_number_and_length()
    {
        string fields = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"{i:d4}{new string('é', 500)}\":1"));
        IReadOnlyList<string> names = PushedBatch.Json($"{{{fields},{_event}}}").Request.Unknown.List();
        Assert.That((names.Count, names[0]), Is.EqualTo((100, "0000" + new string('é', 62))));
    }

    [TestCase(30, true)]
    [TestCase(31, true)]
    [TestCase(32, false)]
    public void Unknown_values_may_be_nested_up_to_the_limit(int levels, bool isTaken)
    {
        string json = $"{{\"x\":{new string('[', levels)}{new string(']', levels)},{_event}}}";
        MessagePackBytes body = new MessagePackBytes().Map(2).Text("x");
        for (int i = 0; i < levels; i++)
        {
            body.Array(i < levels - 1 ? 1 : 0);
        }

        body.Text("event").Array(1).Map(4).Text("time").Int(PushedBatch.Now).Text("level").Text("ALERT").Text("type").Text("ES010").Text("message").Text("m");
        Assert.That((PushedBatch.Json(json).Refusal is null, PushedBatch.MessagePack(body).Refusal is null), Is.EqualTo((isTaken, isTaken)));
    }

    [TestCase(new byte[] { 0xD4, 5, 1 })]
    [TestCase(new byte[] { 0xD8, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 })]
    [TestCase(new byte[] { 0xC7, 3, 5, 1, 2, 3 })]
    [TestCase(new byte[] { 0xC9, 0, 0, 0, 1, 5, 1 })]
    [TestCase(new byte[] { 0xC7, 0, 0xFF })]
    [TestCase(new byte[] { 0xC4, 1, 1 })]
    [TestCase(new byte[] { 0xDE, 0, 1, 0x05, 0x91, 0xC0 })]
    public void Unknown_values_of_any_type_are_passed_over(byte[] value) =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("whatever").Raw(value)).Result.Usable, Is.EqualTo(1));

    [TestCase(new byte[] { 0xD6, 0xFF, 0x65, 0x0A, 0xB3, 0x80 }, 1_695_200_128_000)]
    [TestCase(new byte[] { 0xD7, 0xFF, 0xEE, 0x6B, 0x27, 0xFC, 0x65, 0x0A, 0xB3, 0x80 }, 1_695_200_128_999)]
    [TestCase(new byte[] { 0xC7, 12, 0xFF, 0x3B, 0x9A, 0xC9, 0xFF, 0, 0, 0, 0, 0x65, 0x0A, 0xB3, 0x80 }, 1_695_200_128_999)]
    public void Timestamps_are_times_rounded_down_to_the_millisecond(byte[] value, long time)
    {
        // 64 bit: 999,999,999 ns << 34 | seconds; 96 bit: nanoseconds, then seconds.
        PushedBatch batch = PushedBatch.MessagePack(
            PushedBatch.TransactionsHead().Array(1).Map(3).Text("time").Raw(value).Text("service").Text("/a").Text("elapsed").Int(1));
        Assert.That(batch.Number("time"), Is.EqualTo(time));
    }

    [Test]
    public void A_timestamp_is_no_duration() =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("cpu_time").Raw(0xD6, 0xFF, 0, 0, 0, 1)).Error,
            Is.EqualTo("cpu_time must be a number ≥ 0"));
}
