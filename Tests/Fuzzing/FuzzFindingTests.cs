using System.Text;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Alerting.Silences;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Protocols.Lines;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Fuzzing;

/// <summary>What fuzzing found.</summary>
internal sealed class FuzzFindingTests
{
    // As many rows as the arrays of pools are long.
    [TestCase(1)]
    [TestCase(16)]
    [TestCase(32)]
    public void A_bad_line_behind_the_last_good_one_leaves_no_value(int lines)
    {
        StringBuilder body = new();
        for (int i = 0; i < lines; i++)
        {
            body.Append("sql,oname=a sql=\"x\",elapsed=1 1769947200000000000\n");
        }

        body.Append("sql,oname=b,db=d elapsed=1,sql=\n");
        SampleBatchBuilder builder = new();
        SampleBatch samples = new();
        builder.Reset(samples);
        LineDecoder decoder = new();
        decoder.Decode(Encoding.UTF8.GetBytes(body.ToString()), LinePrecision.Nanoseconds, 0, builder);
        ValidationResult result = new BatchValidator(new BatchLimits()).Validate(builder, 1, new Timestamp(1_769_947_200_000));

        Assert.That(decoder.BadLines, Is.EqualTo(1));
        Assert.That((result.Usable, result.Rejected), Is.EqualTo((lines, 0)));
        Assert.That(samples.Find(Core.Schema.Kind.Sql)!.FindTexts(Core.Schema.KindSchema.Oname)!.Count, Is.EqualTo(lines));
    }

    private static IEnumerable<byte[]> NoUnicode =>
    [
        "{\"name\":\"\\ud800\"}"u8.ToArray(), "{\"\\udc00\":1}"u8.ToArray(), [.. "{\"title\":\""u8, 0xFF, .. "\"}"u8],
        [.. "{\"labels\":{\"a"u8, 0xC0, .. "\":\"b\"}}"u8], "{\"query\":{\"by\":[\"\\ud800\"]}}"u8.ToArray(),
    ];

    [TestCaseSource(nameof(NoUnicode))]
    public void A_definition_with_a_text_that_is_no_Unicode_is_refused_by_a_sentence(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Multiple(() =>
        {
            Assert.That(() => RuleFormat.ReadStored(document.RootElement, "a", 1), Throws.TypeOf<DefinitionException>().With.Message.Contains("Unicode"));
            Assert.That(() => SilenceFormat.Read(document.RootElement, "a"), Throws.TypeOf<DefinitionException>().With.Message.Contains("Unicode"));
            Assert.That(() => ReceiverFormat.Read(document.RootElement, "a", ""), Throws.TypeOf<DefinitionException>().With.Message.Contains("Unicode"));
            Assert.That(() => BuiltinRules.Make("disk-filling", document.RootElement), Throws.TypeOf<DefinitionException>().With.Message.Contains("Unicode"));
        });
    }
}
