using System.Globalization;
using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Decoding;

namespace TimeSeries.Tests.Building;

/// <summary>Errors of samples show what was found: little of it, no secrets, and only where an error is listed.</summary>
internal sealed class FoundValueTests
{
    private static readonly int _elapsed = SampleSchema.Of(Kind.Transaction).Ordinal("elapsed");

    [TestCase("-3", "-3")]
    [TestCase("-0.5", "-0.5")]
    [TestCase("1e300", "1E+300")]
    [TestCase("true", "true")]
    [TestCase("\"3\"", "\"3\"")]
    [TestCase("\"a\\u0000b\"", "\"a\0b\"")]
    [TestCase("[1, 2]", "[…]")]
    [TestCase("{\"a\": 1}", "{…}")]
    public void A_number_that_is_none_is_shown_in_every_form_of_samples(string found, string shown)
    {
        string[] bodies =
        [
            $$"""[{"time":{{PushedBatch.Now}},"service":"s","elapsed":{{found}}}]""",
            $$"""{"fields":["time","service","elapsed"],"rows":[[{{PushedBatch.Now}},"s",{{found}}]]}""",
            $$"""{"time":[{{PushedBatch.Now}}],"service":["s"],"elapsed":[{{found}}]}""",
        ];
        foreach (string body in bodies)
        {
            SampleError error = PushedBatch.Transactions(body).Errors.Single();
            Assert.That((error.Field, error.Value), Is.EqualTo(("elapsed", shown)), body);
        }
    }

    [TestCase("method", "9", "9")]
    [TestCase("status", "\"OK\"", "\"OK\"")]
    [TestCase("time", "1700000000", "1700000000")]
    [TestCase("api_key", "12", null)]
    [TestCase("oauth_id", "[]", null)]
    public void Secrets_are_not_shown(string field, string found, string? shown)
    {
        string time = field == "time" ? found : PushedBatch.Now.ToString(CultureInfo.InvariantCulture);
        string other = field == "time" ? "" : $",\"{field}\":{found}";
        SampleError error = PushedBatch.Transactions($$"""[{"time":{{time}},"service":"s","elapsed":1{{other}}}]""").Errors.Single();
        Assert.That((error.Field, error.Value), Is.EqualTo((field, shown)));
    }

    [Test]
    public void What_is_missing_and_what_is_no_sample_has_no_value()
    {
        IReadOnlyList<SampleError> errors = PushedBatch.Transactions($$"""[7,{"time":{{PushedBatch.Now}},"service":"s"}]""").Errors;
        Assert.That(errors.Select(error => (error.Field, error.Value)), Is.EqualTo(new (string?, string?)[] { (null, null), ("elapsed", null) }));
    }

    [Test]
    public void The_value_of_the_field_that_is_named_is_shown_where_several_are_wrong()
    {
        foreach (string fields in (string[])["\"elapsed\":-1,\"status\":\"x\"", "\"status\":\"x\",\"elapsed\":-1"])
        {
            SampleError error = PushedBatch.Transactions($$"""[{"time":{{PushedBatch.Now}},"service":"s",{{fields}}}]""").Errors.Single();
            Assert.That((error.Field, error.Value), Is.EqualTo(("elapsed", "-1")));
        }
    }

    [Test]
    public void Entries_of_dictionaries_and_indexes_are_shown()
    {
        string times = $"[{PushedBatch.Now},{PushedBatch.Now},{PushedBatch.Now}]";
        string body = $$"""{"time":{{times}},"elapsed":[1,1,1],"service":{"dict":["s",7],"index":[1,5,"x"]} }""";
        Assert.That(PushedBatch.Transactions(body).Errors.Select(error => error.Value), Is.EqualTo(new[] { "7", "5", "x" }));
    }

    [TestCase(63)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(5_000)]
    public void A_value_has_at_most_64_code_points(int length)
    {
        foreach (string character in (string[])["a", "서", "𝄞"])
        {
            string text = string.Concat(Enumerable.Repeat(character, length));
            string shown = FoundValue.Of(Encoding.UTF8.GetBytes(text));
            string quoted = FoundValue.Quoted(Encoding.UTF8.GetBytes(text));
            Assert.That(shown, Is.EqualTo(length <= 64 ? text : string.Concat(Enumerable.Repeat(character, 63)) + "…"));
            Assert.That(quoted, Is.EqualTo(length <= 62 ? $"\"{text}\"" : $"\"{string.Concat(Enumerable.Repeat(character, 61))}…\""));
            Assert.That(shown.EnumerateRunes().Count(), Is.EqualTo(Math.Min(length, 64)));
        }
    }

    [Test]
    public void Bytes_that_are_no_text_are_shown_as_replacement_characters() =>
        Assert.That(FoundValue.Of([(byte)'a', 0xFF, (byte)'b']), Is.EqualTo("a\uFFFDb"));

    [Test]
    public void Columns_that_are_wrong_in_turn_show_values_of_the_first_hundred_samples_and_make_no_more([Values(1_000, 100_000)] int rows)
    {
        RejectedSamples rejected = new();
        int made = 0;
        foreach (int field in (int[])[_elapsed + 1, _elapsed])
        {
            for (int row = field == _elapsed ? 0 : 50; row < rows; row++)
            {
                bool isShown = rejected.Shows(Kind.Transaction, row, SampleSchema.Of(Kind.Transaction).Fields[field]);
                made += isShown ? 1 : 0;
                rejected.Add(Kind.Transaction, row, field, RejectReason.TooSmall, isShown ? FoundValue.Of(-row) : null);
            }
        }

        Assert.That(made, Is.EqualTo(200));
        Assert.That(rejected.Total, Is.EqualTo(rows));
        Assert.That(rejected.List(100).Select(error => error.Value), Is.EqualTo(Enumerable.Range(0, 100).Select(row => FoundValue.Of(-row))));
    }

    [Test]
    public void Values_of_a_hostile_batch_are_short_and_few()
    {
        string texts = string.Join(',', Enumerable.Repeat($"\"{new string('x', 1_000)}\"", 20_000));
        SampleError[] errors = [.. PushedBatch.Transactions($$"""{"elapsed":[{{texts}}],"service":[{{texts}}],"time":[{{texts}}]}""").Errors];
        Assert.That(errors, Has.Length.EqualTo(100));
        Assert.That(errors.Select(error => (error.Field, error.Value!.Length)), Is.All.EqualTo(("time", 64)));
    }
}
