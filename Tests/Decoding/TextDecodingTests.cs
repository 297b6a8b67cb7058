using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Decoding;

internal sealed class TextDecodingTests
{
    [TestCase("\\u0000", "\0")]
    [TestCase("\\b\\f\\n\\r\\t\\/\\\\\\\"", "\b\f\n\r\t/\\\"")]
    [TestCase("\\ud83d\\ude00x", "😀x")]
    [TestCase("a\\u00e9b", "aéb")]
    [TestCase("한글", "한글")]
    public void Escapes_are_resolved(string written, string text) =>
        Assert.That(PushedBatch.Transaction($"\"method\":\"{written}\"").Text("method"), Is.EqualTo(text));

    [TestCase("\\ud800")]
    [TestCase("\\udc00")]
    [TestCase("\\ud800\\u0041")]
    [TestCase("\\ud800\\ud800")]
    [TestCase("x\\ud83d")]
    public void A_lone_surrogate_costs_its_sample_only(string written)
    {
        PushedBatch batch = PushedBatch.Transactions(
            $"[{{\"time\":{PushedBatch.Now},\"service\":\"{written}\",\"elapsed\":1}},{{\"time\":{PushedBatch.Now},\"service\":\"/b\",\"elapsed\":1}}]");
        Assert.That((batch.Error, batch.Text("service")), Is.EqualTo(("service must be valid UTF-8 without lone surrogates", "/b")));
    }

    [TestCase(new byte[] { 0xFF })]
    [TestCase(new byte[] { 0xC3 })]
    [TestCase(new byte[] { 0xED, 0xA0, 0x80 })]
    [TestCase(new byte[] { 0xC0, 0x80 })]
    public void Invalid_UTF8_in_JSON_costs_its_sample_only(byte[] text)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes($"{{{PushedBatch.Agent},\"transaction\":[{{\"time\":{PushedBatch.Now},\"service\":\""), .. text,
            .. Encoding.UTF8.GetBytes($"\",\"elapsed\":1}},{{\"time\":{PushedBatch.Now},\"service\":\"/b\",\"elapsed\":1}}]}}")];
        PushedBatch batch = PushedBatch.Json(body);
        Assert.That((batch.Error, batch.Text("service")), Is.EqualTo(("service must be valid UTF-8 without lone surrogates", "/b")));
    }

    [Test]
    public void Invalid_UTF8_in_MessagePack_costs_its_sample() =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("method").Text([0x80])).Error, Does.StartWith("method must be valid UTF-8"));

    [Test]
    public void Halves_of_one_character_in_neighbouring_texts_are_each_invalid()
    {
        // Behind each other in memory, the two would be a valid é.
        MessagePackBytes body = PushedBatch.TransactionsHead().Array(2);
        foreach (byte half in new byte[] { 0xC3, 0xA9 })
        {
            body.Map(3).Text("time").Int(PushedBatch.Now).Text("service").Text([half]).Text("elapsed").Int(1);
        }

        Assert.That(PushedBatch.MessagePack(body).Errors, Has.Count.EqualTo(2));
    }

    [Test]
    public void Bytes_are_taken_for_text() =>
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("method").Binary("GET"u8)).Text("method"), Is.EqualTo("GET"));

    [TestCase("service", 2048)]
    [TestCase("method", 1024)]
    public void A_key_text_at_its_limit_is_kept_and_one_over_is_rejected(string field, int limit)
    {
        string Body(int length) => $"\"{field}\":\"{new string('x', length)}\"";
        Assert.Multiple(() =>
        {
            Assert.That(PushedBatch.Transaction(Body(limit)).Text(field), Has.Length.EqualTo(limit));
            Assert.That(PushedBatch.Transaction(Body(limit + 1)).Error, Is.EqualTo($"{field} must be at most {limit} bytes of UTF-8"));
        });
    }

    [TestCase("error_message", 32768)]
    [TestCase("user_agent", 1024)]
    public void A_long_text_at_its_limit_is_kept_whole_and_one_over_is_cut(string field, int limit)
    {
        PushedBatch whole = PushedBatch.Transaction($"\"{field}\":\"{new string('x', limit)}\"");
        PushedBatch cut = PushedBatch.Transaction($"\"{field}\":\"{new string('x', limit)}y\"");
        Assert.That((whole.Result.Truncated, cut.Result.Truncated, cut.Text(field)), Is.EqualTo((0, 1, new string('x', limit))));
    }

    [Test]
    public void A_text_is_cut_between_code_points()
    {
        PushedBatch batch = PushedBatch.Transaction($"\"user_agent\":\"{new string('x', 1022)}😀\"");
        Assert.That(batch.Text("user_agent"), Is.EqualTo(new string('x', 1022)));
    }

    [Test]
    public void A_sample_with_two_texts_cut_counts_once() =>
        Assert.That(PushedBatch.Transaction($"\"user_agent\":\"{new string('x', 1025)}\",\"error_message\":\"{new string('x', 32769)}\"").Result.Truncated,
            Is.EqualTo(1));

    [Test]
    public void A_text_that_is_invalid_behind_its_cut_is_rejected()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'x', 1024), 0xFF];
        Assert.That(PushedBatch.MessagePack(PushedBatch.TransactionHead("user_agent").Text(text)).Error, Does.StartWith("user_agent must be valid"));
    }

    [Test]
    public void A_rejected_sample_does_not_count_as_truncated() =>
        Assert.That(PushedBatch.Transaction($"\"user_agent\":\"{new string('x', 1025)}\",\"status\":\"x\"").Result.Truncated, Is.Zero);

    [Test]
    public void An_empty_optional_text_is_missing() => Assert.That(PushedBatch.Transaction("\"error_class\":\"\"").Text("error_class"), Is.Null);

    [Test]
    public void An_empty_required_text_is_kept() => Assert.That(PushedBatch.Transaction("\"service\":\"\"").Text("service"), Is.Empty);

    [Test]
    public void A_map_is_kept_with_sorted_keys_and_the_last_of_equal_ones() =>
        Assert.That(Alert("""{"b":"2","a":"1","한":"3","b":"\"\n\u0001é"}""").Text("labels", kind: Kind.Alert),
            Is.EqualTo("""{"a":"1","b":"\"\u000a\u0001é","한":"3"}"""));

    [Test]
    public void An_empty_map_is_missing() => Assert.That(Alert("{}").Text("labels", kind: Kind.Alert), Is.Null);

    [TestCase("""{"a":1}""", "labels must be a map of strings to strings")]
    [TestCase("""{"a":null}""", "labels must be a map of strings to strings")]
    [TestCase("""{"a":{"b":"c"},"d":"e"}""", "labels must be a map of strings to strings")]
    [TestCase("[]", "labels must be a map of strings to strings")]
    [TestCase("\"a\"", "labels must be a map of strings to strings")]
    [TestCase("""{"a":"\ud800"}""", "labels must be valid UTF-8 without lone surrogates")]
    public void What_is_no_map_of_texts_rejects_its_sample(string written, string error) => Assert.That(Alert(written).Error, Is.EqualTo(error));

    [Test]
    public void A_map_may_have_64_entries_and_no_more()
    {
        static string Map(int entries) => $"{{{string.Join(',', Enumerable.Range(0, entries).Select(i => $"\"k{i:d2}\":\"v\""))}}}";
        Assert.That((Alert(Map(64)).Error, Alert(Map(65)).Error), Is.EqualTo(("0 errors", "labels must have at most 64 entries")));
    }

    [TestCase(1024, 1024, "0 errors")]
    [TestCase(1025, 1, "labels must have keys and values of at most 1024 bytes of UTF-8")]
    [TestCase(1, 1025, "labels must have keys and values of at most 1024 bytes of UTF-8")]
    public void Keys_and_values_of_a_map_have_a_limit(int key, int value, string error) =>
        Assert.That(Alert($"{{\"{new string('k', key)}\":\"{new string('v', value)}\"}}").Error, Is.EqualTo(error));

    private static PushedBatch Alert(string labels) =>
        PushedBatch.Json($"{{\"alert\":[{{\"time\":{PushedBatch.Now},\"severity\":\"Info\",\"source\":\"s\",\"title\":\"t\",\"labels\":{labels}}}]}}");
}
